/**
 * Deliveries into one stock, found from its levels, its sales and its gauge's reports: `(spec, state, input) -> {state,
 * facts}`. How: docs/tanks.md.
 */
import type { StockSample } from '../../../model/tank.ts';
import { type Instant, instant, millilitres } from '../../../model/units.ts';
import { baseline, median, moved, remember } from './baseline.ts';
import { beginAfterGap, beginEpisode, conclude, follow, isSettled, type Outcome } from './episode.ts';
import { settleReports, takeReport, withGap } from './reports.ts';
import {
  bounds,
  type DeliveryFact,
  type DeliveryInput,
  type DeliverySpec,
  type DeliveryState,
  netOf,
  type Point,
} from './types.ts';

/** Samples further apart leave a time that nobody watched. */
const gapMs = 15 * 60_000;
/** A sample so far back is no late one: the station's clock was set. */
const clockBackMs = 5 * 60_000;
/** No pump empties a tank faster than this; a probe that is pulled out does. Millilitres, and per minute. */
const fallLeast = 500_000;
const fallPerMinute = 1_500_000;
/** What a probe that hangs in its head, or lies on the bottom, shows at most. */
const nearlyNothing = 50_000;
/** So long a fallen level is not believed; then the probe was set to another one. */
const fallenMs = 2 * 3_600_000;

export interface DeliveryStep {
  readonly state: DeliveryState;
  readonly facts: readonly DeliveryFact[];
}

/** A sample that is not newer than the last is passed over. */
export function stepDeliveries(spec: DeliverySpec, state: DeliveryState, input: DeliveryInput): DeliveryStep {
  if (input.kind === 'report') {
    const taken = takeReport(state, input.gauge, input.report, input.dispensed);
    const settled = settleReports(spec, taken.state);
    return { state: settled.state, facts: [...taken.facts, ...settled.facts] };
  }
  const looked = look(spec, state, input.sample);
  if (!looked) return { state, facts: [] };
  const settled = settleReports(spec, looked.state);
  return { state: settled.state, facts: [...looked.facts, ...settled.facts] };
}

/** No rise is under way, settling or waiting for its report: the level is one that a balance may be made of. */
export const isAtRest = ({ episode, lost, pending }: DeliveryState): boolean =>
  episode === null && lost === null && pending.length === 0;

function look(spec: DeliverySpec, before: DeliveryState, sample: StockSample): DeliveryStep | null {
  const previous = before.newest;
  if (previous && sample.at <= previous.at && sample.at > previous.at - clockBackMs) return null;
  const isRecount = previous !== null && sample.dispensed + before.offset < previous.dispensed;
  const offset = isRecount ? millilitres(previous.dispensed - sample.dispensed) : before.offset;
  const now: Point = {
    at: sample.at,
    volume: sample.volume,
    dispensed: millilitres(sample.dispensed + offset),
    at15: sample.volumeAt15,
    temperature: sample.temperature,
  };
  const state = { ...before, since: before.since ?? sample.at, newest: now, offset };
  if (!previous) return quiet(state, now);
  const isGap = now.at - previous.at > gapMs || now.at < previous.at;
  const fallen = lookAtFall(state, now, previous, isGap);
  if (fallen) return fallen;
  if (state.lost) return returned(spec, state, now, state.lost);
  if (isGap) return afterGap(spec, state, now, previous, isRecount ? ['sales-unknown'] : []);
  return watch(spec, state, now, previous, sample, isRecount);
}

const quiet = (state: DeliveryState, now: Point): DeliveryStep => ({
  state: { ...state, recent: remember(state.recent, now) },
  facts: [],
});

/** The probe fell, or is still where it fell. null: the level is to be believed. */
function lookAtFall(state: DeliveryState, now: Point, previous: Point, isGap: boolean): DeliveryStep | null {
  const gaps = isGap ? withGap(state.gaps, spanOf(previous, now)) : state.gaps;
  if (state.lost) {
    const { lost } = state;
    const low = netOf(now) < netOf(lost.low) ? now : lost.low;
    const missing = netOf(lost.before) - netOf(now);
    const isOut = now.volume <= nearlyNothing && missing > fallLeast;
    const isDoubtful =
      missing > fallLeast && now.at - lost.since < fallenMs && netOf(now) - netOf(low) < fallLeast;
    if (!isOut && !isDoubtful) return null;
    return { state: { ...state, gaps, lost: { ...lost, low } }, facts: [] };
  }
  const fall = netOf(previous) - netOf(now);
  if (fall <= fallLeast) return null;
  const isTooFast = !isGap && fall * 60_000 > fallPerMinute * (now.at - previous.at);
  if (!isTooFast && !(isGap && now.volume <= nearlyNothing)) return null;
  const start = state.episode
    ? moved(previous, median(state.episode.nets) - netOf(previous))
    : (baseline(state.recent) ?? previous);
  return { state: { ...state, gaps, lost: { since: now.at, before: start, low: now } }, facts: [] };
}

/** The probe is back: compared with what was before it fell, or, where it now stands far lower, with the lowest since. */
function returned(
  spec: DeliverySpec,
  state: DeliveryState,
  now: Point,
  lost: NonNullable<DeliveryState['lost']>,
): DeliveryStep {
  const difference = netOf(now) - netOf(lost.before);
  const isSame = difference >= -fallLeast && (state.episode !== null || difference <= fallLeast);
  const isShort = isSame && now.at - lost.since < 5 * 60_000;
  // A glitch of a reading or two, in the middle of a rise or not.
  if (isShort) return { state: { ...state, lost: null }, facts: [] };
  const isBack = difference >= -fallLeast;
  const cut = state.episode ? end(spec, state, lost.before, ['cut']) : { state, facts: [] };
  const start = isBack ? lost.before : lost.low;
  const episode = beginAfterGap(start, now, ['probe']);
  const gaps = withGap(cut.state.gaps, spanOf(lost.before, now));
  return { state: { ...cut.state, newest: now, lost: null, gaps, recent: [], episode }, facts: cut.facts };
}

function afterGap(
  spec: DeliverySpec,
  before: DeliveryState,
  now: Point,
  previous: Point,
  flags: readonly string[],
): DeliveryStep {
  const isClockSet = now.at < previous.at;
  let step: DeliveryStep = { state: before, facts: [] };
  if (
    before.episode &&
    previous.at - before.episode.last.at >= spec.settleMs / 2 &&
    before.episode.tail.count > 0
  )
    step = end(spec, before, previous, ['cut']);
  const { state, facts } = step;
  const start = state.episode?.start ?? baseline(state.recent) ?? previous;
  const more = [...(state.episode?.flags.filter((flag) => flag !== 'gap') ?? []), ...flags];
  return {
    state: {
      ...state,
      newest: now,
      gaps: withGap(state.gaps, spanOf(previous, now)),
      recent: [],
      episode: beginAfterGap(isClockSet ? { ...start, at: now.at } : start, now, more),
      // Reports of before and of the gap are yet to come.
      pending: state.pending.map((each) => ({
        ...each,
        until: later(each.until, now.at, spec.reportWaitMs),
      })),
    },
    facts,
  };
}

const later = (until: Instant, now: Instant, wait: number): Instant => instant(Math.max(until, now + wait));
const spanOf = (a: Point, b: Point) => ({ from: instant(Math.min(a.at, b.at)), to: b.at });

function watch(
  spec: DeliverySpec,
  state: DeliveryState,
  now: Point,
  previous: Point,
  sample: StockSample,
  isRecount: boolean,
): DeliveryStep {
  if (!state.episode) {
    const start = baseline(state.recent) ?? previous;
    const begins = netOf(now) - netOf(start) > Math.max(60_000, spec.minVolume / 3);
    if (!begins) return quiet(state, now);
    const last = state.recent.at(-1) ?? start;
    const episode = follow(spec, beginEpisode(start, [netOf(last), netOf(previous)]), now, previous);
    return { state: { ...state, recent: [], episode }, facts: [] };
  }
  const followed = follow(spec, state.episode, now, previous);
  const flags = isRecount ? [...new Set([...followed.flags, 'sales-unknown'])] : followed.flags;
  const next = { ...state, episode: { ...followed, flags } };
  if (!isSettled(spec, next.episode, sample)) return { state: next, facts: [] };
  return end(spec, next, now, sample.deliveryInProgress === true ? ['cut'] : []);
}

/** The episode is over: a rise that waits for its report, or nothing. */
function end(spec: DeliverySpec, state: DeliveryState, now: Point, flags: readonly string[]): DeliveryStep {
  const { episode } = state;
  if (!episode) return { state, facts: [] };
  const outcome = conclude(spec, episode, now, flags);
  const after = { ...state, episode: null, recent: [outcome.quiet] };
  if (!outcome.rise) return { state: after, facts: refusals(outcome, episode.start) };
  const pending = [...state.pending, { rise: outcome.rise, until: instant(now.at + spec.reportWaitMs) }];
  // So many can only wait where time stands still: the oldest is booked at once.
  const forced = pending.slice(0, Math.max(0, pending.length - bounds.pending)).length;
  return {
    state: {
      ...after,
      pending: pending.map((each, index) => (index < forced ? { ...each, until: now.at } : each)),
    },
    facts: [],
  };
}

function refusals({ refused, gained }: Outcome, start: Point): DeliveryFact[] {
  if (!refused) return [];
  return [
    {
      kind: 'ignored',
      reason: refused,
      report: null,
      startedAt: start.at,
      volume: millilitres(gained),
    },
  ];
}
