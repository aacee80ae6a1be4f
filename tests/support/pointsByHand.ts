/** The fuelling points of a station over a real store, with readings by hand instead of wires, and starts at will. */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { EventData, EventType } from '../../src/model/events.ts';
import type { DispenserReading, DispenserState } from '../../src/model/readings.ts';
import { instant, millilitres, money, monoMs, unitPrice } from '../../src/model/units.ts';
import { createBoard } from '../../src/station/board.ts';
import { businessDay } from '../../src/station/businessDay.ts';
import { createClockGuard } from '../../src/station/clock/clockGuard.ts';
import { createStationClock } from '../../src/station/clock/stationClock.ts';
import { loadStation } from '../../src/station/configuration/load.ts';
import type { StationContext } from '../../src/station/context.ts';
import { createFuellingPoints } from '../../src/station/fuellingPoints.ts';
import { createMemberBook } from '../../src/station/memberBook.ts';
import { createTally } from '../../src/station/tally.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { writeStation } from './station.ts';
import { recordingLog, startedAt, tempDirectory } from './tempStore.ts';

const price = 7849;
const amountOf = (volume: number) => money(Math.round((volume * price) / 10_000));

export interface PointPlace {
  readonly id: string;
  readonly device: string;
  readonly hoses?: number;
}

/** One directory and one machine, for any number of starts. */
export function pointsByHand() {
  const directory = tempDirectory();
  const log = recordingLog();
  let passed = 0;
  let boot = 'boot-1';
  const system = { now: () => instant(startedAt + passed), mono: () => monoMs(passed) };

  /** Starts the station with these points; whatever ran before is as good as killed. */
  function start(places: readonly PointPlace[]) {
    const hoses = (place: PointPlace) => Array.from({ length: place.hoses ?? 1 }, (_, n) => n + 1);
    const { file } = writeStation({
      station: {
        lines: [{ id: 'bus', kind: 'modbus-tcp', host: '127.0.0.1', port: 502 }],
        devices: [...new Set(places.map(({ device }) => device))].map((id, n) => ({
          id,
          profile: 'generic-be32',
          line: 'bus',
          unit: n + 1,
        })),
        fuellingPoints: places.map((place) => ({
          id: place.id,
          device: place.device,
          nozzles: hoses(place).map((hose) => ({ id: `${place.id}-${hose}`, hose, grade: '92' })),
        })),
      },
    });
    const { station: loaded, problems } = loadStation(file);
    if (!loaded) throw new Error(JSON.stringify(problems));
    const { config } = loaded;
    const clock = createStationClock(system);
    const store = openStore({ directory, clock, log, site: config.site.id });
    const kill = async () => {
      // What is shown is shown in the next turn.
      await setImmediate();
      store.close();
    };
    onTestFinished(kill);
    const businessDate = businessDay(config.site.zone, config.site.businessDayStart);
    const clockGuard = createClockGuard({
      system,
      boot: { id: boot, upMs: () => passed },
      clock,
      store,
      site: config.site.id,
      businessDate,
      log,
      things: () => ({ settle() {}, store() {}, move() {} }),
    });
    const context: StationContext = {
      site: config.site.id,
      currency: config.site.currency,
      currencyDecimals: config.site.currencyDecimals,
      store,
      clock,
      clockGuard,
      log,
      businessDate,
      policy: config.matching,
      corrections: config.corrections,
      checks: config.checks,
      program: loaded.program,
      members: createMemberBook(loaded.members, 'test'),
      board: createBoard(),
      tally: createTally(store, clock.now()),
    };
    const feed = { start() {}, wake() {}, state() {}, report: () => null, stop: async () => {} };
    const points = createFuellingPoints(context, loaded, { push() {}, feed });
    const read = (id: string, ms: number, reading: object) => {
      passed += ms;
      return points.reading(id, { ...reading, at: clock.now(), mono: clock.mono() } as DispenserReading);
    };
    const self = {
      store,
      points,
      live: (id: string, state: DispenserState, volume: number) =>
        read(id, 100, {
          kind: 'live',
          state,
          hose: null,
          volume: millilitres(volume),
          amount: amountOf(volume),
          price: unitPrice(price),
        }),
      totals: (id: string, ...volumes: number[]) =>
        read(id, 20, {
          kind: 'totals',
          hoses: volumes.map((volume, n) => ({ hose: n + 1, volume: millilitres(volume), amount: null })),
        }),
      record: (id: string, number: number, volume: number) =>
        read(id, 20, {
          kind: 'last-sale',
          number,
          hose: null,
          volume: millilitres(volume),
          amount: amountOf(volume),
          price: unitPrice(price),
          endCode: null,
        }),
      lost: (id: string) => read(id, 0, { kind: 'lost', reason: 'silent' }),
      /** At rest with these totals, everything accounted for. */
      rest(id: string, total: number, number = 7, volume = 12_340) {
        self.live(id, 'idle', volume);
        self.totals(id, total);
        self.record(id, number, volume);
        for (let n = 0; n < 5; n++) {
          passed += 1_000;
          self.live(id, 'idle', volume);
          self.totals(id, total);
          self.record(id, number, volume);
        }
      },
      /** A fuelling seen from lift to end, and concluded. */
      sell(id: string, before: number, volume: number, number: number) {
        self.live(id, 'calling', 12_340);
        self.live(id, 'fuelling', 0);
        self.live(id, 'fuelling', volume);
        self.live(id, 'completed', volume);
        self.totals(id, before + volume);
        self.record(id, number, volume);
        self.live(id, 'idle', volume);
      },
      sales: () => store.sales.recent({ limit: 100 }).reverse(),
      alarms: () => points.alarms().map(({ alarm, fuellingPoint }) => `${fuellingPoint} ${alarm}`),
      journalled: <T extends EventType>(type: T) => journalled(store, type),
      kill,
    };
    return self;
  }

  return {
    log,
    start,
    database: join(directory, 'forecourt.db'),
    wait: (ms: number) => {
      passed += ms;
    },
    /** The machine was off for so long. */
    reboot: (ms: number) => {
      passed += ms;
      boot = `${boot}+`;
    },
  };
}

function journalled<T extends EventType>(store: Store, type: T): EventData<T>[] {
  return store.feed
    .read('business', 0, 10_000)
    .flatMap((row) => (row.type === type ? [JSON.parse(row.data) as EventData<T>] : []));
}
