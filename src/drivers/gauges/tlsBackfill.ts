/** What the gauge remembers of a time when nobody asked: told by time, before anything of now. */
import type { GaugeFact, TankReading } from '../../model/tank.ts';
import { type Instant, instant } from '../../model/units.ts';
import { alarmHistory } from './tlsAlarms.ts';
import type { DeliveryReports } from './tlsDeliveries.ts';
import { readingOf } from './tlsFacts.ts';
import { isUnreadable } from './tlsInquiry.ts';
import type { TlsWork } from './tlsWork.ts';

/** A shorter absence is no outage, beside a few polls. */
const outageMs = 120_000;

/** Rejects as exchanges do. */
export async function backfill(work: TlsWork, deliveries: DeliveryReports): Promise<void> {
  const { options } = work;
  deliveries.begin();
  const sinceOf = new Map<number, Instant>();
  for (const tank of options.tanks) {
    const newest = options.since(tank);
    if (newest !== null) sinceOf.set(tank, newest);
  }
  const oldest = Math.min(...sinceOf.values());
  const facts: GaugeFact[] = [];
  const out = (since: number): boolean =>
    options.clock.now() - since > Math.max(outageMs, 3 * options.config.pollS * 1000);
  for (const [tank, since] of sinceOf)
    if (out(since)) facts.push(...(await readable(work, 'i21E', () => history(work, tank, since))));
  facts.push(...(await readable(work, 'i202', () => deliveries.read())));
  if (sinceOf.size > 0 && out(oldest))
    facts.push(...(await readable(work, 'i111', () => alarmHistory(work, instant(oldest)))));
  facts.sort((one, other) => one.at - other.at);
  for (const fact of facts) {
    work.emit(fact);
    if (fact.kind === 'delivery') deliveries.told(fact);
  }
}

/** A history that cannot be read must not keep the station from the present. */
async function readable<T>(work: TlsWork, name: string, read: () => Promise<T[]>): Promise<T[]> {
  try {
    return await read();
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    work.quirk(`a reply to ${name} cannot be read`);
    work.options.log.warn({ gauge: work.options.config.id, error }, 'history of a gauge cannot be read');
    return [];
  }
}

/** i21E of a TLS-4xx; other gauges know no such function. */
async function history(work: TlsWork, tank: number, since: Instant): Promise<TankReading[]> {
  const { options, inquiry, gaugeClock } = work;
  const answer = await inquiry.ask('21E', tank, gaugeClock.toGauge(since).slice(2));
  if (!answer) return [];
  const now = options.clock.now();
  const readings: TankReading[] = [];
  for (const record of answer.records.flatMap((each) => (each.tank === tank ? each.records : []))) {
    const at = gaugeClock.toStation(record.time);
    if (at === null || at <= since || at > now) continue;
    readings.push(
      readingOf(record, {
        at,
        mono: answer.mono,
        config: options.config,
        source: 'history',
        gaugeClock: null,
        convert: (refused) => work.convert(refused),
      }),
    );
  }
  return readings.sort((one, other) => one.at - other.at);
}
