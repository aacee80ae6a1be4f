/** A rise from its first sign until the surface is quiet again. */
import type { StockSample } from '../../../model/tank.ts';
import { millilitres } from '../../../model/units.ts';
import { median, moved } from './baseline.ts';
import {
  type DeliverySpec,
  type Episode,
  type IgnoredBecause,
  netOf,
  type Point,
  type Rise,
} from './types.ts';

/** A new high counts as rising when it is so much higher, and so much more for each minute that it took: creep is no drop. */
const riseStep = 20_000;
const creepPerMinute = 1_000;
/** No two hoses fill one tank faster; millilitres a minute. */
const fastestPerMinute = 3_000_000;
const hourMs = 3_600_000;
/** A float that does not move by more than this while much is dispensed is stuck. */
const stuckWithin = 5_000;

const emptyTail = (start: Point): Episode['tail'] => ({
  count: 0,
  sum: 0,
  sum15: start.at15 === null ? null : 0,
});

/** From the quiet level before; `before` are the nets of the samples since. */
export function beginEpisode(start: Point, before: readonly number[]): Episode {
  return {
    start,
    flags: [],
    peak: netOf(start),
    peakVolume: start.volume,
    last: start,
    nets: before.slice(-2),
    jump: 0,
    tail: emptyTail(start),
  };
}

/** After a time when nobody watched: what comes now is compared with what was before. */
export function beginAfterGap(start: Point, now: Point, flags: readonly string[]): Episode {
  const net = netOf(now);
  const episode = beginEpisode(start, [net, net]);
  return { ...episode, flags: ['gap', ...flags], peak: net, peakVolume: now.volume, last: now };
}

/** `previous`: the sample before; null: not of this episode. */
export function follow(spec: DeliverySpec, episode: Episode, now: Point, previous: Point | null): Episode {
  const net = netOf(now);
  const smooth = median([...episode.nets, net]);
  const elapsed = now.at - episode.last.at;
  const step = previous ? net - netOf(previous) : 0;
  const fast = previous !== null && step * 60_000 > fastestPerMinute * (now.at - previous.at);
  const rest = {
    ...episode,
    nets: [...episode.nets, net].slice(-2),
    peakVolume: Math.max(episode.peakVolume, smooth - now.dispensed),
    jump: fast ? Math.max(episode.jump, step) : episode.jump,
  };
  if (smooth > episode.peak + riseStep + (creepPerMinute * elapsed) / 60_000)
    return { ...rest, peak: smooth, last: now, tail: emptyTail(episode.start) };
  if (elapsed < spec.settleMs / 2) return rest;
  const { count, sum, sum15 } = episode.tail;
  const gained = smooth - netOf(episode.start);
  const gained15 = at15Gained(episode.start, moved(now, smooth - net));
  return {
    ...rest,
    tail: {
      count: count + 1,
      sum: sum + gained,
      sum15: sum15 === null || gained15 === null ? null : sum15 + gained15,
    },
  };
}

function at15Gained(start: Point, now: Point): number | null {
  if (start.at15 === null || now.at15 === null || now.volume <= 0) return null;
  const dispensed = ((now.dispensed - start.dispensed) * now.at15) / now.volume;
  return Math.round(now.at15 - start.at15 + dispensed);
}

/** Quiet for long enough, as far as the gauge agrees; its flag is not waited for beyond an hour. */
export function isSettled(
  spec: DeliverySpec,
  { last, tail }: Episode,
  sample: Pick<StockSample, 'at' | 'deliveryInProgress'>,
): boolean {
  const quiet = sample.at - last.at;
  if (quiet < spec.settleMs || tail.count === 0) return false;
  if (sample.deliveryInProgress === true && quiet < Math.max(hourMs, 4 * spec.settleMs)) return false;
  return tail.count >= 3 || quiet >= 2 * spec.settleMs;
}

/** What an episode comes to. `quiet` is the level at its end, smoothed: the next baseline. */
export interface Outcome {
  readonly quiet: Point;
  readonly gained: number;
  readonly rise: Rise | null;
  /** Why a rise of enough volume is no delivery. */
  readonly refused: IgnoredBecause | null;
}

export function conclude(
  spec: DeliverySpec,
  episode: Episode,
  now: Point,
  more: readonly string[] = [],
): Outcome {
  const { start, last, tail, jump } = episode;
  const gained = tail.count === 0 ? netOf(now) - netOf(start) : Math.round(tail.sum / tail.count);
  const quiet = moved(now, netOf(start) + gained - netOf(now));
  if (gained < spec.minVolume) return { quiet, gained, rise: null, refused: null };
  const gained15 = tail.sum15 === null || tail.count === 0 ? null : Math.round(tail.sum15 / tail.count);
  const refused = refusal(spec, episode, quiet, gained, gained15);
  if (refused) return { quiet, gained, rise: null, refused };
  const dispensed = millilitres(last.dispensed - start.dispensed);
  const flags = [...episode.flags, ...more, ...(jump >= 0.9 * gained ? ['jump'] : [])];
  const rise: Rise = {
    ...{ startedAt: start.at, endedAt: last.at, startVolume: start.volume, dispensed },
    endVolume: millilitres(start.volume + gained - dispensed),
    volumeAt15: gained15 === null ? null : millilitres(gained15),
    temperature: now.temperature,
    flags: [...new Set(flags)],
  };
  return { quiet, gained, rise, refused: null };
}

function refusal(
  spec: DeliverySpec,
  { start, last, flags, peakVolume }: Episode,
  quiet: Point,
  gained: number,
  gained15: number | null,
): IgnoredBecause | null {
  if (gained15 !== null && gained15 < spec.minVolume / 2) return 'temperature';
  if (flags.includes('gap')) {
    // Once may be chance: a delivery as large as the sales.
    const isStill = [last, quiet].every(({ volume }) => Math.abs(volume - start.volume) <= stuckWithin);
    return isStill && quiet.dispensed - start.dispensed >= spec.minVolume ? 'level-unmoved' : null;
  }
  // Net rises without the level: the float hangs while the nozzles draw.
  return peakVolume - start.volume < gained / 5 ? 'level-unmoved' : null;
}
