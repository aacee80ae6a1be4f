/** What is to be read when. Times are monotonic milliseconds. */
export interface Schedule<Key> {
  /** Again every `intervalMs` from now on, at once where `now`; null: not any more. */
  set(key: Key, intervalMs: number | null, at: number, now?: boolean): void;
  /** As soon as it may be read again: it is said to have changed. */
  touch(key: Key, at: number): void;
  /** Those that are due; each counts as read then. */
  take(at: number): Key[];
  /** When something is due next; null: nothing is wanted. */
  nextAt(): number | null;
}

/** `spacingMs`: a change is not read sooner than this after the last reading of the same thing. */
export function createSchedule<Key>(spacingMs: (key: Key) => number): Schedule<Key> {
  const entries = new Map<Key, { intervalMs: number; dueAt: number; readAt: number }>();
  return {
    set(key, intervalMs, at, now = false) {
      if (intervalMs === null) {
        entries.delete(key);
        return;
      }
      const before = entries.get(key);
      const dueAt = now || !before ? at : Math.min(before.dueAt, at + intervalMs);
      entries.set(key, { intervalMs, dueAt, readAt: before?.readAt ?? Number.NEGATIVE_INFINITY });
    },
    touch(key, at) {
      const entry = entries.get(key);
      if (entry) entry.dueAt = Math.min(entry.dueAt, Math.max(at, entry.readAt + spacingMs(key)));
    },
    take(at) {
      const due = [...entries].filter(([, entry]) => entry.dueAt <= at);
      for (const [, entry] of due) {
        entry.readAt = at;
        entry.dueAt = at + entry.intervalMs;
      }
      return due.map(([key]) => key);
    },
    nextAt: () => (entries.size === 0 ? null : Math.min(...[...entries.values()].map(({ dueAt }) => dueAt))),
  };
}
