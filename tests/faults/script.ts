/** A scripted run of sales at one point. What the station acknowledged is told the moment it did. */

import type { DispenserReading } from '../../src/model/readings.ts';
import type { LoadedStation } from '../../src/station/configuration/load.ts';
import { type Books, openBooks, type ScriptClock, scriptClock, scriptDispenser } from './books.ts';

/** A sale that the station told to the world: pushed to displays, its record at the dispenser to be cleared. */
export interface Acknowledged {
  readonly key: string;
  readonly volumeMl: number;
  readonly member: string | null;
  readonly points: number | null;
}

export interface ScriptOptions {
  readonly directory: string;
  readonly sales: number;
  /** The station is stopped cleanly and started again after each so many sales; 0: never. */
  readonly restartEvery?: number;
  readonly onAcknowledged: (sale: Acknowledged) => void;
  /** The dispenser will have sold so much in all when the sale at hand is over, ml, in so many sales. */
  readonly onSold?: (soldMl: number, number: number) => void;
}

export interface ScriptEnd {
  readonly soldMl: number;
  readonly number: number;
  /** The disk did not take a sale in all tries: the script ended there, as if the power had gone. */
  readonly gaveUp: boolean;
  /** Codes of errors that came out of opening or closing the books. */
  readonly errors: string[];
}

/** Readings after the end of a fuelling, at which its sale may be stored. */
const tries = 4;
const litre = 1000;
/** So that no scan is near two sales. */
const betweenMs = 600_000;
/** Lets the station do what it puts off to the next turn of the loop. */
export const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Every third driver has no card; the others scan while their fuelling runs. */
export async function runScript(loaded: LoadedStation, options: ScriptOptions): Promise<ScriptEnd> {
  const clock = scriptClock();
  const dispenser = scriptDispenser(clock);
  const errors: string[] = [];
  let books: Books | null = null;
  const push: Parameters<typeof openBooks>[3] = (event) => {
    // Told twice when a later scan makes it somebody's: the newer word counts.
    if (event.type === 'sale')
      options.onAcknowledged({
        key: event.data.key,
        volumeMl: event.data.volumeMl,
        member: event.data.member,
        points: event.data.points,
      });
  };
  const end = async (gaveUp: boolean): Promise<ScriptEnd> => {
    await turn();
    try {
      books?.close();
    } catch (error) {
      errors.push(codeOf(error));
    }
    return { soldMl: dispenser.sold, number: dispenser.number, gaveUp, errors };
  };

  for (let n = 0; n < options.sales; n++) {
    if (books !== null && options.restartEvery && n % options.restartEvery === 0) {
      await turn();
      quietly(() => books?.points.saveAll(), errors);
      books.close();
      books = null;
    }
    if (books === null) {
      books = open(loaded, options.directory, clock, push, errors);
      if (books === null) return end(true);
      for (const reading of atRest(dispenser)) books.points.reading('FP1', reading);
      await turn();
    }
    if (!(await sell(books, dispenser, n, options))) return end(true);
    // What a publisher does between sales, and the station every five seconds.
    const head = books.store.feed.head('business');
    quietly(() => books?.store.feed.moveCursor('business', 'published', head), errors);
    if (n % 4 === 3) books.store.checkpoint();
  }
  return end(false);
}

/** False: the sale was not stored in all tries. */
async function sell(
  { points, scans }: Books,
  dispenser: ReturnType<typeof scriptDispenser>,
  n: number,
  { onSold }: ScriptOptions,
): Promise<boolean> {
  const volume = (10 + n) * litre + n * 10;
  const take = async (reading: DispenserReading): Promise<boolean> => {
    const { release } = points.reading('FP1', reading);
    await turn();
    return release !== null;
  };
  dispenser.wait(betweenMs);
  await take(dispenser.live('idle', 0));
  // The station has been blind, as it takes it: the totals count once the dispenser had time to write them.
  for (let n = 0; n < 30; n++) await take(dispenser.live('idle', 0));
  await take(dispenser.totals());
  await take(dispenser.record());
  // Whatever becomes of the station now, the driver fills so much.
  onSold?.(dispenser.sold + volume, dispenser.number + 1);
  await take(dispenser.live('calling', 0));
  await take(dispenser.live('fuelling', 0));
  if (n % 3 !== 2) scans.read(dispenser.card(n));
  await take(dispenser.live('fuelling', volume / 2));
  scans.settle();
  await take(dispenser.live('fuelling', volume));
  dispenser.end(volume);
  for (let attempt = 0; attempt < tries; attempt++) {
    scans.settle();
    const released = [
      await take(dispenser.live('completed', volume)),
      await take(dispenser.totals()),
      await take(dispenser.record()),
    ];
    if (!released.includes(true)) continue;
    // The acknowledge clears the dispenser's record.
    await take(dispenser.live('idle', volume));
    return true;
  }
  return false;
}

/** Readings of a dispenser at which nothing goes on, long enough to be believed. */
export function* atRest(dispenser: ReturnType<typeof scriptDispenser>): Generator<DispenserReading> {
  yield dispenser.live('idle', 0);
  yield dispenser.totals();
  yield dispenser.record();
  for (let waited = 0; waited < 40; waited++) yield dispenser.live('idle', 0);
  yield dispenser.totals();
  yield dispenser.record();
}

function open(
  loaded: LoadedStation,
  directory: string,
  clock: ScriptClock,
  push: Parameters<typeof openBooks>[3],
  errors: string[],
): Books | null {
  for (let attempt = 0; attempt < tries; attempt++) {
    try {
      return openBooks(loaded, directory, clock, push);
    } catch (error) {
      errors.push(codeOf(error));
    }
  }
  return null;
}

function quietly(work: () => void, errors: string[]): void {
  try {
    work();
  } catch (error) {
    errors.push(codeOf(error));
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);
