/** The tap of a line: who listens sees every byte with a word on what it is. Costs one comparison while nobody does. */
import type { Clock, Log } from '../../core/ports.ts';
import type { TraceEvent } from './contract.ts';

const noBytes = new Uint8Array(0);

export class Tap {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #listeners = new Set<(event: TraceEvent) => void>();

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  listen(listener: (event: TraceEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** `text` is only made when somebody listens; `bytes` are copied. */
  tell(direction: TraceEvent['direction'], bytes: Uint8Array, text: () => string): void {
    if (this.#listeners.size === 0) return;
    const event: TraceEvent = {
      at: this.#clock.now(),
      mono: this.#clock.mono(),
      direction,
      bytes: Uint8Array.from(bytes),
      text: text(),
    };
    for (const listener of this.#listeners) guarded(this.#log, 'trace listener', () => listener(event));
  }

  note(text: () => string): void {
    this.tell('note', noBytes, text);
  }
}

/** Calls what belongs to others: its exception is logged and goes no further. */
export function guarded(log: Log, what: string, call: () => void): void {
  try {
    call();
  } catch (error) {
    log.error({ error }, `${what} threw`);
  }
}
