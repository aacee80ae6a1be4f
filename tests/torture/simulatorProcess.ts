/**
 * The dispensers, readers and drivers, in a process of their own: started with the station's file and the seed. First
 * nobody comes, so that the daemon can take its baselines; on `open` the cars come, until `last-cars`.
 */
import { join } from 'node:path';
import pino from 'pino';
import { type FaultPlan, faultPresets } from '../../src/simulator/faults.ts';
import type {
  Behaviour,
  DispensedSale,
  HoseTotal,
  Simulation,
  SimulationStats,
} from '../../src/simulator/options.ts';
import { createSimulation } from '../../src/simulator/simulation.ts';
import { loadStation } from '../../src/station/configuration/load.ts';
import { problemText } from '../../src/station/configuration/problem.ts';
import { systemClock } from '../../src/station/systemClock.ts';
import { speed } from './station.ts';

export type ToSimulator = { readonly kind: 'open' | 'last-cars' };
export type FromSimulator =
  | { readonly kind: 'ready' }
  | { readonly kind: 'open' }
  | { readonly kind: 'dispensed'; readonly sale: DispensedSale }
  | { readonly kind: 'done'; readonly totals: readonly HoseTotal[]; readonly stats: SimulationStats };

/** Each kind of fault is there, so seldom that a dispenser is hardly ever unseen for longer than a driver takes. */
const faults: FaultPlan = {
  ...faultPresets.harsh,
  rates: {
    late: 0.005,
    'bad-crc': 0.004,
    echo: 0.004,
    silence: 0.003,
    noise: 0.006,
    'illegal-address': 0.003,
    duplicate: 0.002,
    truncated: 0.002,
    reboot: 0.02,
    'link-drop': 0.0005,
  },
  lateMs: [90, 160],
  rebootMs: 4_000,
};

/**
 * Who has a card and means to show it does so before the lift, and later than a scan counts for the driver before (30 s in
 * the shipped policy): whose it is must be certain wherever the daemon could see it.
 */
const behaviour: Partial<Behaviour> = {
  emptyMs: [36_000, 50_000],
  scan: { before: 75, during: 0, after: 0, never: 25 },
  scanToLiftMs: [2_000, 8_000],
  authoriseMs: [2_000, 5_000],
  fillMl: [3_000, 14_000],
  totalizerStart: 'near-rollover',
};

const [file = '', seed = '1'] = process.argv.slice(2);
const { station, problems } = loadStation(file);
if (!station) throw new Error(problems.map(problemText).join('\n'));
const loaded = station;
const log = pino({ level: 'warn' }, pino.destination(1));
const tell = (message: FromSimulator): void => void process.send?.(message);

function simulation(maxSales: number, plan: FaultPlan): Simulation {
  return createSimulation({
    station: loaded.config,
    profiles: loaded.profiles,
    members: loaded.members,
    seed: Number(seed),
    speed,
    faults: plan,
    maxSales,
    behaviour,
    memory: join(loaded.storeDirectory, '..', 'dispensers.json'),
    log,
    clock: systemClock,
    onDispensed: (sale) => tell({ kind: 'dispensed', sale }),
  });
}

let running = simulation(0, faultPresets.off);

async function open(): Promise<void> {
  await running.stop();
  running = simulation(Number.POSITIVE_INFINITY, faults);
  await running.start();
  tell({ kind: 'open' });
  await running.done;
  tell({ kind: 'done', totals: running.totals(), stats: running.stats() });
}

process.on('message', (message: ToSimulator) => {
  if (message.kind === 'open') void open();
  else running.noMoreCars();
});
process.on('disconnect', () => process.exit());
await running.start();
tell({ kind: 'ready' });
