/** How fuel runs: slow at first, full flow, a pause perhaps, slow again before a preset stop. */

/** A stretch of constant flow; `ml` 0 is a pause. */
export interface Stretch {
  readonly ms: number;
  readonly ml: number;
}

export interface FlowPlan {
  readonly stretches: readonly Stretch[];
  readonly totalMs: number;
  readonly totalMl: number;
}

const slowFlow = 6_000; // ml a minute: the trickle that opens and closes a fuelling
const openingMl = 150;
const closingMl = 300;

const stretch = (ml: number, mlPerMinute: number): Stretch => ({
  ml,
  ms: Math.ceil((ml * 60_000) / mlPerMinute),
});

/** The way to `totalMl`, with a pause of `pauseMs` at `pauseAtMl` when that lies inside. Volumes in millilitres, flow in ml a minute. */
export function planFlow(totalMl: number, flow: number, pause?: { atMl: number; ms: number }): FlowPlan {
  const opening = Math.min(openingMl, totalMl);
  const closing = Math.min(closingMl, totalMl - opening);
  const full = totalMl - opening - closing;
  const before = pause === undefined ? 0 : Math.min(Math.max(pause.atMl - opening, 0), full);
  const stretches = [stretch(opening, slowFlow)];
  if (pause !== undefined && full > 0) stretches.push(stretch(before, flow), { ms: pause.ms, ml: 0 });
  stretches.push(stretch(full - before, flow), stretch(closing, slowFlow));
  const kept = stretches.filter((s) => s.ms > 0);
  return { stretches: kept, totalMs: kept.reduce((sum, s) => sum + s.ms, 0), totalMl };
}

/** Millilitres that have run and whether fuel runs now, `elapsedMs` after the plan began. */
export function flowAt(plan: FlowPlan, elapsedMs: number): { ml: number; flowing: boolean } {
  let ml = 0;
  let left = Math.max(0, elapsedMs);
  for (const { ms, ml: part } of plan.stretches) {
    if (left < ms) return { ml: ml + Math.floor((part * left) / ms), flowing: part > 0 };
    left -= ms;
    ml += part;
  }
  return { ml: plan.totalMl, flowing: false };
}
