/** What a Modbus gauge tells, look by look: readings, alarms and when their list is complete; values that stand still too long. */
import type { GaugeProfile } from '../../model/config/gaugeProfile.ts';
import type { GaugeAlarm, GaugeAlarmsComplete, TankQuality, TankReading } from '../../model/tank.ts';
import { centiCelsius, gramsPerM3, type MonoMs, millilitres, tenthMillimetres } from '../../model/units.ts';
import type { Stamp } from './profileReadings.ts';
import type { StandingAlarm, TankLook } from './tankDecoder.ts';

export interface GaugeSpec {
  readonly profile: GaugeProfile;
  /** Those that are used, 1-based. */
  readonly tanks: readonly number[];
}

type Alarms = ReadonlyMap<string, StandingAlarm>;

export interface GaugeState {
  /** The heartbeat and when it was first seen so. */
  readonly beat: { readonly raw: string; readonly since: MonoMs } | null;
  readonly traces: ReadonlyMap<number, string>;
  /** When a value of any tank last changed. */
  readonly changedAt: MonoMs | null;
  /** By tank; null: of the gauge itself. */
  readonly alarms: ReadonlyMap<number | null, Alarms>;
  /** Tanks of the sweep under way, and whether their alarms could be seen. */
  readonly swept: ReadonlyMap<number, boolean>;
}

export const newGauge: GaugeState = {
  beat: null,
  traces: new Map(),
  changedAt: null,
  alarms: new Map(),
  swept: new Map(),
};

/**
 * `absent`: the gauge has no such registers, so there is no such tank. `refused`: it cannot answer for it now.
 * `failed`: no answer, or none that counts.
 */
export type GaugeInput =
  | ({ readonly kind: 'look'; readonly tank: number; readonly look: TankLook } & Stamp)
  | ({
      readonly kind: 'absent' | 'refused' | 'failed';
      readonly tank: number;
      readonly reason: string;
    } & Stamp);

export type ModbusGaugeFact = TankReading | GaugeAlarm | GaugeAlarmsComplete;

export interface GaugeStep {
  readonly state: GaugeState;
  readonly facts: readonly ModbusGaugeFact[];
}

/** Nobody looked for a while: what stands still is judged from the next look on, and a sweep begins anew. */
export const afterOutage = (state: GaugeState): GaugeState => ({
  ...newGauge,
  alarms: state.alarms,
});

/** A refusal gives a bad reading without values; `failed` none, for the loss of the gauge is told by whoever sees it. */
export function stepGauge(spec: GaugeSpec, state: GaugeState, input: GaugeInput): GaugeStep {
  const { at, mono } = input;
  if (input.kind !== 'look') {
    const facts = input.kind === 'failed' ? [] : [emptyReading(input.tank, input.reason, { at, mono })];
    return swept(spec, state, input.tank, input.kind === 'absent', { at, mono }, facts);
  }
  const { tank, look } = input;
  const moved = watched(state, tank, look, mono);
  const still = standsStill(spec.profile, moved, mono);
  const facts: ModbusGaugeFact[] = [readingOf(spec.profile, tank, look, still, { at, mono })];

  const alarms = new Map(state.alarms);
  const tell = (of: number | null, now: readonly StandingAlarm[] | null, again: boolean): void => {
    if (now === null) return;
    const before = state.alarms.get(of) ?? new Map<string, StandingAlarm>();
    const standing = new Map(now.map((alarm) => [alarm.code, alarm]));
    alarms.set(of, standing);
    for (const alarm of now)
      if (again || !before.has(alarm.code)) facts.push(alarmOf(of, alarm, true, { at, mono }));
    for (const [code, alarm] of before)
      if (!standing.has(code)) facts.push(alarmOf(of, alarm, false, { at, mono }));
  };
  // the gauge's own come with every look at a tank: once a sweep is enough
  tell(null, look.gaugeAlarms, state.swept.size === 0);
  tell(tank, look.alarms, true);
  const seen = look.alarms !== null && look.gaugeAlarms !== null && still?.quality !== 'bad';
  return swept(spec, { ...moved, alarms }, tank, seen, { at, mono }, facts);
}

function swept(
  { tanks }: GaugeSpec,
  state: GaugeState,
  tank: number,
  seen: boolean,
  stamp: Stamp,
  facts: readonly ModbusGaugeFact[],
): GaugeStep {
  const now = new Map(state.swept).set(tank, seen);
  if (!tanks.every((each) => now.has(each))) return { state: { ...state, swept: now }, facts };
  const complete = [...now.values()].every(Boolean);
  return {
    state: { ...state, swept: new Map() },
    facts: complete ? [...facts, { kind: 'alarms-complete', ...stamp }] : facts,
  };
}

function watched(state: GaugeState, tank: number, look: TankLook, mono: MonoMs): GaugeState {
  const beat =
    look.beat === null || state.beat?.raw === look.beat ? state.beat : { raw: look.beat, since: mono };
  const changed = state.changedAt === null || state.traces.get(tank) !== look.trace;
  return {
    ...state,
    beat,
    traces: changed ? new Map(state.traces).set(tank, look.trace) : state.traces,
    changedAt: changed ? mono : state.changedAt,
  };
}

interface Judgement {
  readonly quality: TankQuality;
  readonly reason: string;
}

function standsStill({ device }: GaugeProfile, state: GaugeState, mono: MonoMs): Judgement | null {
  const { heartbeat, unchangedS } = device;
  if (heartbeat && state.beat) {
    const seconds = (mono - state.beat.since) / 1000;
    if (seconds >= heartbeat.staleS)
      return { quality: 'bad', reason: `stale: the heartbeat stands for ${Math.floor(seconds)} s` };
  }
  if (unchangedS !== undefined && state.changedAt !== null) {
    const seconds = (mono - state.changedAt) / 1000;
    if (seconds >= unchangedS)
      return { quality: 'uncertain', reason: `no value changed for ${Math.floor(seconds)} s` };
  }
  return null;
}

function readingOf(
  profile: GaugeProfile,
  tank: number,
  look: TankLook,
  still: Judgement | null,
  stamp: Stamp,
): TankReading {
  if (still?.quality === 'bad' && look.quality !== 'bad') return emptyReading(tank, still.reason, stamp);
  const { values } = look;
  const judged = still && look.quality === 'good' ? still : look;
  const { volume, correctedVolume, ullage, height, water, waterVolume, temperature, density } = values;
  const { referenceC } = profile;
  return {
    kind: 'tank',
    ...stamp,
    tank,
    source: 'live',
    quality: judged.quality,
    reason: judged.reason,
    volume: given(volume, millilitres),
    correctedVolume: given(correctedVolume, millilitres),
    reference:
      correctedVolume === null || referenceC === undefined
        ? null
        : centiCelsius(Math.round(referenceC * 100)),
    ullage: given(ullage, millilitres),
    height: given(height, tenthMillimetres),
    water: given(water, tenthMillimetres),
    waterVolume: given(waterVolume, millilitres),
    temperature: given(temperature, centiCelsius),
    density: given(density, gramsPerM3),
    deliveryInProgress: look.delivery,
    leakTestInProgress: look.leakTest,
    gaugeClock: null,
  };
}

const given = <U>(value: number | null, unit: (value: number) => U): U | null =>
  value === null ? null : unit(value);

const emptyReading = (tank: number, reason: string, stamp: Stamp): TankReading => ({
  kind: 'tank',
  ...stamp,
  tank,
  source: 'live',
  quality: 'bad',
  reason,
  volume: null,
  correctedVolume: null,
  reference: null,
  ullage: null,
  height: null,
  water: null,
  waterVolume: null,
  temperature: null,
  density: null,
  deliveryInProgress: null,
  leakTestInProgress: null,
  gaugeClock: null,
});

const alarmOf = (
  tank: number | null,
  { code, alarm, text }: StandingAlarm,
  active: boolean,
  stamp: Stamp,
): GaugeAlarm => ({ kind: 'alarm', ...stamp, tank, source: 'live', code, alarm, text, active });
