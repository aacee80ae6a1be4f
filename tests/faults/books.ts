/** The station without its wires: real store, real use cases, readings and scans by hand, on a clock of its own. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { checksSchema, correctionsSchema } from '../../src/model/config/checks.ts';
import type { DispenserReading, DispenserState } from '../../src/model/readings.ts';
import { instant, millilitres, money, monoMs, unitPrice } from '../../src/model/units.ts';
import { createBoard } from '../../src/station/board.ts';
import { businessDay } from '../../src/station/businessDay.ts';
import { createClockGuard } from '../../src/station/clock/clockGuard.ts';
import { createStationClock } from '../../src/station/clock/stationClock.ts';
import { type LoadedStation, loadStation } from '../../src/station/configuration/load.ts';
import type { StationContext } from '../../src/station/context.ts';
import { createFeed } from '../../src/station/feed.ts';
import { createFuellingPoints, type FuellingPoints } from '../../src/station/fuellingPoints.ts';
import { createMemberBook } from '../../src/station/memberBook.ts';
import { createScans, type Scans } from '../../src/station/scans.ts';
import { unknownBoot } from '../../src/station/systemClock.ts';
import { createTally } from '../../src/station/tally.ts';
import type { Push } from '../../src/station/view.ts';
import { openStore, type Store } from '../../src/store/store.ts';

export const startedAt = Date.UTC(2026, 10, 22, 8, 0, 0);
export const price = 7849;
const cards = ['62E3086CED', '0100000001', '0100000002'] as const;
const quiet = () => {};
const silent = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** A station of one point and one reader, from a file as an installer would write it. */
export function faultStation(): LoadedStation {
  const directory = mkdtempSync(join(tmpdir(), 'forecourt-faults-'));
  const write = (name: string, content: object) => writeFileSync(join(directory, name), stringify(content));
  write('program.yaml', {
    program: 'test',
    version: 1,
    earn: [{ id: 'litres', per: 'litre', points: 1 }],
    tiers: [{ id: 'ordinary' }],
  });
  write('members.yaml', {
    members: cards.map((number, n) => ({
      id: `m-${n}`,
      name: `Member ${n}`,
      cards: [{ number, format: 'em40' }],
    })),
  });
  write('station.yaml', {
    site: { id: 'F1', zone: 'Asia/Shanghai' },
    store: { directory: 'store', reserveMb: 0, spaceLowMb: 0 },
    lines: [{ id: 'bus', kind: 'modbus-tcp', host: '127.0.0.1', port: 502 }],
    devices: [{ id: 'd1', profile: 'generic-be32', line: 'bus', unit: 1, writes: true }],
    grades: [{ id: '92' }],
    fuellingPoints: [{ id: 'FP1', device: 'd1', nozzles: [{ id: '1', grade: '92' }] }],
    readers: [
      {
        id: 'R1',
        kind: 'rdm6300',
        fuellingPoints: ['FP1'],
        connection: { kind: 'tcp', host: '127.0.0.1', port: 4001 },
      },
    ],
    program: 'program.yaml',
    members: 'members.yaml',
  });
  const { station, problems } = loadStation(join(directory, 'station.yaml'));
  rmSync(directory, { recursive: true, force: true });
  if (!station) throw new Error(JSON.stringify(problems));
  return station;
}

/** Runs on only when it is told to. It goes on through restarts. */
export interface ScriptClock {
  advance(ms: number): void;
  readonly system: { now(): ReturnType<typeof instant>; mono(): ReturnType<typeof monoMs> };
}

export function scriptClock(): ScriptClock {
  let passed = 0;
  return {
    advance(ms) {
      passed += ms;
    },
    system: { now: () => instant(startedAt + passed), mono: () => monoMs(passed) },
  };
}

export interface Books {
  readonly store: Store;
  readonly points: FuellingPoints;
  readonly scans: Scans;
  close(): void;
}

/** As `startStation` does, without lines, API and broker. */
export function openBooks(
  loaded: LoadedStation,
  directory: string,
  clock: ScriptClock,
  push: (event: Push) => void = quiet,
): Books {
  const { config } = loaded;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const time = createStationClock(clock.system);
  const store = openStore({ directory, clock: time, log: silent, site: config.site.id });
  try {
    const businessDate = businessDay(config.site.zone, config.site.businessDayStart);
    const clockGuard = createClockGuard({
      system: clock.system,
      boot: unknownBoot(clock.system),
      clock: time,
      store,
      site: config.site.id,
      businessDate,
      log: silent,
      things: () => points.movable,
    });
    const context: StationContext = {
      site: config.site.id,
      currency: config.site.currency,
      currencyDecimals: config.site.currencyDecimals,
      store,
      clock: time,
      clockGuard,
      log: silent,
      businessDate,
      policy: config.matching,
      program: loaded.program,
      members: createMemberBook(loaded.members, 'secret of the test'),
      corrections: correctionsSchema.parse({}),
      checks: checksSchema.parse({}),
      board: createBoard(),
      tally: createTally(store, time.now()),
    };
    const deps = { clock: time, random: Math.random, log: silent, env: {}, version: 'test' };
    const feed = createFeed(context, config, null, deps);
    const points = createFuellingPoints(context, loaded, { push, feed });
    const scans = createScans(context, config, { push, feed, points });
    return { store, points, scans, close: () => store.close() };
  } catch (error) {
    store.close();
    throw error;
  }
}

/** The dispenser's side: a display, a totalizer and a record of the last sale, which go on whatever the station does. */
export function scriptDispenser(clock: ScriptClock, sold = 0, number = 0) {
  let totalizer = 1_000_000 + sold;
  let record = { number, volume: 0 };
  const stamp = () => ({ at: clock.system.now(), mono: clock.system.mono() });
  const amount = (volume: number) => money(Math.round((volume * price) / 10_000));
  return {
    wait: clock.advance,
    /** Millilitres sold since the beginning. */
    get sold() {
      return totalizer - 1_000_000;
    },
    get number() {
      return record.number;
    },
    end(volume: number) {
      totalizer += volume;
      record = { number: record.number + 1, volume };
    },
    live(state: DispenserState, volume: number): DispenserReading {
      clock.advance(100);
      const hose = state === 'idle' ? null : 1;
      return {
        kind: 'live',
        state,
        hose,
        volume: millilitres(volume),
        amount: amount(volume),
        price: unitPrice(price),
        ...stamp(),
      };
    },
    totals(): DispenserReading {
      clock.advance(20);
      return {
        kind: 'totals',
        hoses: [{ hose: 1, volume: millilitres(totalizer), amount: null }],
        ...stamp(),
      };
    },
    record(): DispenserReading {
      clock.advance(20);
      const { volume } = record;
      return {
        kind: 'last-sale',
        number: record.number === 0 ? null : record.number,
        hose: 1,
        volume: millilitres(volume),
        amount: amount(volume),
        price: unitPrice(price),
        endCode: 0,
        ...stamp(),
      };
    },
    card(n: number) {
      clock.advance(50);
      return { reader: 'R1', format: 'em40' as const, text: cards[n % cards.length] ?? cards[0], ...stamp() };
    },
  };
}
