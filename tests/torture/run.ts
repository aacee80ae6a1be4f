/** One run: the children, the kills, the settling, and what is left to compare. */

import { get } from '../../src/cli/client.ts';
import type { DispensedSale, SimulationStats } from '../../src/simulator/options.ts';
import type { DeviceView, StatusView } from '../../src/station/view.ts';
import { freePort } from '../support/freePort.ts';
import { type Books, readBooks } from './books.ts';
import { createBroker } from './broker.ts';
import { until } from './children.ts';
import { type Comparison, compare } from './compare.ts';
import { firstReadingsMs, hasSeen, type Life, startDaemon, untilKilled, untilReady } from './daemon.ts';
import { type Feed, startFeed } from './feed.ts';
import { startFlaps } from './flaps.ts';
import { startForecourt } from './forecourt.ts';
import { type Dice, dice } from './random.ts';
import { type TorturedStation, writeStation } from './station.ts';
import { createSteps, type Steps } from './steps.ts';

export interface RunOptions {
  readonly kills: number;
  readonly seed: number;
  readonly directory: string;
  readonly progress: (text: string) => void;
}

export interface TortureRun {
  readonly comparison: Comparison;
  /** Contents that differ under one id, and lines that are no event. */
  readonly wrongEvents: readonly string[];
  readonly kills: { readonly atStep: ReadonlyMap<string, number>; readonly atRandom: number };
  readonly lives: readonly Life[];
  readonly broker: { readonly killed: number; readonly paused: number };
  readonly simulator: SimulationStats;
  readonly events: number;
  readonly duplicates: number;
  readonly seconds: number;
}

/** Sales that the first life sees in peace: its steps are those to die at. */
const drySales = 15;
const shareAtStep = 0.65;
/** Lives that are long enough for a whole sale. */
const shareLong = 0.05;

export async function torture(options: RunOptions): Promise<TortureRun> {
  const { directory, seed } = options;
  const began = performance.now();
  const broker = createBroker(directory, await freePort());
  await broker.start();
  const feed = startFeed(directory, broker.port);
  await until('the subscriber is there', () => feed.read().subscribed > 0, 10_000);
  await broker.save();
  const station = await writeStation(directory, broker.port);
  const forecourt = await startForecourt(station, seed);
  const steps = createSteps(dice(seed, 'steps'));
  const lives: Life[] = [];
  let atRandom = 0;

  const first = startDaemon(station, null);
  await untilReady(first);
  await baselines(station);
  await forecourt.open();
  await until('the first sales', () => forecourt.truth.length >= drySales, 60_000);
  first.signal('SIGKILL');
  const note = (life: Life): void => {
    lives.push(life);
    steps.passed(life.steps);
    if (life.step === null) atRandom += 1;
    else steps.hit(life.step);
    options.progress(
      `${lives.length}/${options.kills} kills, ${forecourt.truth.length} sales dispensed, ${feed.events.size} events, ${feed.duplicates} duplicates, steps ${steps.covered}`,
    );
  };
  note(await first.over);

  const flaps = startFlaps(broker, feed, dice(seed, 'broker'));
  const times = dice(seed, 'times');
  while (lives.length < options.kills) {
    note(await nextLife(station, lives.at(-1), steps, times));
    feed.read();
  }

  await flaps.stop();
  const last = startDaemon(station, null);
  await untilReady(last);
  const { stats } = await forecourt.lastCars(60_000);
  await told(forecourt.truth, feed);
  last.signal('SIGTERM');
  lives.push(await last.over);
  const books = readBooks(station.database);
  await complete(books, feed);
  await feed.stop();
  await forecourt.stop();
  await broker.stop();

  const { truth } = forecourt;
  const evidence = { lives, journal: books.journal, numbered: station.numbered };
  return {
    comparison: compare(truth, books, feed.events, evidence),
    wrongEvents: feed.wrong,
    kills: { atStep: steps.hits(), atRandom },
    lives,
    broker: { killed: flaps.killed, paused: flaps.paused },
    simulator: stats,
    events: feed.events.size,
    duplicates: feed.duplicates,
    seconds: Math.round((performance.now() - began) / 1000),
  };
}

/**
 * One life more, killed at a step or at a random time. Where the last one died before it saw a dispenser this one lives to
 * see them: no start takes so long in life, beside the drivers, as several of these would.
 */
function nextLife(
  station: TorturedStation,
  last: Life | undefined,
  steps: Steps,
  times: Dice,
): Promise<Life> {
  const graceMs = last === undefined || hasSeen(last) ? 0 : firstReadingsMs;
  if (times.chance(shareLong))
    return untilKilled(startDaemon(station, null), 'ready', times.between(4_000, 8_000));
  const step = times.chance(shareAtStep) ? steps.choose() : null;
  if (step !== null) {
    const order = { step, passes: times.chance(0.5) ? 0 : 1, graceMs };
    return untilKilled(startDaemon(station, order), 'ready', times.between(3_000, 6_000));
  }
  return graceMs > 0
    ? untilKilled(startDaemon(station, null), 'ready', graceMs + times.between(0, 1_500))
    : untilKilled(startDaemon(station, null), 'birth', times.between(50, 2_600));
}

/** Every dispenser is at rest and was asked for its totals, so that the day begins with a baseline. */
async function baselines({ socket }: TorturedStation): Promise<void> {
  const isKnown = async (): Promise<boolean> => {
    const { fuellingPoints } = await get<StatusView>(socket, '/v1/status');
    const devices = await get<DeviceView[]>(socket, '/v1/devices');
    return (
      fuellingPoints.every(({ state }) => state === 'idle') && devices.every(({ requests }) => requests > 20)
    );
  };
  await until('baselines', isKnown, 30_000, 100);
}

/** What was dispensed has been told, or will not be. */
async function told(truth: readonly DispensedSale[], feed: Feed): Promise<void> {
  const dispensed = truth.reduce((sum, { volume }) => sum + volume, 0);
  const isTold = (): boolean => {
    feed.read();
    let sum = 0;
    for (const { type, data } of feed.events.values())
      if (type === 'sale.completed') sum += Number(data.volumeMl);
    return sum === dispensed;
  };
  await until('everything is told', isTold, 25_000, 250).catch(() => {}); // what is missing is told better by the comparison
}

async function complete({ journal, epoch }: Books, feed: Feed): Promise<void> {
  const isComplete = (): boolean => {
    feed.read();
    return journal.every(({ stream, seq }) => feed.events.has(`S1/${epoch}/${stream}/${seq}`));
  };
  await until('the feed is complete', isComplete, 15_000, 250).catch(() => {});
}
