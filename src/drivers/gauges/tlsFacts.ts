/** Records of a gauge to facts in the product's units. */
import { alarmCode, alarmMeaning, tankCategory } from '../../core/tls/alarms.ts';
import { statusBits } from '../../core/tls/constants.ts';
import type { TlsAlarm, TlsDelivery, TlsInventory } from '../../core/tls/records.ts';
import type { TlsGaugeConfig } from '../../model/config/tanks.ts';
import type { GaugeAlarm, GaugeDelivery, TankQuality, TankReading } from '../../model/tank.ts';
import {
  type CentiCelsius,
  centiCelsius,
  type Instant,
  type Millilitres,
  millilitres,
} from '../../model/units.ts';
import type { Converter } from './convert.ts';
import type { Received } from './options.ts';

/** 60 degF. */
const usualReference = 1556;

export interface ReadingContext extends Received {
  readonly config: TlsGaugeConfig;
  readonly source: 'live' | 'history';
  readonly gaugeClock: Instant | null;
  /** Told the fields that are no tank's; they come out as null. */
  readonly convert: (refused: (field: string) => void) => Converter;
}

export function readingOf(record: TlsInventory, context: ReadingContext): TankReading {
  const { config } = context;
  const refused = record.rejected.map((field) => field.split(':')[0] ?? field);
  const to = context.convert((field) => refused.push(field));
  const waterVolume = to.volume('water volume', record.waterVolume);
  const water = to.length('water', record.water);
  const gross = to.volume('volume', record.volume);
  const height = to.length('height', record.height);
  const correctedVolume = to.volume('TC volume', correctedOf(record.tcVolume, record.volume));
  const ullage = to.volume('ullage', record.ullage);
  const temperature = to.temperature('temperature', record.temperature);
  const density = to.density('density', record.density);
  const bit = (mask: number): boolean | null =>
    record.status === null ? null : (record.status & mask) !== 0;
  const fuel = withoutWater(gross, waterVolume, water, config.volumeIncludesWater);
  const [quality, reason] = judge([
    [bit(statusBits.invalidHeight) === true, 'bad', 'the gauge calls the height invalid'],
    [refused.includes('volume') || refused.includes('height'), 'bad', `no sense in ${refused.join(', ')}`],
    [gross === null && height === null, 'bad', 'the gauge shows neither volume nor height'],
    [refused.length > 0, 'uncertain', `no sense in ${refused.join(', ')}`],
    [fuel.uncertain, 'uncertain', 'the volume includes water of unknown volume'],
  ]);
  return {
    kind: 'tank',
    at: context.at,
    mono: context.mono,
    tank: record.tank,
    source: context.source,
    quality,
    reason,
    volume: fuel.volume,
    correctedVolume,
    reference: correctedVolume === null ? null : referenceOf(config),
    ullage,
    height,
    water,
    waterVolume,
    temperature,
    density,
    deliveryInProgress: bit(statusBits.delivery),
    leakTestInProgress: bit(statusBits.leakTest),
    gaugeClock: context.gaugeClock,
  };
}

/** A gauge that does not correct prints zero beside a volume that is none. */
const correctedOf = (corrected: number | null, volume: number | null): number | null =>
  corrected === 0 && volume !== 0 ? null : corrected;

const referenceOf = (config: TlsGaugeConfig): CentiCelsius =>
  centiCelsius(config.referenceC === undefined ? usualReference : Math.round(config.referenceC * 100));

function withoutWater(
  gross: Millilitres | null,
  waterVolume: Millilitres | null,
  water: number | null,
  included: boolean,
): { readonly volume: Millilitres | null; readonly uncertain: boolean } {
  if (gross === null || !included) return { volume: gross, uncertain: false };
  if (waterVolume === null) return { volume: gross, uncertain: (water ?? 0) > 0 };
  return { volume: millilitres(gross - waterVolume), uncertain: false };
}

/** The first of them that holds. */
function judge(cases: readonly (readonly [boolean, TankQuality, string])[]): readonly [TankQuality, string] {
  const found = cases.find(([holds]) => holds);
  return found ? [found[1], found[2]] : ['good', ''];
}

/** A tank that is to be there and that the gauge does not show. */
export function missingTank(tank: number, received: Received): TankReading {
  return {
    kind: 'tank',
    at: received.at,
    mono: received.mono,
    tank,
    source: 'live',
    quality: 'bad',
    reason: 'the gauge does not show this tank',
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
  };
}

/** @param times of start and end by the station's clock */
export function deliveryOf(
  tank: number,
  record: TlsDelivery,
  to: Converter,
  times: { readonly startedAt: Instant; readonly endedAt: Instant },
  dispensed: number | null,
  received: Received,
): GaugeDelivery {
  return {
    kind: 'delivery',
    at: times.endedAt,
    mono: received.mono,
    tank,
    ...times,
    gaugeStart: record.start,
    gaugeEnd: record.end,
    startVolume: to.volume('volume', record.startVolume),
    endVolume: to.volume('volume', record.endVolume),
    startCorrected: to.volume('TC volume', correctedOf(record.startTc, record.startVolume)),
    endCorrected: to.volume('TC volume', correctedOf(record.endTc, record.endVolume)),
    startTemperature: to.temperature('temperature', record.startTemperature),
    endTemperature: to.temperature('temperature', record.endTemperature),
    startWater: to.length('water', record.startWater),
    endWater: to.length('water', record.endWater),
    startHeight: to.length('height', record.startHeight),
    endHeight: to.length('height', record.endHeight),
    dispensed: to.volume('dispensed', dispensed),
  };
}

/** Among the 21 floats of i21B. */
const adjustedAt = 2;
const dispensedAt = 18;

/**
 * What was dispensed during a delivery, out of i21B: believed where the adjusted delivery is end less start plus it.
 * null too for zero: a gauge that does not hear the dispensers says the same as one that saw nothing dispensed.
 */
export function dispensedOf(
  values: readonly (number | null)[],
  start: number | null,
  end: number | null,
): number | null {
  const adjusted = values[adjustedAt] ?? null;
  const dispensed = values[dispensedAt] ?? null;
  if (start === null || end === null || adjusted === null || dispensed === null || dispensed <= 0)
    return null;
  // Singles of this size are no finer.
  const tolerance = Math.max(0.01, Math.abs(end) * 1e-6);
  return Math.abs(adjusted - (end - start) - dispensed) <= tolerance ? dispensed : null;
}

export function alarmOf(
  alarm: TlsAlarm,
  source: 'live' | 'history',
  active: boolean,
  received: Received,
): GaugeAlarm {
  const { text, kind } = alarmMeaning(alarm);
  return {
    kind: 'alarm',
    at: received.at,
    mono: received.mono,
    tank: alarm.category === tankCategory && alarm.device > 0 ? alarm.device : null,
    source,
    code: alarmCode(alarm),
    alarm: kind,
    text,
    active,
  };
}
