/** Registers of a gauge to what they say of one tank. What is missing lowers the quality; nothing is guessed. */
import type { Field } from '../../model/config/field.ts';
import {
  type GaugeFieldName,
  type GaugeProfile,
  type GaugeStatus,
  gaugeFieldNames,
} from '../../model/config/gaugeProfile.ts';
import type { TankAlarmKind, TankQuality } from '../../model/tank.ts';
import { decodeField, type FieldValue, fieldRange, type Place } from './field.ts';
import { joinRanges, type RegisterImage, type RegisterRange } from './image.ts';
import { toTankUnit } from './tankScale.ts';

/** An alarm that stands, of the tank or of the gauge. */
export interface StandingAlarm {
  /** `name.bit` of the status word. */
  readonly code: string;
  readonly alarm: TankAlarmKind;
  readonly text: string;
}

export type TankValues = Readonly<Record<GaugeFieldName, number | null>>;

/** One look at a tank. Values are in the product's units. */
export interface TankLook {
  readonly values: TankValues;
  readonly quality: TankQuality;
  readonly reason: string;
  readonly delivery: boolean | null;
  readonly leakTest: boolean | null;
  /** null: nobody can tell, the status words hold nothing. */
  readonly alarms: readonly StandingAlarm[] | null;
  readonly gaugeAlarms: readonly StandingAlarm[] | null;
  /** The raw heartbeat; null: there is none. */
  readonly beat: string | null;
  /** The raw measured values: two looks with the same trace saw nothing move. */
  readonly trace: string;
  /** Fields whose registers held no value that can be. */
  readonly faults: readonly { readonly field: string; readonly reason: string }[];
}

/** Where the fields of tank `tank` (1-based) are. */
export const tankPlace = ({ order, addressBase, tanks }: GaugeProfile, tank: number): Place => ({
  order,
  addressBase,
  pointOffset: (tank - 1) * tanks.stride,
  hoseIndex: 0,
});

/** What to read for a tank: its own fields, and those of the gauge that its values depend on. */
export function tankRanges(profile: GaugeProfile, tank: number): RegisterRange[] {
  const { device, limits } = profile;
  const whole = [
    ...device.status.map(({ field }) => field),
    ...device.expect.map(({ field }) => field),
    ...(device.heartbeat ? [device.heartbeat.field] : []),
  ];
  const own = [
    ...gaugeFieldNames.flatMap((name) => profile.tank[name] ?? []),
    ...profile.tank.status.map(({ field }) => field),
  ];
  const join = (fields: readonly Field[], place: Place) =>
    joinRanges(
      fields.map((field) => fieldRange(field, place)),
      limits.maxGap,
      limits.maxRegisters,
    );
  return [...join(whole, tankPlace(profile, 1)), ...join(own, tankPlace(profile, tank))];
}

const noValues = Object.fromEntries(gaugeFieldNames.map((name) => [name, null])) as TankValues;

/** `image` must hold the tank's ranges. */
export function lookAtTank(profile: GaugeProfile, tank: number, image: RegisterImage): TankLook {
  const judge = new Judge();
  const ofGauge = tankPlace(profile, 1);
  checkSettings(profile, image, ofGauge, judge);
  const gauge = readStatus(profile.device.status, ofGauge, image, judge);
  const beatField = profile.device.heartbeat?.field;
  const beat = beatField ? rawText(decodeField(beatField, ofGauge, image)) : null;
  const about = { gaugeAlarms: gauge.alarms, beat };
  if (judge.lost()) {
    const none = { delivery: null, leakTest: null, alarms: null, trace: '', faults: [] };
    return { values: noValues, quality: 'bad', reason: judge.reason, ...none, ...about };
  }
  const place = tankPlace(profile, tank);
  const status = readStatus(profile.tank.status, place, image, judge);
  const lost = judge.lost();
  const measured = readValues(profile, place, image, lost ? new Judge() : judge);
  return {
    values: lost ? noValues : measured.values,
    quality: judge.quality,
    reason: judge.reason,
    delivery: status.delivery,
    leakTest: status.leakTest,
    alarms: status.alarms,
    trace: measured.trace,
    faults: lost ? [] : measured.faults,
    ...about,
  };
}

/** The worst quality, and the first reason for it. */
class Judge {
  quality: TankQuality = 'good';
  reason = '';

  lost(): boolean {
    return this.quality === 'bad';
  }

  take(quality: TankQuality, reason: string): void {
    const rank = { good: 0, uncertain: 1, bad: 2 } as const;
    if (rank[quality] <= rank[this.quality]) return;
    this.quality = quality;
    this.reason = reason;
  }
}

function checkSettings({ device }: GaugeProfile, image: RegisterImage, place: Place, judge: Judge): void {
  for (const { field, equals, text } of device.expect) {
    const found = decodeField(field, place, image);
    if (!found.ok || !equals.some((each) => BigInt(each) === found.value))
      judge.take('bad', `not so at the gauge: ${text} (found ${rawText(found)})`);
  }
}

interface StatusLook {
  readonly delivery: boolean | null;
  readonly leakTest: boolean | null;
  readonly alarms: readonly StandingAlarm[] | null;
}

function readStatus(
  words: readonly GaugeStatus[],
  place: Place,
  image: RegisterImage,
  judge: Judge,
): StatusLook {
  const shown = { delivery: null as boolean | null, 'leak-test': null as boolean | null };
  const alarms: StandingAlarm[] = [];
  let whole = true;
  for (const word of words) {
    const decoded = decodeField(word.field, place, image);
    if (!decoded.ok || typeof decoded.value !== 'bigint') {
      whole = false;
      judge.take('uncertain', `${word.name}: the gauge has no value`);
      continue;
    }
    const raw = decoded.value;
    for (const { bit, activeLow, shows, alarm, values, text = '' } of word.bits) {
      const holds = ((raw >> BigInt(bit)) & 1n) === (activeLow ? 0n : 1n);
      if (shows) shown[shows] = shown[shows] === true || holds;
      if (!holds) continue;
      if (alarm) alarms.push({ code: `${word.name}.${bit}`, alarm, text });
      if (values) judge.take(values, text);
    }
    if (word.otherBits === 'alarm') alarms.push(...unknownBits(word, raw));
  }
  return { delivery: shown.delivery, leakTest: shown['leak-test'], alarms: whole ? alarms : null };
}

function unknownBits({ name, bits }: GaugeStatus, raw: bigint): StandingAlarm[] {
  const known = bits.reduce((all, { bit }) => all | (1n << BigInt(bit)), 0n);
  const rest = raw & ~known;
  return Array.from({ length: rest.toString(2).length }, (_, bit) => bit)
    .filter((bit) => ((rest >> BigInt(bit)) & 1n) === 1n)
    .map((bit) => ({
      code: `${name}.${bit}`,
      alarm: 'gauge-alarm',
      text: `bit ${bit} of ${name} is set, and its profile does not know what it means`,
    }));
}

function readValues(
  profile: GaugeProfile,
  place: Place,
  image: RegisterImage,
  judge: Judge,
): Pick<TankLook, 'values' | 'trace' | 'faults'> {
  const main: GaugeFieldName = profile.tank.volume ? 'volume' : 'height';
  const faults: { field: string; reason: string }[] = [];
  const raws: string[] = [];
  const read = (name: GaugeFieldName): number | null => {
    const field = profile.tank[name];
    if (!field) return null;
    const decoded = decodeField(field, place, image);
    raws.push(rawText(decoded));
    if (decoded.ok && decoded.value === null) {
      if (name === main) judge.take('bad', `${name}: the gauge has no value`);
      return null;
    }
    const scaled =
      decoded.ok && decoded.value !== null
        ? toTankUnit(name, decoded.value, field.decimals, profile)
        : decoded;
    if (scaled.ok) return scaled.value as number;
    faults.push({ field: name, reason: scaled.reason });
    judge.take(name === main ? 'bad' : 'uncertain', `${name}: ${scaled.reason}`);
    return null;
  };
  const values = Object.fromEntries(gaugeFieldNames.map((name) => [name, read(name)])) as Record<
    GaugeFieldName,
    number | null
  >;
  if (profile.volumeIncludesWater) values.volume = withoutWater(values, judge);
  return { values, trace: raws.join(' '), faults };
}

function withoutWater({ volume, water, waterVolume }: TankValues, judge: Judge): number | null {
  if (volume === null) return null;
  if (waterVolume === null) {
    if (water !== 0) judge.take('uncertain', 'volume: it includes water of unknown volume');
    return volume;
  }
  if (waterVolume <= volume) return volume - waterVolume;
  judge.take('bad', 'volume: less than the water in it');
  return null;
}

const rawText = (
  decoded:
    | { readonly ok: true; readonly value: FieldValue }
    | { readonly ok: false; readonly reason: string },
): string => (decoded.ok ? String(decoded.value ?? 'no value') : decoded.reason);
