/**
 * What the line does next. Earliest deadline first, where a deadline is one interval after the reading was due: on a line
 * that cannot keep up, every device falls behind in proportion to its interval and nobody starves.
 * Devices that do not answer are probed within a small share of the line's time, or while nobody else wants it. Pure.
 */

export interface JobTimes {
  /** When the next reading is due; infinite: not at all. */
  readonly releaseAt: number;
  /** null: only when requested. */
  readonly intervalMs: number | null;
  /** Requested by name: due at once. */
  readonly urgent: boolean;
  readonly priority: number;
}

export interface Candidate {
  /** End of hold and back-off. */
  readonly attemptAt: number;
  /** False: a sentinel must come first. */
  readonly trusted: boolean;
  /** Does not answer: its probes are rationed. */
  readonly silent: boolean;
  /** When the oldest waiting write was asked for. */
  readonly writeAt: number | null;
  /** Deadline of a reading that has begun. */
  readonly begun: number | null;
  readonly jobs: Iterable<JobTimes>;
}

export interface ProbeRation {
  /** Before this a probe must not delay others. */
  readonly allowedAt: number;
  /** What a probe without answer takes. */
  readonly costMs: number;
}

export type Step =
  | { readonly kind: 'write' | 'read' | 'sentinel'; readonly index: number }
  | { readonly kind: 'wait'; readonly until: number };

const priorityStepMs = 50;
/** A reading is taken along by another of its device when it is due within this part of its interval. */
const slack = 0.2;

export function deadlineOf(job: JobTimes): number {
  const allowance = job.urgent ? 0 : (job.intervalMs ?? 0);
  return job.releaseAt + allowance - job.priority * priorityStepMs;
}

/** Whether the reading may be taken along now. */
export function nearlyDue(job: JobTimes, now: number): boolean {
  return job.releaseAt <= now + slack * (job.intervalMs ?? 0);
}

/** When a reading that begins at `now` is due again: in step with before, but never in arrears. */
export function nextRelease(job: JobTimes, now: number): number {
  if (job.intervalMs === null) return Number.POSITIVE_INFINITY;
  if (job.urgent) return now + job.intervalMs;
  return Math.max(job.releaseAt + job.intervalMs, now);
}

export function chooseStep(candidates: readonly Candidate[], now: number, ration: ProbeRation): Step {
  let best: { index: number; key: number } | null = null;
  let probe: { index: number; since: number } | null = null;
  let quietUntil = Number.POSITIVE_INFINITY;
  let until = Number.POSITIVE_INFINITY;
  for (const [index, candidate] of candidates.entries()) {
    const { key, readyAt } = wish(candidate, now);
    if (readyAt > now) {
      until = Math.min(until, readyAt);
      if (!candidate.silent) quietUntil = Math.min(quietUntil, readyAt);
    } else if (candidate.silent) {
      if (probe === null || candidate.attemptAt < probe.since) probe = { index, since: candidate.attemptAt };
    } else if (best === null || key < best.key) {
      best = { index, key };
    }
  }
  if (probe !== null) {
    const harmless = best === null && quietUntil >= now + ration.costMs;
    if (now >= ration.allowedAt || harmless) return { kind: 'sentinel', index: probe.index };
    until = Math.min(until, ration.allowedAt);
  }
  if (best === null) return { kind: 'wait', until };
  const chosen = candidates[best.index];
  if (!chosen?.trusted) return { kind: 'sentinel', index: best.index };
  return { kind: chosen.writeAt === null ? 'read' : 'write', index: best.index };
}

/** What a device wants most: the deadline that ranks it, and from when on it can be served. */
function wish(candidate: Candidate, now: number): { key: number; readyAt: number } {
  const { attemptAt, writeAt, begun } = candidate;
  let key = begun ?? Number.POSITIVE_INFINITY;
  let earliest = begun === null ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  for (const job of candidate.jobs) {
    earliest = Math.min(earliest, job.releaseAt);
    if (job.releaseAt <= now) key = Math.min(key, deadlineOf(job));
  }
  // Writes come before all readings, in the order in which they were asked for.
  if (writeAt !== null) [key, earliest] = [writeAt - 1e12, Math.min(earliest, writeAt)];
  return { key, readyAt: Math.max(attemptAt, earliest) };
}
