/** Proving the books while the station runs: in slices between which the lines are served. */
import type { Clock } from '../core/ports.ts';
import { asForecourtError, ForecourtError } from '../model/errors.ts';
import { storeFailure } from '../store/failures.ts';
import type { Reconciliation } from '../store/reconcile/reconcile.ts';
import type { DateRange } from '../store/reconcile/tally.ts';
import type { Store } from '../store/store.ts';
import type { Progress, Verification } from '../store/verify/verify.ts';

export type BooksMessage =
  | { readonly type: 'progress'; readonly data: Progress }
  | { readonly type: 'result'; readonly data: Verification | Reconciliation }
  | { readonly type: 'error'; readonly data: { readonly code: string; readonly message: string } };

export interface Books {
  /** Runs until it has told a result or an error, or the returned function stops it. Throws API_BUSY while another one runs. */
  verify(listener: (message: BooksMessage) => void): () => void;
  reconcile(range: DateRange, listener: (message: BooksMessage) => void): () => void;
}

/** A turn of work; a reply on a line waits no longer than this. */
const turnMs = 2;
const tellEveryMs = 200;

export function createBooks(store: Pick<Store, 'verify' | 'reconcile'>, clock: Clock): Books {
  let running = false;

  function run(
    begin: () => Generator<Progress, Verification | Reconciliation>,
    listener: (message: BooksMessage) => void,
  ): () => void {
    if (running) throw new ForecourtError('API_BUSY', 'the books are being proved already');
    running = true;
    const slices = begin();
    let told = clock.mono();
    let next: NodeJS.Immediate | null = null;

    const stop = (): void => {
      if (next === null) return;
      clearImmediate(next);
      next = null;
      running = false;
    };
    const end = (message: BooksMessage): void => {
      stop();
      listener(message);
    };
    const turn = (): void => {
      try {
        const until = clock.mono() + turnMs;
        let step = slices.next();
        while (!step.done && clock.mono() < until) step = slices.next();
        if (step.done) {
          end({ type: 'result', data: step.value });
          return;
        }
        if (clock.mono() - told >= tellEveryMs) {
          told = clock.mono();
          listener({ type: 'progress', data: step.value });
        }
        next = setImmediate(turn);
      } catch (error) {
        const { code, message } = asForecourtError(storeFailure(error));
        end({ type: 'error', data: { code, message } });
      }
    };
    next = setImmediate(turn);
    return stop;
  }

  return {
    verify: (listener) => run(() => store.verify(), listener),
    reconcile: (range, listener) => run(() => store.reconcile(range), listener),
  };
}
