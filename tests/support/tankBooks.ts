/** The tank side of a store as the station writes it: levels, deliveries, alarms, closed days, incidents and states. */
import { instant, millilitres } from '../../src/model/units.ts';
import type { Store } from '../../src/store/store.ts';
import { booksDate } from './books.ts';
import { startedAt } from './tempStore.ts';

const hour = 3_600_000;
const dateOf = (n: number): string => new Date(startedAt + n * 24 * hour).toISOString().slice(0, 10);
const at = (n: number) => instant(startedAt + n * hour);
const iso = (n: number): string => new Date(at(n)).toISOString();

/** So many of each, and ten levels for each of them. */
export function bookTanks(store: Store, count: number): void {
  const { levels, machines } = store.tanks;
  for (let n = 0; n < count; n++)
    store.transaction(() => {
      for (let minute = 0; minute < 10; minute++)
        levels.add({
          ...{ tank: 'T1', at: instant(at(n) + minute * 60_000), quality: 'good' },
          ...{ volume: millilitres(20_000_000 - n), volumeAt15: null, height: null, water: null },
          temperature: null,
        });
      bookDelivery(store, n);
      bookAlarm(store, n);
      bookDay(store, n);
      bookIncident(store, n);
      machines.save('leak:T1', JSON.stringify({ spans: Array.from({ length: n * 40 }, (_, each) => each) }));
      machines.save('outflow', JSON.stringify({ n }));
    });
}

function bookDelivery(store: Store, n: number): void {
  const volumes = { start: 5_000_000, end: 20_000_000, dispensed: 12_500 };
  const volume = volumes.end - volumes.start + volumes.dispensed;
  const key = `T1:rise:${at(n)}`;
  const number = store.tanks.deliveries.add(
    {
      ...{ key, stock: 'T1', source: 'rise', startedAt: at(n), endedAt: at(n + 1), flags: ['gap'] },
      ...{ startVolume: millilitres(volumes.start), endVolume: millilitres(volumes.end) },
      ...{ dispensed: millilitres(volumes.dispensed), volume: millilitres(volume) },
      ...{ volumeAt15: null, temperature: null },
    },
    { grade: '92', businessDate: booksDate },
  );
  store.journal.append('delivery.completed', 'T1', at(n + 1), booksDate, {
    ...{ delivery: number ?? 0, key, stock: 'T1', tanks: ['T1'], grade: '92', source: 'rise' },
    ...{ startedAt: iso(n), endedAt: iso(n + 1), startMl: volumes.start, endMl: volumes.end },
    ...{ dispensedMl: volumes.dispensed, volumeMl: volume, volumeAt15Ml: null, temperatureCentiC: null },
    flags: ['gap'],
  });
}

/** Of three the last stands. */
function bookAlarm(store: Store, n: number): void {
  const name = { subject: 'T1', kind: 'gauge-alarm', code: `02${n}` } as const;
  const text = `The gauge says: probe ${n}`;
  const alarm = store.tanks.alarms.raise({ ...name, tank: 'T1', text, raisedAt: at(n) }) ?? 0;
  const told = { alarm, tank: 'T1', subject: 'T1', kind: name.kind };
  store.journal.append('tank.alarm-raised', 'T1', at(n), booksDate, { ...told, text, at: iso(n) });
  if (n % 3 === 2) return;
  store.tanks.alarms.clear(name, at(n + 1));
  const over = { ...told, raisedAt: iso(n), at: iso(n + 1) };
  store.journal.append('tank.alarm-cleared', 'T1', at(n + 1), booksDate, over);
}

function bookDay(store: Store, n: number): void {
  const date = dateOf(n);
  const about = { stock: 'T1', grade: '92', period: 'day', from: date, to: date } as const;
  const volumes = { opening: 5_000_000, deliveries: 15_000_000, sales: 9_000_000, gauge: 10_990_000 };
  const reasons = n === 0 ? ['first-day'] : [];
  store.tanks.closings.add({
    ...{ ...about, verdict: 'within', reasons, closedAt: at(24 * n), hours: 24 + 1 / (n + 3) },
    ...{ opening: millilitres(volumes.opening), deliveries: millilitres(volumes.deliveries) },
    ...{ sales: millilitres(volumes.sales), gauge: millilitres(volumes.gauge) },
    ...{ variance15: -9_876, sales15: 8_900_000 },
  });
  store.journal.append('reconciliation.closed', 'T1', at(24 * n), date, {
    ...{ ...about, verdict: 'within', reasons, bookMl: 11_000_000, varianceMl: -10_000, variancePpm: -1_111 },
    ...{ openingMl: volumes.opening, deliveriesMl: volumes.deliveries, salesMl: volumes.sales },
    gaugeMl: volumes.gauge,
  });
}

function bookIncident(store: Store, n: number): void {
  const incident = {
    kind: 'spill',
    ...{ sale: null, fuellingPoint: '1', tank: 'T1', litres: n + 0.5 },
    ...{ text: 'over the filler', action: 'sand', by: 'Li Na' },
  } as const;
  const number = store.tanks.incidents.add({ ...incident, at: at(n) });
  const told = { incident: number, ...incident, at: iso(n) };
  store.journal.append('incident.recorded', 'T1', at(n), booksDate, told);
}
