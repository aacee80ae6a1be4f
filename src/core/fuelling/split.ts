/**
 * Which sales the totalizer's delta of one hose was, and which of them is the fuelling that was watched. A volume is
 * never given to a fuelling it may not belong to: where that is not sure, the sale is `recovered` and without times.
 */
import type { SaleQuality } from '../../model/sale.ts';
import { millilitres } from '../../model/units.ts';
import { bare, type Newest, newsOf, previousNumber, sameRecord } from './record.ts';
import type { Part, Times } from './sale.ts';
import type { Ending, FuellingState, Told } from './state.ts';
import { amountMoved, fits, type Look, toleranceOf } from './totalizer.ts';
import type { PointSpec } from './types.ts';

export interface Split {
  readonly parts: readonly Part[];
  /** How many sales are in it that could not be told apart. */
  readonly untold: number;
}

export function split(
  spec: PointSpec,
  state: FuellingState,
  ending: Ending,
  seen: Look,
  newest: Newest | null,
  ripe: boolean,
): Split {
  const { delta } = seen;
  const tolerance = toleranceOf(spec);
  const told = newest?.told ?? null;
  const steps = newest?.news.steps ?? null;
  const earlier = state.earlier.filter((each) => each.hose === null || each.hose === seen.account.hose);
  const one = told === null || delta === null || delta <= told.volume + tolerance;
  if (one) {
    return { parts: [single(spec, ending, seen, newest, earlier, ripe)], untold: 0 };
  }
  const restVolume = millilitres(delta - told.volume);
  if (ending.after && ending.final && !isLast(spec, state, ending, ending.final)) {
    const watched: [Times, SaleQuality] = ending.gap
      ? [blank(ending.endedAt), 'recovered']
      : [own(ending), 'seen'];
    const later = laterTold(spec, state, ending, restVolume);
    return {
      parts: [part(ending, told, ...watched), part(null, later, blank(ending.endedAt), 'recovered')],
      untold: untoldOf(ending.record ? newsOf(spec, state, ending.record).steps : null),
    };
  }
  const rest = restTold(spec, state, seen, told, steps, restVolume, ending.totalsRounded);
  const untold = untoldOf(steps);
  const dim = isDim(ending, newest, earlier, ripe);
  if (!ending.gap && !ending.after && !ending.unseen && !dim) {
    const [first] = earlier;
    // One of which nothing was seen to flow, before a blindness, may have been none.
    const two = steps === 2 ? !first?.gap || first.volume > 0 : steps === null && !first?.gap;
    const sure = first && earlier.length === 1 && two;
    const before = sure ? first : blank(ending.liftedAt ?? ending.endedAt);
    return {
      parts: [part(null, rest, timesOf(before), 'recovered'), part(ending, told, own(ending), 'seen')],
      untold,
    };
  }
  // The watched fuelling ended while we were blind, and exactly one came after it.
  const oneAfter = steps === 2 || (ending.another && restVolume + tolerance >= ending.volume);
  const noneBefore = !ending.unseen && !ending.hidden && earlier.length === 0;
  const watchedFirst = noneBefore && ending.endUnseen && oneAfter;
  return {
    parts: [
      part(
        watchedFirst ? ending : null,
        rest,
        watchedFirst ? own(ending) : blank(ending.endedAt),
        'recovered',
      ),
      part(watchedFirst ? null : ending, told, blank(ending.endedAt), 'recovered'),
    ],
    untold,
  };
}

function single(
  spec: PointSpec,
  ending: Ending,
  seen: Look,
  newest: Newest | null,
  earlier: FuellingState['earlier'],
  ripe: boolean,
): Part {
  const { delta } = seen;
  const told = newest?.told ?? fromTotals(spec, ending, seen);
  if (ending.unseen) return part(null, told, blank(ending.endedAt), 'recovered');
  if (isDim(ending, newest, earlier, ripe)) return part(ending, told, blank(ending.endedAt), 'recovered');
  const fitted = newest !== null && delta !== null && !seen.cut && fits(spec, delta, told.volume);
  if (ending.gap || ending.after) {
    // Where nothing was seen to flow, the sale may be of somebody after it.
    const proven =
      ending.volume > 0 && ((fitted && ripe) || newest?.news.steps === 1 || (ending.final && !ending.gap));
    if (!proven) return part(ending, told, blank(ending.endedAt), 'recovered');
    return part(ending, told, own(ending), ending.endUnseen ? 'recovered' : 'seen');
  }
  // Nothing was sold before: the drop of the display that looked like a second fuelling was none.
  const [first] = earlier;
  const times =
    fitted &&
    first &&
    first.volume > 0 &&
    !first.gap &&
    first.hose === seen.account.hose &&
    earlier.length === 1
      ? {
          ...own(ending),
          liftedAt: first.liftedAt ?? ending.liftedAt,
          startedAt: first.startedAt ?? ending.startedAt,
        }
      : own(ending);
  // Only the lift was watched: no flow was, and neither display nor record told of it.
  return part(ending, told, times, newest === null && ending.volume === 0 ? 'recovered' : 'seen');
}

/**
 * Neither the totalizer alone, nor a record without a flow that was seen, can tell this fuelling from one before it of
 * which the volume was not known yet.
 */
export function isDim(
  ending: Ending,
  newest: Newest | null,
  earlier: FuellingState['earlier'],
  ripe: boolean,
): boolean {
  const blind = ending.unchecked || ending.gap;
  if (newest === null) return earlier.length > 0 || blind;
  if (ending.volume > 0) {
    // Without a display after the end a record may be of a sale before.
    if (ending.final !== null) return false;
    const { kind, steps } = newest.news;
    const flowed = earlier.filter((each) => each.volume > 0).length;
    const before = kind === 'new' ? steps !== null && steps <= flowed : earlier.length > 0;
    return before || (ending.hidden && !ripe);
  }
  return blind || (earlier.length > 0 && newest.news.kind !== 'new');
}

/** Neither record nor display tells: the totalizer does, or at least what was seen last. */
function fromTotals(spec: PointSpec, ending: Ending, seen: Look): Told {
  const tolerance = toleranceOf(spec);
  if (seen.delta !== null && seen.delta > tolerance && seen.delta + tolerance >= ending.volume) {
    return { ...bare(millilitres(seen.delta), amountMoved(seen), ending.totalsRounded), price: ending.price };
  }
  return { ...bare(ending.volume, ending.amount, ending.rounded), price: ending.price };
}

/** The sale(s) before the newest: number and amount where they can only be these. */
function restTold(
  spec: PointSpec,
  state: FuellingState,
  seen: Look,
  newest: Told,
  steps: number | null,
  volume: Told['volume'],
  rounded: boolean,
): Told {
  const { held } = state;
  if (
    held &&
    !sameRecord(held, newest) &&
    newsOf(spec, state, held).kind !== 'sold' &&
    fits(spec, held.volume, volume)
  ) {
    return held;
  }
  const moved = amountMoved(seen);
  const amount =
    moved !== null && newest.amount !== null && moved >= newest.amount ? moved - newest.amount : null;
  return {
    ...bare(volume, amount as Told['amount'], rounded || newest.rounded),
    number: steps === 2 && state.unnumbered >= 0 ? previousNumber(spec, newest.number) : null,
  };
}

/** Of so many sales the newest is told, the others are one. */
const untoldOf = (steps: number | null): number => (steps !== null && steps > 2 ? steps - 1 : 0);

/** The record was read after the last blindness and is of the watched fuelling: nothing came after it. */
function isLast(spec: PointSpec, state: FuellingState, ending: Ending, final: Told): boolean {
  const { record, recordMono, hidden } = ending;
  const { sighted } = state.session;
  if (!hidden || record === null || recordMono === null || sighted === null) return false;
  return recordMono >= sighted && fits(spec, record.volume, final.volume);
}

/** What came after a watched fuelling while we were blind. */
function laterTold(spec: PointSpec, state: FuellingState, ending: Ending, volume: Told['volume']): Told {
  const { record } = ending;
  if (record && newsOf(spec, state, record).kind !== 'sold' && fits(spec, record.volume, volume))
    return record;
  return bare(volume, null);
}

const timesOf = ({ liftedAt, startedAt, endedAt }: Times): Times => ({ liftedAt, startedAt, endedAt });
const own = (ending: Ending): Times => timesOf(ending);
const blank = (endedAt: Times['endedAt']): Times => ({ liftedAt: null, startedAt: null, endedAt });

function part(ending: Ending | null, told: Told, times: Times, quality: SaleQuality): Part {
  if (ending === null) return { told, times, quality, flags: [] };
  const price = told.price ?? ending.final?.price ?? ending.price;
  const changed = ending.priceChanged || (price !== null && ending.price !== null && price !== ending.price);
  return {
    told: { ...told, price },
    times,
    quality,
    flags: [
      ...(changed ? (['price-changed'] as const) : []),
      ...(ending.lost ? (['link-lost'] as const) : []),
    ],
  };
}
