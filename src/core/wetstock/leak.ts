/**
 * A leak, from what the level does while nobody draws: in the manner of continuous statistical leak detection. Each idle
 * span gives a slope of the volume at 15 degC; many spans together give a rate and how sure it is. Statistics: floats.
 * Formulas: least squares of a line; the mean of the spans weighted by their own errors and by how far they scatter; Page's
 * cumulative sum, which is Wald's sequential test of a leak that may begin at any time.
 */
import type { StockSample } from '../../model/tank.ts';

const version = 1;
const minute = 60_000;
const hour = 60 * minute;
/** After a nozzle the surface and the meters settle; after a delivery layers of warm fuel mix. */
const calmMs = 10 * minute;
const afterDeliveryMs = 8 * hour;
const gapMs = 15 * minute;
/** A shorter span says nothing, and a longer one is cut, so that many spans tell how they scatter. */
const shortestMs = 45 * minute;
const longestMs = 4 * hour;
const spansKept = 240;
const longestWindowMs = 30 * 24 * hour;
const fewestHours = 24;
const fewestSpans = 24;
/** A leak is told when the spans are so many times likelier with it than without; judged daily, tight tanks reach less. */
const surely = Math.log(50_000);
/** What lies farther off counts as this far, in standard errors: layers that mix late, a nozzle left dripping, a theft. */
const farthest = { ofScatter: 3, ofEvidence: 4 } as const;
/** A single span is never surer than this, litres an hour: sensors and temperature wander. */
const leastError = 0.25;
/** A span that lost so much is theft or a gauge's jump, told elsewhere. */
const wildLitresPerHour = 25;

export interface LeakSpec {
  /** The smallest leak that is to be found, litres an hour. */
  readonly litresPerHour: number;
}

/** An idle span: when it ended, litres an hour with their standard error. */
interface Span {
  readonly at: number;
  readonly hours: number;
  readonly slope: number;
  readonly error: number;
}
/** The span that runs: sums over (hours since `from`, litres since the first). */
interface Run {
  readonly from: number;
  readonly last: number;
  readonly n: number;
  readonly first: number;
  readonly x: number;
  readonly y: number;
  readonly xx: number;
  readonly xy: number;
  readonly yy: number;
}
export interface LeakState {
  readonly version: number;
  /** Last sample; null: none yet. */
  readonly last: number | null;
  readonly dispensed: number | null;
  /** Not at rest before these. */
  readonly busyUntil: number;
  readonly deliveryUntil: number;
  readonly run: Run | null;
  readonly spans: readonly Span[];
}

export const freshLeak = (): LeakState => ({
  ...{ version, last: null, dispensed: null, busyUntil: 0, deliveryUntil: 0, run: null, spans: [] },
});

const spanKeys = ['at', 'hours', 'slope', 'error'] as const;
const runKeys = ['from', 'last', 'n', 'first', 'x', 'y', 'xx', 'xy', 'yy'] as const;

/** null: it is not what `stepLeak` made. */
export function parseLeak(json: unknown): LeakState | null {
  if (typeof json !== 'object' || json === null) return null;
  const state = json as Partial<Record<keyof LeakState, unknown>>;
  const { last, dispensed, busyUntil, deliveryUntil, run, spans } = state;
  const isSound =
    state.version === version &&
    (last === null || Number.isFinite(last)) &&
    (dispensed === null || Number.isFinite(dispensed)) &&
    hasNumbers({ busyUntil, deliveryUntil }, ['busyUntil', 'deliveryUntil']) &&
    (run === null || hasNumbers(run, runKeys)) &&
    Array.isArray(spans) &&
    spans.length <= spansKept &&
    spans.every((span) => hasNumbers(span, spanKeys));
  return isSound ? (json as LeakState) : null;
}

const hasNumbers = (value: unknown, keys: readonly string[]): boolean =>
  typeof value === 'object' &&
  value !== null &&
  keys.every((key) => Number.isFinite((value as Record<string, unknown>)[key]));

/** One look more. `delivering`: a delivery is under way or settling. */
export function stepLeak(before: LeakState, sample: StockSample, delivering: boolean): LeakState {
  const at = sample.at as number;
  const isSetBack = before.last !== null && at <= before.last - gapMs;
  if (before.last !== null && at <= before.last && !isSetBack) return before;
  const state = isSetBack ? setBack(before, at) : before;
  const isGap = state.last !== null && at - state.last > gapMs;
  const sold = state.dispensed !== null && sample.dispensed !== state.dispensed;
  const isBusy = sample.active || sold || sample.deliveryInProgress === true;
  const next: LeakState = {
    ...state,
    last: at,
    dispensed: sample.dispensed,
    busyUntil: isBusy || isGap || state.last === null ? at + calmMs : state.busyUntil,
    deliveryUntil:
      delivering || sample.deliveryInProgress === true || state.last === null || isGap
        ? Math.max(state.deliveryUntil, at + (isGap || delivering ? afterDeliveryMs : calmMs))
        : state.deliveryUntil,
  };
  const isCalm = at >= next.busyUntil && at >= next.deliveryUntil;
  if (!isCalm) return { ...closed(next, state.run), run: null };
  const litres = (sample.volumeAt15 ?? sample.volume) / 1000;
  const run = state.run ?? begin(at, litres);
  const grown = add(run, at, litres);
  if (at - run.from < longestMs) return { ...next, run: grown };
  return { ...closed(next, grown), run: null };
}

/** The clock was set back: a time of unknown length passed, as in a gap. No span is of the future. */
function setBack(before: LeakState, at: number): LeakState {
  const { spans } = closed(before, before.run);
  return {
    ...{ ...before, last: at - 2 * gapMs, run: null, busyUntil: 0, deliveryUntil: 0 },
    spans: spans.map((span) => ({ ...span, at: Math.min(span.at, at) })),
  };
}

const begin = (from: number, first: number): Run => ({
  ...{ from, last: from, n: 0, first, x: 0, y: 0, xx: 0, xy: 0, yy: 0 },
});

function add(run: Run, at: number, litres: number): Run {
  const x = (at - run.from) / hour;
  const y = litres - run.first;
  return {
    ...run,
    last: at,
    n: run.n + 1,
    x: run.x + x,
    y: run.y + y,
    xx: run.xx + x * x,
    xy: run.xy + x * y,
    yy: run.yy + y * y,
  };
}

/** With the run as a span, where it was long enough to say anything. */
function closed(state: LeakState, run: Run | null): LeakState {
  if (!run || run.last - run.from < shortestMs || run.n < 5) return state;
  const sxx = run.xx - (run.x * run.x) / run.n;
  const sxy = run.xy - (run.x * run.y) / run.n;
  const syy = run.yy - (run.y * run.y) / run.n;
  if (sxx <= 0) return state;
  const slope = sxy / sxx;
  if (Math.abs(slope) > wildLitresPerHour) return state;
  const residual = Math.max(0, (syy - slope * sxy) / (run.n - 2));
  const span: Span = {
    at: run.last,
    hours: (run.last - run.from) / hour,
    slope,
    error: Math.sqrt(residual / sxx),
  };
  const spans = [...state.spans.filter((each) => run.last - each.at <= longestWindowMs), span].slice(
    -spansKept,
  );
  return { ...state, spans };
}

/** Negative: fuel goes. `plusMinus` is two standard errors. */
export interface LeakEstimate {
  readonly litresPerHour: number;
  readonly plusMinus: number;
  readonly idleHours: number;
  readonly spans: number;
}

/** Of the spans of the last month. null: too few. */
export function leakEstimate(state: LeakState): LeakEstimate | null {
  const spans = weighed(state);
  return spans.length < fewestSpans ? null : rateOf(spans);
}

interface WeighedSpan extends Span {
  /** Of the slope: what the span says of itself, and by how far all of them scatter. */
  readonly variance: number;
}

/** The spans of the last month. How far they really scatter counts for more than what each says of itself. */
function weighed({ spans, last }: LeakState): WeighedSpan[] {
  const recent = spans.filter((span) => span.at > (last ?? 0) - longestWindowMs);
  const middle = [...recent].sort((a, b) => a.slope - b.slope)[Math.floor(recent.length / 2)]?.slope ?? 0;
  const own = ({ error }: Span): number => error * error + leastError * leastError;
  const scatter = recent.reduce((sum, span) => {
    const far = (span.slope - middle) / Math.sqrt(own(span));
    return sum + limited(far, farthest.ofScatter) ** 2;
  }, 0);
  const inflation = Math.max(1, scatter / Math.max(1, recent.length - 1));
  return recent.map((span) => ({ ...span, variance: own(span) * inflation }));
}

const limited = (value: number, most: number): number => Math.max(-most, Math.min(most, value));

function rateOf(spans: readonly WeighedSpan[]): LeakEstimate {
  const total = spans.reduce((sum, { variance }) => sum + 1 / variance, 0);
  const slopes = [...spans].sort((a, b) => a.slope - b.slope);
  const middle = slopes[Math.floor(slopes.length / 2)]?.slope ?? 0;
  const mean = spans.reduce((sum, { slope, variance }) => {
    const far = farthest.ofScatter * Math.sqrt(variance);
    return sum + (middle + limited(slope - middle, far)) / variance;
  }, 0);
  return {
    litresPerHour: mean / total,
    plusMinus: 2 / Math.sqrt(total),
    idleHours: spans.reduce((sum, { hours }) => sum + hours, 0),
    spans: spans.length,
  };
}

/**
 * Each span is so many times likelier with the leak that is to be found than with none. The logarithms add up, and never
 * to less than nothing, so that a leak that is new need not wait until the month before is forgotten. Raised when the sum is
 * sure; cleared when nothing is left of it.
 */
export function leakFinding(
  { litresPerHour: limit }: LeakSpec,
  state: LeakState,
  standing: boolean,
): { readonly standing: boolean; readonly text: string } {
  const spans = weighed(state);
  if (spans.length < fewestSpans) return { standing, text: '' };
  let evidence = 0;
  let since = 0;
  for (const [index, { slope, variance }] of spans.entries()) {
    const lost = limited(-slope, farthest.ofEvidence * Math.sqrt(variance));
    evidence = Math.max(0, evidence + (limit * (lost - limit / 2)) / variance);
    if (evidence === 0) since = index + 1;
  }
  const estimate = rateOf(spans.slice(since));
  const holds = standing ? evidence > 0 : evidence > surely && estimate.idleHours >= fewestHours;
  return { standing: holds, text: holds ? textOf(estimate) : '' };
}

const textOf = ({ litresPerHour, plusMinus, idleHours }: LeakEstimate): string =>
  `${(-litresPerHour).toFixed(2)} L/h (+/- ${plusMinus.toFixed(2)}) go while no nozzle is used, in ${Math.round(idleHours)} idle hours. Have the tank and its lines tested.`;
