/** The nodes of one tank to a reading. What is missing is told in the reading's quality, never guessed. */
import type { OpcuaProfile, OpcuaTankFields } from '../../model/config/opcuaProfile.ts';
import type { TankQuality, TankReading } from '../../model/tank.ts';
import {
  type CentiCelsius,
  centiCelsius,
  type GramsPerM3,
  gramsPerM3,
  type Instant,
  instant,
  type Millilitres,
  type MonoMs,
  millilitres,
  type TenthMillimetres,
  tenthMillimetres,
} from '../../model/units.ts';
import { fillTemplate } from './nodes.ts';
import {
  densityScale,
  lengthScale,
  type RawValue,
  readFlag,
  readNumber,
  type Scale,
  temperatureScale,
  volumeScale,
} from './value.ts';

/** By the name of the field. */
export type RawRecord = ReadonlyMap<string, RawValue>;

export interface OpcuaStamp {
  /** When the values were received. */
  readonly at: Instant;
  readonly mono: MonoMs;
  /** The server's clock then; null: it does not tell. */
  readonly serverClock: Instant | null;
}

const numbers = [
  'volume',
  'correctedVolume',
  'ullage',
  'height',
  'water',
  'waterVolume',
  'temperature',
  'density',
] as const;
const flags = ['probeLost', 'deliveryInProgress', 'leakTestInProgress'] as const;
type NumberName = (typeof numbers)[number];

export const alarmField = (code: string): string => `alarm ${code}`;

/** What to read for a tank: each field's name with its node's text. All of them belong into one request. */
export function tankNodes(fields: OpcuaTankFields, tank: number): Map<string, string> {
  const nodes = new Map<string, string>();
  for (const name of [...numbers, ...flags]) {
    const field = fields[name];
    if (field) nodes.set(name, fillTemplate(field.node, { tank }));
  }
  for (const alarm of fields.alarms) nodes.set(alarmField(alarm.code), fillTemplate(alarm.node, { tank }));
  return nodes;
}

/** Source timestamps so far ahead of the server's own clock are nonsense. */
const aheadMs = 5_000;
const dayMs = 86_400_000;

export function readTank(
  profile: OpcuaProfile,
  tank: number,
  record: RawRecord,
  stamp: OpcuaStamp,
): TankReading {
  const fields = profile.tank;
  const judge = new Judge();
  const scales = scalesOf(profile.units);
  const read = (name: NumberName): number | null => {
    const field = fields?.[name];
    if (!field) return null;
    const { value, quality, reason } = readNumber(field, scales[name], record.get(name));
    judge.take(name, name === main ? quality : soften(quality), reason);
    return value;
  };
  const flag = (name: (typeof flags)[number]): boolean | null => {
    const field = fields?.[name];
    if (!field) return null;
    const { value, quality, reason } = readFlag(field, record.get(name));
    judge.take(name, soften(quality), reason);
    return value;
  };
  const main: NumberName = fields?.volume ? 'volume' : 'height';
  const values = Object.fromEntries(numbers.map((name) => [name, read(name)])) as Record<
    NumberName,
    number | null
  >;
  if (values[main] === null) judge.take(main, 'bad', 'the gauge has no value');
  if (flag('probeLost') === true) judge.take('probe', 'bad', 'lost');
  const age = ageOf(record.get(main), stamp);
  if (profile.sourceTime === 'sample') {
    if (age === null) judge.take(main, 'uncertain', 'its source timestamp cannot be');
    else if (profile.staleAfterS !== undefined && age > profile.staleAfterS * 1000)
      judge.take(main, 'bad', `stale: measured ${Math.round(age / 1000)} s ago`);
  }
  const volume = fuelVolume(fields, values.volume, values.waterVolume, judge);
  const lost = judge.quality === 'bad';
  return {
    kind: 'tank',
    tank,
    source: 'live',
    at: instant(Math.round(stamp.at - (profile.sourceTime === 'sample' ? Math.min(age ?? 0, dayMs) : 0))),
    mono: stamp.mono,
    quality: judge.quality,
    reason: judge.reason,
    volume: lost ? null : unit(volume, millilitres),
    correctedVolume: lost ? null : unit(values.correctedVolume, millilitres),
    reference: unit(
      fields?.referenceC === undefined ? null : Math.round(fields.referenceC * 100),
      centiCelsius,
    ),
    ullage: lost ? null : unit(values.ullage, millilitres),
    height: lost ? null : unit<TenthMillimetres>(values.height, tenthMillimetres),
    water: lost ? null : unit<TenthMillimetres>(values.water, tenthMillimetres),
    waterVolume: lost ? null : unit<Millilitres>(values.waterVolume, millilitres),
    temperature: lost ? null : unit<CentiCelsius>(values.temperature, centiCelsius),
    density: lost ? null : unit<GramsPerM3>(values.density, gramsPerM3),
    deliveryInProgress: flag('deliveryInProgress'),
    leakTestInProgress: flag('leakTestInProgress'),
    gaugeClock: stamp.serverClock,
  };
}

const unit = <U>(value: number | null, of: (value: number) => U): U | null =>
  value === null ? null : of(value);

const scalesOf = (units: OpcuaProfile['units']): Record<NumberName, Scale> => ({
  volume: volumeScale(units.volume),
  correctedVolume: volumeScale(units.volume),
  ullage: volumeScale(units.volume),
  height: lengthScale(units.length),
  water: lengthScale(units.length),
  waterVolume: volumeScale(units.volume),
  temperature: temperatureScale(units.temperature),
  density: densityScale(units.density),
});

/** A value beside the level makes a reading uncertain at worst. */
const soften = (quality: TankQuality): TankQuality => (quality === 'bad' ? 'uncertain' : quality);

/** Milliseconds from measuring to sending, both by the server's clock; null: it cannot be. */
function ageOf(raw: RawValue | undefined, stamp: OpcuaStamp): number | null {
  const now = stamp.serverClock ?? raw?.serverAt ?? null;
  if (!raw || raw.sourceAt === null || now === null) return null;
  const age = now - raw.sourceAt;
  return age < -aheadMs ? null : Math.max(0, age);
}

function fuelVolume(
  fields: OpcuaTankFields | undefined,
  volume: number | null,
  water: number | null,
  judge: Judge,
): number | null {
  if (volume === null || !fields?.volumeIncludesWater) return volume;
  if (water === null) {
    judge.take('volume', 'uncertain', 'it includes water of unknown volume');
    return volume;
  }
  return Math.max(0, volume - water);
}

/** The worst quality, and the first reason for it. */
class Judge {
  quality: TankQuality = 'good';
  reason = '';

  take(name: string, quality: TankQuality, reason: string): void {
    const rank = { good: 0, uncertain: 1, bad: 2 } as const;
    if (rank[quality] <= rank[this.quality]) return;
    this.quality = quality;
    this.reason = `${name}: ${reason}`;
  }
}
