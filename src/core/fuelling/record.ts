/** What the dispenser's last-sale record, or its display, can say about the sale that just ended. */
import type { LastSaleReading } from '../../model/readings.ts';
import type { Ending, FuellingState, Told } from './state.ts';
import { fits, toleranceOf } from './totalizer.ts';
import type { PointSpec } from './types.ts';

/** `new`: certainly of a sale after the accounted one, `steps` sales later (null: uncountable). `unsure`: only its volume can tell. */
export interface News {
  readonly kind: 'new' | 'sold' | 'unsure';
  readonly steps: number | null;
}

/** The newest sale of a point, as far as anything tells. */
export interface Newest {
  readonly told: Told;
  readonly news: News;
}

export const toldOf = (reading: LastSaleReading): Told => {
  const { number, hose, volume, amount, rounded = false, price, endCode } = reading;
  return { number, hose, volume, amount, rounded, price, endCode };
};

/** What a sale is of which only the volume is known. */
export const bare = (volume: Told['volume'], amount: Told['amount'], rounded = false): Told => ({
  number: null,
  hose: null,
  volume,
  amount,
  rounded,
  price: null,
  endCode: null,
});

/** How many sales after `before` this record is, around the wrap of sale numbers; null: that cannot be counted. */
export function stepsOf(spec: PointSpec, before: Told | null, record: Told): number | null {
  if (before === null || before.number === null || record.number === null || spec.saleNumber === null)
    return null;
  const size = spec.saleNumber.last - spec.saleNumber.first + 1;
  const steps = (((record.number - before.number) % size) + size) % size;
  // Half way round is behind us: an older record, or numbers that began again.
  return steps > size / 2 ? null : steps;
}

/** Compares a record with the last accounted one. */
export function newsOf(spec: PointSpec, state: FuellingState, record: Told): News {
  const before = state.record;
  const unsure: News = { kind: 'unsure', steps: null };
  if (before === null || before.number === null || record.number === null) return unsure;
  if (before.number === record.number) return { kind: before.sold ? 'sold' : 'unsure', steps: null };
  const steps = stepsOf(spec, before, record);
  if (state.unnumbered > 0) {
    // Sales were booked without waiting for their records: these come first.
    return steps !== null && steps <= state.unnumbered ? { kind: 'sold', steps: null } : unsure;
  }
  if (spec.saleNumber !== null && steps === null) return unsure;
  return { kind: 'new', steps };
}

/** The record is accounted for. `outstanding`: sales booked since the one before, that of the record among them. */
export function accountFor(
  spec: PointSpec,
  state: FuellingState,
  record: Told,
  sold: boolean,
  outstanding: number,
): void {
  // One that was noted before its sale was booked is no step further.
  const noted =
    sold && state.record !== null && record.number !== null && state.record.number === record.number;
  const steps = noted
    ? 1
    : (stepsOf(spec, state.record, record) ?? (sold || record.number !== null ? 1 : outstanding));
  // Numbers whose sales are still to come are not made more by this one.
  state.unnumbered = Math.max(Math.min(0, state.unnumbered), outstanding - steps);
  state.record = { ...record, sold };
}

export const sameRecord = (a: Told | null, b: Told): boolean =>
  a !== null && a.number === b.number && a.hose === b.hose && a.volume === b.volume && a.amount === b.amount;

export const previousNumber = (spec: PointSpec, number: number | null): number | null =>
  number === null || spec.saleNumber === null
    ? null
    : number === spec.saleNumber.first
      ? spec.saleNumber.last
      : number - 1;

/**
 * The newest sale of the point as far as the dispenser tells it: its record where that is surely of it (number advanced,
 * or its volume is the totalizer's delta, or what was displayed last), else the display after the end; null: nothing is sure.
 * `alone`: no other hose of the point has moved.
 */
export function newest(
  spec: PointSpec,
  state: FuellingState,
  ending: Ending,
  hose: number | null,
  delta: number | null,
  alone: boolean,
): Newest | null {
  const { record, final } = ending;
  const agrees = (told: Told, volume: number | null | undefined): boolean =>
    volume != null && fits(spec, told.volume, volume);
  if (ending.after && final) {
    const own = record && newsOf(spec, state, record).kind !== 'sold' && agrees(record, final.volume);
    return own ? { told: record, news: newsOf(spec, state, record) } : { told: final, news: noNews };
  }
  // What was read before the end is of a sale before.
  const stale = !ending.unseen && record !== null && sameRecord(state.held, record);
  if (record && !stale && (record.hose === null || hose === null || record.hose === hose)) {
    const news = newsOf(spec, state, record);
    // A record of less than was watched, or of nothing where fuel flowed, is not written yet.
    const written =
      (ending.endUnseen || ending.after || record.volume + toleranceOf(spec) >= ending.volume) &&
      !(record.volume === 0 && (delta ?? 0) > toleranceOf(spec));
    // What was displayed after the end speaks against a record, and a totalizer, that are of the sale before.
    const displayed = final === null || agrees(record, final.volume);
    const byVolume =
      news.kind === 'unsure' &&
      record.volume > 0 &&
      displayed &&
      (final !== null || agrees(record, delta) || (ending.volume > 0 && agrees(record, ending.volume)));
    // Without numbers a record that is another one than before is a new one, if the totalizer counted so much.
    const counted =
      delta !== null && record.volume > 0 && record.volume <= delta + toleranceOf(spec) && displayed;
    const changed =
      record.number === null && counted && state.unnumbered <= 0 && differs(state.record, record);
    if (written && (news.kind === 'new' || byVolume || changed)) return { told: record, news };
  }
  // A display that was reset at once says nothing.
  if (final && (final.volume > 0 || (delta ?? 0) <= toleranceOf(spec))) return { told: final, news: noNews };
  // All hoses of a point share its display: it may show another one's sale.
  const another = record !== null && record.hose !== null && hose !== null && record.hose !== hose;
  if (another && agrees(record, state.display.volume)) return null;
  return fromDisplay(spec, state, ending, delta, alone);
}

const noNews: News = { kind: 'unsure', steps: null };
const differs = (before: Told | null, record: Told): boolean =>
  before !== null && !sameRecord(before, record);

/** The display at rest still shows the last sale on most dispensers; it counts when the totalizer agrees. */
function fromDisplay(
  spec: PointSpec,
  state: FuellingState,
  ending: Ending,
  delta: number | null,
  alone: boolean,
): Newest | null {
  const { volume, amount, rounded, price } = state.display;
  if (state.current !== null || state.display.sold || volume === null || volume === 0 || delta === null)
    return null;
  // It shows again what it showed before the lift: that was the sale before.
  if (!ending.unseen && volume === ending.shown) return null;
  const newerPart = alone && ending.endUnseen && volume < delta;
  if (!fits(spec, volume, delta) && !newerPart) return null;
  return { told: { ...bare(volume, amount, rounded), price }, news: noNews };
}
