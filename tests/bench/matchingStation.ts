/** The station's own use cases over a real store, in virtual time: only lines and readers are left out. */

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initialFuelling, type PointSpec } from '../../src/core/fuelling/machine.ts';
import type { Clock, Log } from '../../src/core/ports.ts';
import { checksSchema, correctionsSchema } from '../../src/model/config/checks.ts';
import type { Member } from '../../src/model/config/members.ts';
import { programSchema } from '../../src/model/config/program.ts';
import type { MatchingPolicy } from '../../src/model/config/station.ts';
import { instant, millilitres, monoMs } from '../../src/model/units.ts';
import { createBoard } from '../../src/station/board.ts';
import { businessDay } from '../../src/station/businessDay.ts';
import { createClockGuard } from '../../src/station/clock/clockGuard.ts';
import { createStationClock } from '../../src/station/clock/stationClock.ts';
import type { StationContext } from '../../src/station/context.ts';
import { createMemberBook } from '../../src/station/memberBook.ts';
import type { FuellingPoint } from '../../src/station/recordFuelling.ts';
import { unknownBoot } from '../../src/station/systemClock.ts';
import { createTally } from '../../src/station/tally.ts';
import { openStore } from '../../src/store/store.ts';
import { nozzlesEach, pointCount, pointName } from './matchingLayouts.ts';

export interface BenchStation {
  readonly context: StationContext;
  readonly points: ReadonlyMap<string, FuellingPoint>;
  /** Virtual, ms from the beginning. */
  now(): number;
  setTime(ms: number): void;
  close(): void;
}

const beginning = Date.UTC(2026, 0, 15, 8);
const program = programSchema.parse({
  program: 'bench',
  version: 1,
  earn: [{ id: 'litres', per: 'litre', points: 1 }],
  tiers: [{ id: 'ordinary' }],
});

/** Memory where there is some in the file system: these stores need survive nothing. */
export const scratchDirectory = (): string => (existsSync('/dev/shm') ? '/dev/shm' : tmpdir());

/** @param directory where the store's folder is made; removed by `close` */
export function benchStation(
  policy: MatchingPolicy,
  members: readonly Member[],
  directory = scratchDirectory(),
): BenchStation {
  const folder = mkdtempSync(join(directory, 'forecourt-matching-'));
  let passed = 0;
  const system: Clock = {
    now: () => instant(beginning + Math.floor(passed)),
    mono: () => monoMs(passed),
  };
  const clock = createStationClock(system);
  const failures: string[] = [];
  const log: Log = {
    debug() {},
    info() {},
    warn() {},
    error: (_, message) => void failures.push(message),
  };
  const site = 'bench';
  const store = openStore({ directory: folder, clock, log, site });
  const businessDate = businessDay('UTC', '00:00');
  const clockGuard = createClockGuard({
    system,
    boot: unknownBoot(system),
    clock,
    store,
    site,
    businessDate,
    log,
    things: () => ({ settle() {}, store() {}, move() {} }),
  });
  const context: StationContext = {
    site,
    currency: 'CNY',
    currencyDecimals: 2,
    store,
    clock,
    clockGuard,
    log,
    businessDate,
    policy,
    corrections: correctionsSchema.parse({}),
    checks: checksSchema.parse({}),
    program,
    members: createMemberBook(members, 'bench'),
    board: createBoard(),
    tally: createTally(store, clock.now()),
  };
  const points = Array.from({ length: pointCount }, (_, point): [string, FuellingPoint] => {
    const spec = specOf(pointName(point));
    const dispenser = { device: 'bench', profile: 'bench', point: point + 1 };
    return [spec.fuellingPoint, { spec, dispenser, state: initialFuelling(), unwritten: [] }];
  });
  return {
    context,
    points: new Map(points),
    now: () => passed,
    setTime(ms) {
      passed = ms;
    },
    close() {
      store.close();
      rmSync(folder, { recursive: true, force: true });
      if (failures.length > 0) throw new Error(`${failures.length} errors were logged: ${failures[0]}`);
    },
  };
}

function specOf(fuellingPoint: string): PointSpec {
  return {
    fuellingPoint,
    hoses: Array.from({ length: nozzlesEach }, (_, n) => ({
      hose: n + 1,
      nozzle: `${fuellingPoint}-${n + 1}`,
      grade: '92',
      tank: null,
    })),
    lastSale: false,
    saleNumber: null,
    totalizerModulus: null,
    totalizerResolution: millilitres(10),
    settleMs: 1000,
    currencyDecimals: 2,
  };
}
