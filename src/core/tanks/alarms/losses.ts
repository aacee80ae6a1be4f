/** Fuel that went without a nozzle, and a float that does not move although fuel went. */
import type { StockSample } from '../../../model/tank.ts';
import { type Instant, instant, type Millilitres } from '../../../model/units.ts';
import { type Condition, isRaised } from './entries.ts';
import { alarmBounds, type Entry, freshLoss, type LossPoint, type LossState } from './types.ts';

const minute = 60_000;
const hour = 60 * minute;
/** After a delivery, a time without samples, or a nozzle: waves, late meters. */
const calmMs = 20 * minute;
const gapMs = 15 * minute;
const spacingMs = 12 * minute;
const suddenMs = hour;
const theftMs = 12 * hour;
/** A loss is told so long after it was last seen. */
const standsMs = 12 * hour;
/** Sales blur a slow loss by as much as meters may err. */
const meterShare = 0.01;
const floatMoves = 2_000;
const floatDispensed = 200_000;

const litres = (volume: number): string => `${Math.round(volume / 1000)} L`;

/** The state with a sample more. Every delivery, gap or recount begins anew. */
export function followLoss(before: LossState, sample: StockSample, delivering: boolean): LossState {
  const { last } = before;
  const kept = {
    at: sample.at,
    volume: sample.volume,
    volumeAt15: sample.volumeAt15,
    dispensed: sample.dispensed,
  };
  const isBroken =
    last === null ||
    sample.at <= last.at ||
    sample.at - last.at > gapMs ||
    sample.dispensed < last.dispensed ||
    (sample.volumeAt15 === null) !== (last.volumeAt15 === null);
  if (isBroken || delivering) return { ...freshLoss, last: kept, from: instant(sample.at + calmMs) };

  const level = before.level + change(last, sample);
  const levels = [...before.levels, level].slice(-alarmBounds.levels);
  const idle = before.idle && !sample.active;
  const next = { ...before, last: kept, level, levels, idle, float: floatOf(before.float, sample) };
  const newest = before.points.at(-1);
  const isCalm = before.from === null || sample.at >= before.from;
  if (!isCalm || levels.length < alarmBounds.levels) return next;
  if (newest && sample.at - newest.at < spacingMs) return next;
  const point: LossPoint = { at: sample.at, level: middle(levels), dispensed: sample.dispensed, idle };
  const points = [...before.points, point]
    .filter((each) => sample.at - each.at <= theftMs)
    .slice(-alarmBounds.points);
  return { ...next, points, idle: true };
}

/** What the level lost or gained net of sales; at 15 degC where that is known, so that cooling is no loss. */
function change(last: NonNullable<LossState['last']>, now: StockSample): number {
  const out = now.dispensed - last.dispensed;
  if (now.volumeAt15 === null || last.volumeAt15 === null || now.volume <= 0)
    return now.volume - last.volume + out;
  return Math.round(now.volumeAt15 - last.volumeAt15 + (out * now.volumeAt15) / now.volume);
}

const middle = (levels: readonly number[]): number => [...levels].sort((a, b) => a - b)[1] ?? 0;

function floatOf(before: LossState['float'], { volume, dispensed }: StockSample): LossState['float'] {
  return before && Math.abs(volume - before.volume) <= floatMoves ? before : { volume, dispensed };
}

export function lossConditions(
  limit: Millilitres,
  loss: LossState,
  entries: readonly Entry[],
  at: Instant,
): Condition[] {
  const drawn = loss.last && loss.float ? loss.last.dispensed - loss.float.dispensed : null;
  const stuck: Condition = {
    kind: 'stuck-float',
    holds: drawn === null ? null : drawn > floatDispensed,
    text: `${litres(drawn ?? 0)} were dispensed and the level did not move. Free the float; until then the level is not to be believed.`,
  };
  if (loss.points.length === 0 || loss.levels.length < alarmBounds.levels) return [stuck];
  const now = middle(loss.levels);
  const sudden = suddenLoss(loss, at, now);
  const theft = slowLoss(loss, now, limit);
  const isSudden = sudden.missing > limit;
  const hours = Math.max(1, Math.round((at - theft.since) / hour));
  const isStuck = isRaised(entries, 'stuck-float') || stuck.holds === true;
  return [
    stuck,
    {
      kind: 'sudden-loss',
      holds: isSudden && !isStuck,
      text: `${litres(sudden.missing)} went within ${Math.max(1, Math.round((at - sudden.since) / minute))} minutes while no nozzle was active. Look for a leak or a theft; compare with a dip.`,
      ...{ confirmMs: 2 * minute, confirmCount: 3, clearMs: standsMs },
    },
    {
      kind: 'theft',
      holds: theft.isTooMuch && !isSudden && !isStuck && !isRaised(entries, 'sudden-loss'),
      text: `${litres(theft.missing)} are missing over ${hours} hours beyond what was sold. Look at the covers and the recordings; compare with a dip.`,
      ...{ confirmMs: 30 * minute, confirmCount: 3, clearMs: standsMs },
    },
  ];
}

/** Within an hour, over idle time alone. */
function suddenLoss(loss: LossState, at: Instant, now: number): { missing: number; since: Instant } {
  let best = { missing: 0, since: at };
  let isIdle = loss.idle;
  for (const point of loss.points.toReversed()) {
    if (!isIdle || at - point.at > suddenMs) break;
    if (point.level - now > best.missing) best = { missing: point.level - now, since: point.at };
    isIdle = point.idle;
  }
  return best;
}

/** Over half a day; sales may go on, for a meter's error is small beside the limit. */
function slowLoss(loss: LossState, now: number, limit: Millilitres) {
  let best = { missing: 0, since: loss.points[0]?.at ?? instant(0), isTooMuch: false };
  for (const point of loss.points) {
    const missing = point.level - now;
    const sold = (loss.last?.dispensed ?? 0) - point.dispensed;
    const isTooMuch = missing > limit * 1.25 + sold * meterShare;
    if (isTooMuch && missing > best.missing) best = { missing, since: point.at, isTooMuch };
  }
  return best;
}
