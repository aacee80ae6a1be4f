import { type Instant, instant } from '../../model/units.ts';

interface Span<End> {
  readonly liftedAt: Instant | null;
  readonly startedAt: Instant | null;
  readonly endedAt: End;
}

/** The same `deltaMs` later: at the same distance from now after the clock was set. */
export function moved<End extends Instant | null, Times extends Span<End>>(
  times: Times,
  deltaMs: number,
): Times {
  const later = <At extends Instant | null>(at: At): At =>
    at === null ? at : (instant(at + deltaMs) as typeof at);
  const { liftedAt, startedAt, endedAt } = times;
  return { ...times, liftedAt: later(liftedAt), startedAt: later(startedAt), endedAt: later(endedAt) };
}
