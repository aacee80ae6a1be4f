/** Deliveries as the gauge reports them, each told once. */
import type { TlsAdjusted, TlsDeliveries, TlsDelivery } from '../../core/tls/records.ts';
import type { GaugeDelivery } from '../../model/tank.ts';
import { type Instant, instant } from '../../model/units.ts';
import type { Received } from './options.ts';
import { deliveryOf, dispensedOf } from './tlsFacts.ts';
import { type Answer, isUnreadable } from './tlsInquiry.ts';
import type { TlsWork } from './tlsWork.ts';

/** A report follows a delivery by the gauge's delay: one that ended so long before the newest reading may be news. */
const reportDelayMs = 2 * 3_600_000;
const rememberedPerTank = 200;

export interface DeliveryReports {
  /** A new start, or the end of an outage: from when on deliveries are news. */
  begin(): void;
  /** Those not told yet, by time. Rejects as exchanges do. */
  read(): Promise<GaugeDelivery[]>;
  /** Not to be told again. */
  told(delivery: GaugeDelivery): void;
}

export function deliveryReports(work: TlsWork): DeliveryReports {
  const { options, inquiry, gaugeClock } = work;
  const newsAfter = new Map<number, Instant>();
  const told = new Map<number, Set<string>>();

  async function reports(): Promise<Answer<TlsDeliveries[]> | null> {
    const answer = (await inquiry.ask('202')) ?? (await inquiry.ask('20C'));
    if (!answer) work.quirk('has no delivery report: deliveries are found from the rise alone');
    return answer;
  }

  function timesOf(record: TlsDelivery): { startedAt: Instant; endedAt: Instant } | null {
    const startedAt = gaugeClock.toStation(record.start);
    const endedAt = gaugeClock.toStation(record.end);
    if (startedAt !== null && endedAt !== null && startedAt <= endedAt) return { startedAt, endedAt };
    work.quirk('reports deliveries that end before they begin: those are left out');
    return null;
  }

  function isNews(tank: number, record: TlsDelivery, endedAt: Instant): boolean {
    const after = newsAfter.get(tank);
    return after !== undefined && endedAt > after && !told.get(tank)?.has(record.start);
  }

  async function adjustedOf(tank: number): Promise<TlsAdjusted['deliveries']> {
    try {
      const answer = await inquiry.ask('21B', tank);
      return answer?.records.filter((each) => each.tank === tank).flatMap((each) => each.deliveries) ?? [];
    } catch (error) {
      // Only an addition: the delivery itself is known.
      if (!isUnreadable(error)) throw error;
      work.quirk('gives adjusted deliveries (i21B) that cannot be read');
      return [];
    }
  }

  async function factsOf(
    tank: number,
    news: readonly (readonly [TlsDelivery, { startedAt: Instant; endedAt: Instant }])[],
    received: Received,
  ): Promise<GaugeDelivery[]> {
    const adjusted = await adjustedOf(tank);
    return news.map(([record, times]) => {
      const same = adjusted.find(({ start, end }) => start === record.start && end === record.end);
      const dispensed = same ? dispensedOf(same.values, record.startVolume, record.endVolume) : null;
      const to = work.convert(() => work.quirk('reports deliveries with values that no tank has'));
      return deliveryOf(tank, record, to, times, dispensed, received);
    });
  }

  return {
    begin() {
      for (const tank of options.tanks) {
        const newest = options.since(tank);
        const after = newest === null ? options.clock.now() : instant(newest - reportDelayMs);
        // Never back to a time before the station knew the tank.
        newsAfter.set(tank, instant(Math.max(after, newsAfter.get(tank) ?? after)));
      }
    },
    async read() {
      const answer = await reports();
      const facts: GaugeDelivery[] = [];
      for (const { tank, deliveries } of answer?.records ?? []) {
        if (!answer || !options.tanks.includes(tank)) continue;
        const news = deliveries.flatMap((record) => {
          const times = timesOf(record);
          return times && isNews(tank, record, times.endedAt) ? [[record, times] as const] : [];
        });
        if (news.length > 0) facts.push(...(await factsOf(tank, news, answer)));
      }
      return facts.sort((one, other) => one.endedAt - other.endedAt);
    },
    told({ tank, gaugeStart }) {
      const starts = told.get(tank) ?? new Set<string>();
      told.set(tank, starts.add(gaugeStart));
      // Gauges keep ten or so a tank.
      const [oldest] = starts;
      if (starts.size > rememberedPerTank && oldest !== undefined) starts.delete(oldest);
    },
  };
}
