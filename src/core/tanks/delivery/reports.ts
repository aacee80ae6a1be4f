/** The gauge's reports: which rise each of them tells of, so that no delivery is booked twice and none is missed. */
import type { GaugeDelivery } from '../../../model/tank.ts';
import { type Instant, millilitres } from '../../../model/units.ts';
import { fromBoth, fromReport, fromRise, grossOf, riseKey } from './book.ts';
import {
  type BookedRise,
  bounds,
  type DeliveryFact,
  type DeliverySpec,
  type DeliveryState,
  type IgnoredBecause,
  type Pending,
  type Report,
  type Span,
} from './types.ts';

/** Ends of a report and of a rise lie so far apart at most: the gauge's whole minutes, its clock, its own settling. */
const slackMs = 20 * 60_000;
/** A gauge whose clock was set tells of a delivery at another time; alike in volume it is the same one. */
const clockMs = 26 * 3_600_000;

type Result = { readonly state: DeliveryState; readonly facts: readonly DeliveryFact[] };

export const reportId = (gauge: string, report: Pick<GaugeDelivery, 'tank' | 'gaugeStart'>): string =>
  `${gauge}:${report.tank}:${report.gaugeStart}`;

const ignored = (
  reason: IgnoredBecause,
  report: Pick<Report, 'id' | 'startedAt'>,
  volume: number | null,
): DeliveryFact => ({
  kind: 'ignored',
  reason,
  report: report.id,
  startedAt: report.startedAt,
  volume: volume === null ? null : millilitres(volume),
});

const withSeen = (state: DeliveryState, ids: readonly string[]): DeliveryState => ({
  ...state,
  seen: [...state.seen, ...ids].slice(-bounds.seen),
});

/** A report comes in. One that is dealt with, or waits already, says nothing new. */
export function takeReport(
  state: DeliveryState,
  gauge: string,
  told: GaugeDelivery,
  dispensed: Report['dispensed'],
): Result {
  const id = reportId(gauge, told);
  const isKnown = state.seen.includes(id) || state.waiting.some((report) => report.id === id);
  if (isKnown) return { state, facts: [] };
  const { startedAt, endedAt, startVolume, endVolume, startTemperature, endTemperature } = told;
  if (startVolume === null || endVolume === null)
    return { state: withSeen(state, [id]), facts: [ignored('no-volumes', { id, startedAt }, null)] };
  const report: Report = {
    ...{ id, startedAt, endedAt, startVolume, endVolume, startTemperature, endTemperature },
    dispensed: dispensed ?? told.dispensed,
  };
  const waiting = [...state.waiting, report];
  const over = waiting.slice(0, Math.max(0, waiting.length - bounds.waiting));
  return {
    state: withSeen(
      { ...state, waiting: waiting.slice(-bounds.waiting) },
      over.map((each) => each.id),
    ),
    facts: over.map((each) => ignored('too-many', each, grossOf(each))),
  };
}

const apart = (a: Pick<Report, 'startedAt' | 'endedAt'>, b: Pick<Report, 'startedAt' | 'endedAt'>): number =>
  Math.max(0, a.startedAt - b.endedAt, b.startedAt - a.endedAt);

type Place =
  | { readonly to: 'wait' }
  | { readonly to: 'pending'; readonly index: number }
  | { readonly to: 'booked'; readonly index: number }
  | { readonly to: 'alone'; readonly flags: readonly string[] }
  | { readonly to: 'nowhere'; readonly reason: IgnoredBecause };

/** Deals with every report that can be placed, and books rises whose time of waiting is over or that have their reports. */
export function settleReports(spec: DeliverySpec, before: DeliveryState): Result {
  let state = before;
  const facts: DeliveryFact[] = [];
  const claims = new Map<number, Report[]>();
  const done = new Set<string>();
  for (const report of state.waiting) {
    const place = placeOf(spec, state, report);
    if (place.to === 'wait') continue;
    if (place.to === 'pending') {
      claims.set(place.index, [...(claims.get(place.index) ?? []), report]);
      continue;
    }
    done.add(report.id);
    if (place.to === 'nowhere') facts.push(ignored(place.reason, report, grossOf(report)));
    else if (place.to === 'alone')
      facts.push({ kind: 'delivered', delivery: fromReport(spec, report, place.flags) });
    else {
      const booked = state.booked.map((rise, index) =>
        index === place.index
          ? { ...rise, left: millilitres(Math.max(0, rise.left - grossOf(report))) }
          : rise,
      );
      facts.push({ kind: 'matched', key: state.booked[place.index]?.key ?? '', report: report.id });
      state = { ...state, booked };
    }
  }
  const pending: Pending[] = [];
  let booked = state.booked;
  for (const [index, each] of state.pending.entries()) {
    const reports = claims.get(index) ?? [];
    const told = reports.reduce((sum, report) => sum + grossOf(report), 0);
    const isComplete = reports.length > 0 && told > grossOf(each.rise) - spec.minVolume;
    if (!isComplete && (state.newest === null || state.newest.at < each.until)) {
      pending.push(each);
      continue;
    }
    for (const report of reports) done.add(report.id);
    const { deliveries, rest } =
      reports.length > 0
        ? fromBoth(spec, each.rise, reports)
        : { deliveries: [], rest: fromRise(spec, each.rise) };
    for (const delivery of deliveries) facts.push({ kind: 'delivered', delivery });
    if (rest) {
      facts.push({ kind: 'delivered', delivery: rest });
      const { startedAt, endedAt, volume } = rest;
      booked = [...booked, { key: riseKey(spec, rest), startedAt, endedAt, left: volume }].slice(
        -bounds.booked,
      );
    }
  }
  const waiting = state.waiting.filter((report) => !done.has(report.id));
  return { state: withSeen({ ...state, pending, booked, waiting }, [...done]), facts };
}

function placeOf(spec: DeliverySpec, state: DeliveryState, report: Report): Place {
  const { since, newest, episode, lost } = state;
  if (since === null || newest === null) return { to: 'wait' };
  if (report.startedAt < since) return { to: 'nowhere', reason: 'before-books' };
  const gross = grossOf(report);
  if (gross < spec.minVolume) return { to: 'nowhere', reason: 'too-small' };

  const candidates = [
    ...state.pending.map(({ rise }, index) => ({ to: 'pending' as const, index, by: apart(report, rise) })),
    ...state.booked.flatMap((rise, index) =>
      rise.left >= gross / 2 ? [{ to: 'booked' as const, index, by: apart(report, rise) }] : [],
    ),
    ...[episode?.start.at, lost?.before.at].flatMap((startedAt) =>
      startedAt === undefined
        ? []
        : [{ to: 'wait' as const, by: apart(report, { startedAt, endedAt: newest.at }) }],
    ),
  ].filter((each) => each.by <= slackMs);
  const best = candidates.sort((a, b) => a.by - b.by)[0];
  if (best) return best;
  // Not all of its time was looked at yet, or the rise is not noticed.
  if (report.endedAt + spec.settleMs > newest.at) return { to: 'wait' };
  const other = alike(state, report, gross);
  if (other) return other;
  const isUnwatched = state.gaps.some((gap) => apart(report, { startedAt: gap.from, endedAt: gap.to }) === 0);
  return isUnwatched ? { to: 'alone', flags: ['gap'] } : { to: 'nowhere', reason: 'not-seen' };
}

/** A rise of another hour that is alike in volume. */
function alike(state: DeliveryState, report: Report, gross: number): Place | null {
  const isAlike = (volume: number, startedAt: Instant): boolean =>
    Math.abs(volume - gross) <= Math.max(100_000, 0.03 * volume) &&
    Math.abs(startedAt - report.startedAt) <= clockMs;
  const pending = state.pending.findIndex(({ rise }) => isAlike(grossOf(rise), rise.startedAt));
  if (pending >= 0) return { to: 'pending', index: pending };
  const booked = state.booked.findLastIndex((rise: BookedRise) => isAlike(rise.left, rise.startedAt));
  return booked >= 0 ? { to: 'booked', index: booked } : null;
}

/** With the span in which nobody watched. */
export const withGap = (gaps: readonly Span[], gap: Span): readonly Span[] =>
  [...gaps, gap].slice(-bounds.gaps);
