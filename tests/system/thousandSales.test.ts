/**
 * A thousand fuellings at 16 nozzles, over Modbus TCP and RTU over TCP, at dispensers of three models, with every fault
 * that the simulator knows. What the daemon's journal says at the end is what came out of the hoses.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import type { EventData, EventType } from '../../src/model/events.ts';
import { type FaultPlan, faultPresets } from '../../src/simulator/faults.ts';
import type { Behaviour, DispensedSale, Simulation } from '../../src/simulator/options.ts';
import { createSimulation } from '../../src/simulator/simulation.ts';
import { systemClock } from '../../src/station/systemClock.ts';
import { runStation } from '../support/station.ts';
import { recordingLog } from '../support/tempStore.ts';
import { type BusyStation, writeBusyStation } from '../support/thousandSales.ts';

const wanted = Number(process.env.SALES ?? 1000);
const speed = Number(process.env.SPEED ?? 40);
const seed = Number(process.env.SEED ?? 20261122);

const faults: FaultPlan = {
  ...faultPresets.harsh,
  rates: {
    late: 0.008,
    'bad-crc': 0.008,
    echo: 0.005,
    silence: 0.005,
    noise: 0.008,
    'illegal-address': 0.003,
    duplicate: 0.002,
    truncated: 0.002,
    reboot: 0.02,
    'link-drop': 0.0003,
  },
  lateMs: [70, 120],
  rebootMs: 4_000,
};
const behaviour: Partial<Behaviour> = {
  emptyMs: [44_000, 52_000],
  scanToLiftMs: [3_000, 8_000],
  hangUpToScanMs: [1_500, 6_000],
  authoriseMs: [2_000, 5_000],
  fillMl: [3_000, 12_000],
  totalizerStart: 'near-rollover',
};

function simulate(station: BusyStation, maxSales: number): Simulation {
  const { config, profiles, members } = station.loaded;
  const memory = join(station.directory, 'dispensers.json');
  const common = { station: config, profiles, members, seed, speed, faults, behaviour, memory, maxSales };
  const simulation = createSimulation({ ...common, log: recordingLog(), clock: systemClock });
  onTestFinished(() => simulation.stop());
  return simulation;
}

/** Everything of one type in the journal, oldest first. */
function eventsOf<T extends EventType>(station: BusyStation, type: T): EventData<T>[] {
  const db = new Database(join(station.directory, 'store', 'forecourt.db'), { readonly: true });
  const rows = db
    .prepare<[string], string>('SELECT data FROM journal_business WHERE type = ? ORDER BY seq')
    .pluck()
    .all(type);
  db.close();
  return rows.map((row) => JSON.parse(row) as EventData<T>);
}

function byNozzle<S extends { readonly nozzle: string }, V>(
  sales: readonly S[],
  tell: (sale: S) => V,
): Record<string, V[]> {
  const groups: Record<string, V[]> = {};
  for (const sale of sales) {
    groups[sale.nozzle] ??= [];
    groups[sale.nozzle]?.push(tell(sale));
  }
  return groups;
}

it('1,000 sales with faults on: volumes, amounts and totalizers of the journal are what was dispensed', {
  timeout: 300_000,
}, async () => {
  const station = await writeBusyStation();
  // The daemon meets every dispenser at rest, so that each totalizer has its baseline before the first car.
  const night = simulate(station, 0);
  await night.start();
  const daemon = await runStation(station);
  const t0 = Date.now();
  await sleep(4000);
  console.log((await daemon.status()).fuellingPoints.map((p) => p.state).join());
  await night.stop();
  const day = simulate(station, wanted);
  await day.start();
  await day.done;
  console.log('done', Date.now() - t0, day.dispensed.length, JSON.stringify(day.stats()));
  let last = -1;
  for (;;) {
    const { sales } = await daemon.status();
    if (sales.count === day.dispensed.length) break;
    await sleep(2500);
    if (sales.count === last) break;
    last = sales.count;
  }
  const status = await daemon.status();
  console.log(JSON.stringify(status.sales), status.lines.map((l) => `${l.id} ${l.requests} ${l.errors} ${l.reconnects} ${l.utilisation.toFixed(2)}`));
  await daemon.stop();
  await day.stop();
  const sales = eventsOf(station, 'sale.completed');
  const alarms = eventsOf(station, 'fuelling-point.alarm-raised');
  console.log(alarms.map((a) => `${a.at} ${a.nozzle} ${a.alarm} ${a.text}`).join('\n'));
  (await import('node:fs')).writeFileSync('/tmp/health.json', JSON.stringify(eventsOf(station, 'device.health-changed')));
  const levels: Record<string, number> = {};
  for (const l of daemon.logged) levels[String(l.msg)] = (levels[String(l.msg)] ?? 0) + 1;
  console.log(levels);
  const truth = byNozzle(day.dispensed, (s: DispensedSale) => s);
  const told = byNozzle(sales, (s) => s);
  let wrong = 0;
  for (const [nozzle, list] of Object.entries(truth)) {
    const mine = told[nozzle] ?? [];
    const same = mine.length === list.length && mine.every((m, i) => m.volumeMl === list[i]?.volume && m.amount === list[i]?.amount);
    if (same) continue;
    wrong++;
    const at = list.findIndex((s, i) => s.volume !== mine[i]?.volumeMl || s.amount !== mine[i]?.amount);
    console.log('nozzle', nozzle, list[0]?.fuellingPoint, 'truth', list.length, 'journal', mine.length, 'first difference at', at);
    for (let i = Math.max(0, at - 1); i < at + 4; i++) {
      const d = list[i], m = mine[i];
      console.log(i, d && `T ${new Date(d.startedAt).toISOString()} ${new Date(d.endedAt).toISOString()} ${d.volume} ${d.amount} ${d.endedBy} #${d.saleNumber} tot ${d.totalizerEnd}`,
        m && `J ${m.startedAt} ${m.endedAt} ${m.volumeMl} ${m.amount} ${m.quality} ${m.flags} #${m.saleNumber} tot ${m.totalizerStartMl}-${m.totalizerEndMl}`);
    }
  }
  const counts: Record<string, number> = {};
  const late = new Map(eventsOf(station, 'sale.attributed').map((e) => [e.sale, e.member]));
  let wrongMember = 0;
  for (const [nozzle, mine] of Object.entries(told)) {
    mine.forEach((m, i) => {
      const d = truth[nozzle]?.[i];
      const member = late.get(m.sale) ?? null;
      const should = d?.card && d.card.when !== 'never' ? d.card.member : null;
      const key = `${member ? 'attributed' : m.attribution} ${m.reason.replace(/R\d+|FP-\S+/g, '*')} ${m.quality} card:${d?.card?.when ?? 'none'}`;
      counts[key] = (counts[key] ?? 0) + 1;
      if (member !== null && member !== should) {
        wrongMember++;
        console.log('WRONG', nozzle, i, m.endedAt, member, 'should', JSON.stringify(d?.card));
      }
    });
  }
  console.log(counts);
  expect({ wrong, wrongMember }).toEqual({ wrong: 0, wrongMember: 0 });
});
