/**
 * One piece of work in each turn of the event loop. A server with many tanks tells of all of them at once; between two of
 * them a pump's reply is taken.
 */
export interface Turns {
  /** Work with a key takes the place of the same key's that still waits. */
  add(work: () => void, key?: string): void;
  clear(): void;
}

export function createTurns(): Turns {
  const waiting = new Map<string | symbol, () => void>();
  let next: NodeJS.Immediate | null = null;

  function turn(): void {
    next = null;
    const [first] = waiting;
    if (!first) return;
    waiting.delete(first[0]);
    if (waiting.size > 0) next = setImmediate(turn);
    first[1]();
  }

  return {
    add(work, key) {
      waiting.set(key ?? Symbol(), work);
      next ??= setImmediate(turn);
    },
    clear() {
      waiting.clear();
      if (next) clearImmediate(next);
      next = null;
    },
  };
}
