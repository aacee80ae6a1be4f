/** Alarms of a tank, a stock or a gauge: `(spec, state, input) -> {state, facts}`. When each is raised and cleared: docs/tanks.md. */
import type { GaugeAlarm, GaugeAlarmsComplete, GaugeHealth } from '../../../model/tank.ts';
import type { TankLevel } from '../level.ts';
import { type Condition, judge } from './entries.ts';
import { levelConditions } from './levels.ts';
import { followLoss, lossConditions } from './losses.ts';
import { type AlarmFact, type AlarmInput, type AlarmSpec, type AlarmState, alarmBounds } from './types.ts';

export interface AlarmStep {
  readonly state: AlarmState;
  readonly facts: readonly AlarmFact[];
}

const minute = 60_000;

export function stepAlarms(spec: AlarmSpec, state: AlarmState, input: AlarmInput): AlarmStep {
  if (input.kind === 'level') {
    if (input.level.source === 'history') return { state, facts: [] };
    const conditions = [
      ...(spec.limits ? levelConditions(spec.limits, state.entries, input.level) : []),
      ...clock(spec, input.level),
    ];
    return judged(state, input.level.at, conditions);
  }
  if (input.kind === 'stock') {
    if (spec.suddenLoss === null) return { state, facts: [] };
    const loss = followLoss(state.loss, input.sample, input.delivering);
    const conditions = lossConditions(spec.suddenLoss, loss, state.entries, input.sample.at);
    const step = judged({ ...state, loss }, input.sample.at, conditions);
    // What the float does when it comes free is no loss.
    const isFreed = step.facts.some((fact) => fact.kind === 'clear' && fact.alarm === 'stuck-float');
    if (!isFreed) return step;
    return { ...step, state: { ...step.state, loss: followLoss(loss, input.sample, true) } };
  }
  if (input.kind === 'external') {
    const conditions = input.alarms.map(({ kind, standing, text }) => ({ kind, holds: standing, text }));
    return judged(state, input.at, conditions);
  }
  return ofGauge(state, input.fact, input.known === true);
}

function judged(state: AlarmState, at: AlarmFact['at'], conditions: readonly Condition[]): AlarmStep {
  const { entries, facts } = judge(state.entries, at, conditions);
  return { state: { ...state, entries }, facts };
}

function clock({ clockToleranceMs }: AlarmSpec, level: TankLevel): Condition[] {
  if (clockToleranceMs === null || level.gaugeClock === null) return [];
  const differs = level.gaugeClock - level.at;
  const seconds = Math.round(Math.abs(differs) / 1000);
  return [
    {
      kind: 'gauge-clock',
      holds: Math.abs(differs) > clockToleranceMs,
      text: `The gauge's clock is ${seconds} s ${differs > 0 ? 'ahead' : 'behind'}. Set it: its reports of deliveries bear its time.`,
      ...{ confirmMs: minute, confirmCount: 2, clearMs: minute },
    },
  ];
}

/** Tells a gauge's alarms of one kind apart, in the state and in the books. */
export const gaugeCode = ({ code, alarm }: GaugeAlarm): string => code || alarm;

function ofGauge(
  state: AlarmState,
  fact: GaugeAlarm | GaugeAlarmsComplete | GaugeHealth,
  known: boolean,
): AlarmStep {
  if (fact.kind === 'health') {
    const text = `The gauge does not answer: ${fact.reason}`;
    return judged(state, fact.at, [{ kind: 'gauge-offline', holds: !fact.online, text }]);
  }
  if (fact.kind === 'alarms-complete') {
    const over = state.entries.filter((entry) => entry.code !== '' && !state.told.includes(entry.code));
    const step = judged(
      { ...state, told: [] },
      fact.at,
      over.map(({ kind, code }) => ({ kind, code, holds: false, text: '' })),
    );
    return step;
  }
  const code = gaugeCode(fact);
  if (fact.source === 'history') {
    if (known) return { state, facts: [] };
    const text = `The gauge's history says: ${fact.text} (${fact.code}).`;
    // Whether it stands still, the gauge's next list of those that stand decides.
    const step = judged(state, fact.at, [{ kind: fact.alarm, code, holds: fact.active, text }]);
    return { ...step, facts: step.facts.map((each) => ({ ...each, history: true })) };
  }
  const told = fact.active ? [...new Set([...state.told, code])].slice(-alarmBounds.told) : state.told;
  const text = `The gauge says: ${fact.text} (${fact.code}).`;
  return judged({ ...state, told }, fact.at, [{ kind: fact.alarm, code, holds: fact.active, text }]);
}
