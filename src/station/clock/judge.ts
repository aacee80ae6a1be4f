/** What to make of the system's clock beside the station's own time. Pure; milliseconds. */

export type StepReason =
  | 'stepped' // somebody or NTP set the clock
  | 'synchronised' // a clock that was not believed tells a possible time
  | 'settled' // it stayed where the books did not expect it
  | 'while-stopped'; // it was set while the daemon did not run

export type DistrustReason =
  | 'implausible' // before this program was released, or generations after
  | 'before-books'; // earlier than what the books have recorded

export type Verdict =
  | { readonly kind: 'keep' }
  | { readonly kind: 'slew'; readonly ms: number }
  | { readonly kind: 'step'; readonly deltaMs: number; readonly reason: StepReason }
  | { readonly kind: 'distrust'; readonly reason: DistrustReason };

/** From here on a difference is a step: it is taken at once and recorded. Below it is followed by and by. */
export const stepMs = 2_000;
/** A difference that a look at two clocks may show though there is none. */
const sameMs = 20;
const slewMs = 20;
/** A clock behind the books that runs on so long without being set is believed. */
const settledMs = 15 * 60_000;

/** No clock of this program can tell an earlier time. Moved with each release. */
export const releasedAt = Date.UTC(2026, 0, 1);
const latestAt = releasedAt + 50 * 365 * 86_400_000;

export const isPlausible = (wall: number): boolean => wall >= releasedAt && wall < latestAt;

/**
 * @param own the station's time at the same moment as `wall`, the system's
 * @param steadyMs for how long the two have run beside each other without a step
 */
export function judge(input: {
  readonly own: number;
  readonly wall: number;
  readonly synchronised: boolean;
  readonly steadyMs: number;
}): Verdict {
  const { own, wall, synchronised, steadyMs } = input;
  if (!isPlausible(wall))
    return synchronised ? { kind: 'distrust', reason: 'implausible' } : { kind: 'keep' };
  const deltaMs = wall - own;
  if (synchronised) {
    if (Math.abs(deltaMs) >= stepMs) return { kind: 'step', deltaMs, reason: 'stepped' };
    if (Math.abs(deltaMs) <= sameMs) return { kind: 'keep' };
    return { kind: 'slew', ms: Math.max(-slewMs, Math.min(slewMs, deltaMs)) };
  }
  if (deltaMs > -stepMs) return { kind: 'step', deltaMs, reason: 'synchronised' };
  return steadyMs < settledMs ? { kind: 'keep' } : { kind: 'step', deltaMs, reason: 'settled' };
}

/**
 * The time to begin with after a boot, when nobody knows how long the machine was off.
 * @param known the newest time in the books; null: they are empty
 */
export function begin(wall: number, known: number | null): { at: number; distrust: DistrustReason | null } {
  const floor = Math.max(known ?? releasedAt, releasedAt);
  if (!isPlausible(wall)) return { at: floor, distrust: 'implausible' };
  return wall > floor - stepMs ? { at: wall, distrust: null } : { at: floor, distrust: 'before-books' };
}
