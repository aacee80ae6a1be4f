/** What is set up in the gauge: units, labels, limits, slots. */
import type { SettingFunction, TlsSetting, TlsUnits } from '../../core/tls/records.ts';
import type { TlsGaugeInfo, TlsTankInfo } from './options.ts';
import { isUnreadable } from './tlsInquiry.ts';
import type { TlsWork } from './tlsWork.ts';

export interface GaugeUnits {
  readonly units: TlsUnits;
  readonly unitsFrom: TlsGaugeInfo['unitsFrom'];
}

/** Rejects as exchanges do. */
export async function readUnits(work: TlsWork): Promise<GaugeUnits> {
  const { config } = work.options;
  if (config.units !== 'auto') return { units: config.units, unitsFrom: 'configuration' };
  for (const name of ['517', '505'] as const) {
    const answer = await orUnreadable(() => work.inquiry.ask(name));
    if (answer) return { units: answer.records, unitsFrom: 'gauge' };
  }
  return { units: 'us', unitsFrom: 'assumed' };
}

/** Labels, limits and slots of all tanks in use. Rejects as exchanges do. */
export async function readSetup(work: TlsWork): Promise<Pick<TlsGaugeInfo, 'tanks' | 'modules'>> {
  const { inquiry, options } = work;
  const labels = await orUnreadable(() => inquiry.ask('602'));
  const full = await valuesOf(work, '604');
  const diameter = await valuesOf(work, '607');
  const low = await valuesOf(work, '621');
  const high = await valuesOf(work, '622');
  const overfill = await valuesOf(work, '623');
  const highWater = await valuesOf(work, '624');
  const suddenLoss = await valuesOf(work, '625');
  const maximum = await valuesOf(work, '628');
  const delivery = await valuesOf(work, '629');
  const delays = await orUnreadable(() => inquiry.ask('610'));
  const modules = await orUnreadable(() => inquiry.ask('102'));
  const to = work.convert(() => undefined);
  const volume = (values: ReadonlyMap<number, number | null>, tank: number) =>
    to.volume('limit', values.get(tank) ?? null);
  const length = (values: ReadonlyMap<number, number | null>, tank: number) =>
    to.length('limit', values.get(tank) ?? null);
  return {
    tanks: options.tanks.map(
      (tank): TlsTankInfo => ({
        tank,
        label: labels?.records.find((each) => each.tank === tank)?.label || null,
        fullVolume: volume(full, tank),
        diameter: length(diameter, tank),
        lowLimit: volume(low, tank),
        highLimit: volume(high, tank),
        overfillLimit: volume(overfill, tank),
        maximumVolume: volume(maximum, tank),
        deliveryLimit: volume(delivery, tank),
        suddenLossLimit: volume(suddenLoss, tank),
        highWater: length(highWater, tank),
        deliveryDelayMinutes: delays?.records.find((each) => each.tank === tank)?.minutes ?? null,
      }),
    ),
    modules:
      modules?.records.map(({ slot, type, texts }) => `${slot}: ${type} ${texts.join(' ')}`.trim()) ?? [],
  };
}

async function valuesOf(work: TlsWork, name: SettingFunction): Promise<ReadonlyMap<number, number | null>> {
  const answer = await orUnreadable(() => work.inquiry.ask(name));
  const settings: readonly TlsSetting[] = answer?.records ?? [];
  return new Map(settings.map(({ tank, value }) => [tank, value]));
}

/** What is only told, and not reckoned with, may be missing. */
async function orUnreadable<T>(ask: () => Promise<T | null>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (isUnreadable(error)) return null;
    throw error;
  }
}
