/** Raw bytes of one opened line. The reader chooses when to read, because bytes that come one by one are dear. */
import { ForecourtError } from '../../model/errors.ts';

export interface ByteLink {
  /** Why the link is of no use any more; null while it is open. */
  failure(): ForecourtError | null;
  /** Hands the bytes to the kernel at once. Throws LINE_CLOSED. */
  write(bytes: Uint8Array): void;
  /** Moves what has been received into `target` from `offset` on; returns the number of bytes, 0 for none. */
  take(target: Buffer, offset: number): number;
  /** Resolves true as soon as bytes may be there or the link fails, false after `ms`. One caller at a time. */
  readable(ms: number): Promise<boolean>;
  /** Ends the wait of the caller of `readable`, because there is something else to do. */
  interrupt(): void;
  /** Sleeps without looking at the line. */
  sleep(ms: number): Promise<void>;
  /** Lets the operating system hand over everything that has arrived by now, however long this process stood still. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a line; rejects with LINE_OPEN, at once when aborted. */
export type OpenLink = (signal: AbortSignal) => Promise<ByteLink>;

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** One waiting reader: woken by an event or by time. */
export class Waiter {
  #resolve: ((woken: boolean) => void) | null = null;
  #timer: NodeJS.Timeout | null = null;

  wait(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.#timer = setTimeout(() => this.#end(false), Math.max(0, ms));
    });
  }

  wake(): void {
    this.#end(true);
  }

  #end(woken: boolean): void {
    const resolve = this.#resolve;
    if (resolve === null) return;
    this.#resolve = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    resolve(woken);
  }
}

export function lineClosed(what: string, cause?: unknown): ForecourtError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new ForecourtError('LINE_CLOSED', `${what}${why}`, {}, cause);
}

export function lineNotOpened(what: string, cause?: unknown): ForecourtError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new ForecourtError('LINE_OPEN', `${what}${why}`, {}, cause);
}
