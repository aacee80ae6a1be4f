/**
 * Whether a subscription can be believed. One that tells nothing, not even that it is alive, is given up: values are polled
 * more often meanwhile, and it is made anew after a pause. Times are monotonic milliseconds.
 */
export interface WatchSpec {
  /** Without a notification or keep-alive for so long it is not believed. */
  readonly silentMs: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

export interface Watch {
  readonly mode: 'none' | 'making' | 'subscribed';
  /** When it was last heard of, or from when on it was expected. */
  readonly since: number;
  /** How often in a row it failed. */
  readonly failures: number;
  /** Not made before this. */
  readonly notBefore: number;
  /** Why values are polled only; empty while subscribed. */
  readonly reason: string;
}

export type WatchInput =
  | { readonly kind: 'tick' }
  | { readonly kind: 'made' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'ended'; readonly reason: string }
  | { readonly kind: 'heard' };

export interface WatchStep {
  readonly watch: Watch;
  /** `make`: ask the server for a subscription now; `drop`: end the one there is. */
  readonly wants: 'make' | 'drop' | null;
}

export const unwatched = (at: number): Watch => ({
  mode: 'none',
  since: at,
  failures: 0,
  notBefore: at,
  reason: 'not subscribed yet',
});

export function watchStep(spec: WatchSpec, watch: Watch, at: number, input: WatchInput): WatchStep {
  const stay = (changes: Partial<Watch> = {}): WatchStep => ({
    watch: { ...watch, ...changes },
    wants: null,
  });
  switch (input.kind) {
    case 'made':
      return watch.mode === 'making' ? stay({ mode: 'subscribed', since: at, reason: '' }) : stay();
    case 'refused':
      return { watch: failed(spec, watch, at, input.reason), wants: null };
    case 'ended':
      return watch.mode === 'none' ? stay() : { watch: failed(spec, watch, at, input.reason), wants: null };
    case 'heard':
      return watch.mode === 'subscribed' ? stay({ since: at, failures: 0 }) : stay();
    case 'tick':
      if (watch.mode === 'none' && at >= watch.notBefore)
        return { watch: { ...watch, mode: 'making', since: at }, wants: 'make' };
      if (watch.mode === 'subscribed' && at - watch.since > spec.silentMs) {
        const reason = `the subscription was silent for ${Math.round((at - watch.since) / 1000)} s`;
        return { watch: failed(spec, watch, at, reason), wants: 'drop' };
      }
      return stay();
  }
}

function failed(spec: WatchSpec, watch: Watch, at: number, reason: string): Watch {
  const failures = watch.failures + 1;
  const pause = Math.min(spec.longestPauseMs, spec.firstPauseMs * 2 ** Math.min(failures - 1, 20));
  return { mode: 'none', since: at, failures, notBefore: at + pause, reason };
}
