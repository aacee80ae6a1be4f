import { describe, expect, it } from 'vitest';
import { type Instant, instant, monoMs } from '../../../src/model/units.ts';
import { businessDay, rfc3339 } from '../../../src/station/businessDay.ts';
import { createClockGuard, type Movable } from '../../../src/station/clock/clockGuard.ts';
import { begin, judge, releasedAt } from '../../../src/station/clock/judge.ts';
import { createStationClock } from '../../../src/station/clock/stationClock.ts';
import type { Store } from '../../../src/store/store.ts';
import { aClaim, aSale, recordingLog, recordSale, startedAt, tempStore } from '../../support/tempStore.ts';

const s = 1_000;
const min = 60 * s;
const h = 60 * min;
const day = 24 * h;

/** A machine whose clocks a test holds: `passes` is time, `sets` is somebody at the clock. */
function machine(wall = startedAt, bootId: string | null = 'boot-1') {
  let at = wall;
  let mono = 0;
  let up = 5 * h;
  return {
    system: { now: () => instant(at), mono: () => monoMs(mono) },
    boot: { id: bootId, upMs: () => up },
    passes(ms: number) {
      at += ms;
      mono += ms;
      up += ms;
    },
    sets(deltaMs: number) {
      at += deltaMs;
    },
    /** All but the monotonic clock of the process go on. */
    sleeps(ms: number) {
      at += ms;
      up += ms;
    },
  };
}
type Machine = ReturnType<typeof machine>;

const nothing: Movable = { settle() {}, store() {}, move() {} };

function guardOf(computer: Machine, store: Store, things: Movable = nothing) {
  const clock = createStationClock(computer.system);
  const log = recordingLog();
  const guard = createClockGuard({
    ...{ system: computer.system, boot: computer.boot, clock, store, log },
    site: 'test-1',
    businessDate: businessDay('Asia/Shanghai', '00:00'),
    things: () => things,
  });
  /** As the ticker does, once a second. */
  const runs = (ms: number): void => {
    for (let left = ms; left > 0; left -= s) {
      computer.passes(Math.min(s, left));
      guard.look();
    }
  };
  return { clock, guard, log, runs };
}

const told = (store: Store, type: string) =>
  store.feed.read('business', 0, 1000).flatMap((row) => (row.type === type ? [JSON.parse(row.data)] : []));
const startAt = (store: Store, at: number): void => {
  store.transaction(() =>
    store.journal.append('station.stopped', 'test-1', instant(at), '2026-11-22', { reason: 'test' }),
  );
};

describe('the station’s clock', () => {
  it('runs by the monotonic clock, whatever the system’s is set to', () => {
    const computer = machine();
    const clock = createStationClock(computer.system);
    computer.sets(-h);
    computer.passes(1_500);
    expect(clock.now()).toBe(startedAt + 1_500);
    computer.sets(20 * day);
    expect(clock.now()).toBe(startedAt + 1_500);
  });

  it('is slewed without ever going back for those who ask', () => {
    const computer = machine();
    const clock = createStationClock(computer.system);
    clock.slew(-20);
    expect(clock.now()).toBe(startedAt - 20);
    computer.passes(10);
    clock.slew(-20);
    expect(clock.now()).toBe(startedAt - 20);
    computer.passes(30);
    expect(clock.now()).toBe(startedAt);
  });

  it('goes back when it is set', () => {
    const computer = machine();
    const clock = createStationClock(computer.system);
    clock.now();
    clock.set(instant(startedAt - h));
    computer.passes(1);
    expect(clock.now()).toBe(startedAt - h + 1);
  });
});

describe('the judge of two clocks', () => {
  const own = startedAt;
  const seen = (deltaMs: number, synchronised = true, steadyMs = 0) =>
    judge({ own, wall: own + deltaMs, synchronised, steadyMs });

  it.each([
    [0, { kind: 'keep' }],
    [20, { kind: 'keep' }],
    [21, { kind: 'slew', ms: 20 }],
    [-1_999, { kind: 'slew', ms: -20 }],
    [2_000, { kind: 'step', deltaMs: 2_000, reason: 'stepped' }],
    [-h, { kind: 'step', deltaMs: -h, reason: 'stepped' }],
    [20 * 365 * day, { kind: 'step', deltaMs: 20 * 365 * day, reason: 'stepped' }],
    [60 * 365 * day, { kind: 'distrust', reason: 'implausible' }],
    [-own, { kind: 'distrust', reason: 'implausible' }],
  ])('%i ms apart while the date is known', (deltaMs, verdict) => {
    expect(seen(deltaMs)).toEqual(verdict);
  });

  it.each([
    [-own, 0, { kind: 'keep' }],
    [0, 0, { kind: 'step', deltaMs: 0, reason: 'synchronised' }],
    [-1_999, 0, { kind: 'step', deltaMs: -1_999, reason: 'synchronised' }],
    [5 * day, 0, { kind: 'step', deltaMs: 5 * day, reason: 'synchronised' }],
    [-h, 15 * min - 1, { kind: 'keep' }],
    [-h, 15 * min, { kind: 'step', deltaMs: -h, reason: 'settled' }],
    [-own, day, { kind: 'keep' }],
  ])('%i ms apart for %i ms while it is not', (deltaMs, steadyMs, verdict) => {
    expect(seen(deltaMs, false, steadyMs)).toEqual(verdict);
  });

  it.each([
    ['an empty store', startedAt, null, startedAt, null],
    ['later than the books', startedAt, startedAt - day, startedAt, null],
    ['a little before the books', startedAt, startedAt + 1_999, startedAt, null],
    ['before the books', startedAt, startedAt + 2_000, startedAt + 2_000, 'before-books'],
    ['a dead battery', 0, startedAt, startedAt, 'implausible'],
    ['a dead battery on the first day', 0, null, releasedAt, 'implausible'],
    ['books from before the release', 0, 0, releasedAt, 'implausible'],
  ])('after a boot: %s', (_, wall, known, at, distrust) => {
    expect(begin(wall, known)).toEqual({ at, distrust });
  });
});

describe('the guard of the clock', () => {
  it.each([-h, h, -20 * day, 3_650 * day])(
    'takes a step of %i ms at once, tells it, and moves what waits',
    (delta) => {
      const computer = machine();
      const store = tempStore();
      const moves: [string, number][] = [];
      const { clock, guard, runs } = guardOf(computer, store, {
        settle: () => void moves.push(['settle', 0]),
        store: (ms) => void moves.push(['store', ms]),
        move: (ms) => void moves.push(['move', ms]),
      });
      runs(10 * s);
      computer.sets(delta);
      guard.look();
      expect(clock.now()).toBe(startedAt + 10 * s + delta);
      expect(moves).toEqual([
        ['settle', 0],
        ['store', delta],
        ['move', delta],
      ]);
      const from = rfc3339(instant(startedAt + 10 * s));
      const to = rfc3339(clock.now());
      expect(told(store, 'clock.stepped')).toEqual([{ from, to, deltaMs: delta, reason: 'stepped' }]);
      expect(guard.report()).toEqual({
        synchronised: true,
        lastStep: { at: to, deltaMs: delta, reason: 'stepped' },
      });
      runs(10 * s);
      expect(told(store, 'clock.stepped')).toHaveLength(1);
    },
  );

  it('follows a small difference by and by, and tells nothing', () => {
    const computer = machine();
    const store = tempStore();
    const { clock, runs } = guardOf(computer, store);
    computer.sets(-1_500);
    let before = clock.now();
    for (let n = 0; n < 80; n++) {
      runs(s);
      expect(clock.now()).toBeGreaterThan(before);
      before = clock.now();
    }
    expect(Math.abs(clock.now() - computer.system.now())).toBeLessThanOrEqual(20);
    expect(told(store, 'clock.stepped')).toEqual([]);
  });

  it('moves open claims with a step, and leaves what was recorded', () => {
    const computer = machine();
    const store = tempStore();
    const { clock, guard } = guardOf(computer, store);
    store.claims.put(aClaim({ at: instant(startedAt - min) }));
    // Too old for any window now; a clock that goes back must not bring it back.
    store.claims.put(aClaim({ id: 'old', at: instant(startedAt - 5 * h) }));
    const open = () =>
      store.claims.open(instant(clock.now() - 3 * h)).map(({ id, at }) => [id, clock.now() - at]);
    for (const delta of [-6 * h, 4 * h, -day, 10 * day]) {
      computer.sets(delta);
      guard.look();
      expect(open()).toEqual([['claim-1', min]]);
    }
    expect(store.claims.get('claim-1')?.at).toBe(startedAt - min);
  });

  it('changes nothing when a step cannot be recorded, and tries again', () => {
    const computer = machine();
    const store = tempStore();
    let full = true;
    const { clock, guard, runs } = guardOf(computer, store, {
      ...nothing,
      store() {
        if (full) throw new Error('disk full');
      },
    });
    store.claims.put(aClaim());
    computer.sets(-h);
    expect(() => guard.look()).toThrow('disk full');
    expect(clock.now()).toBe(startedAt);
    expect(store.claims.open(instant(0))[0]?.at).toBe(aClaim().at);
    expect(guard.report().lastStep).toBeNull();
    full = false;
    runs(s);
    expect(clock.now()).toBe(startedAt - h + s);
    expect(told(store, 'clock.stepped')).toHaveLength(1);
  });

  it('takes a suspension for time that has passed', () => {
    const computer = machine();
    const store = tempStore();
    const { clock, guard } = guardOf(computer, store);
    store.claims.put(aClaim({ at: instant(startedAt) }));
    computer.sleeps(2 * h);
    guard.look();
    expect(clock.now()).toBe(startedAt + 2 * h);
    expect(clock.mono()).toBe(2 * h);
    expect(told(store, 'clock.stepped')).toEqual([]);
    expect(store.claims.open(instant(0))[0]?.at).toBe(startedAt);
  });

  it('prunes nothing for a day after the clock went far, nor while the date is not known', () => {
    const computer = machine();
    const { guard, runs } = guardOf(computer, tempStore());
    runs(s);
    expect(guard.mayPrune()).toBe(true);
    computer.sets(10 * s);
    runs(s);
    expect(guard.mayPrune()).toBe(true);
    computer.sets(3_650 * day);
    runs(s);
    expect(guard.mayPrune()).toBe(false);
    computer.passes(day - 2 * s);
    guard.look();
    expect(guard.mayPrune()).toBe(false);
    runs(3 * s);
    expect(guard.mayPrune()).toBe(true);
    computer.sets(-5_000 * 365 * day);
    guard.look();
    expect(guard.mayPrune()).toBe(false);
  });

  it('prunes nothing at first when the books were long silent: the clock may have been set while the machine was off', () => {
    const store = tempStore();
    startAt(store, startedAt - 31 * day);
    expect(guardOf(machine(), store).guard.mayPrune()).toBe(false);
    const other = tempStore();
    startAt(other, startedAt - 29 * day);
    expect(guardOf(machine(), other).guard.mayPrune()).toBe(true);
  });

  describe('at a start after a boot with a dead clock battery', () => {
    const dead = () => {
      const store = tempStore();
      startAt(store, startedAt);
      store.claims.put(aClaim({ at: instant(startedAt - min) }));
      recordSale(store, aSale());
      const computer = machine(Date.UTC(1970, 0, 1), 'boot-2');
      return { store, computer, ...guardOf(computer, store) };
    };

    it('goes on from the newest time in the books, tells that it does, and trusts no claim of before', () => {
      const { store, clock, guard, log } = dead();
      guard.look();
      expect(clock.now()).toBe(startedAt);
      expect(guard.report().synchronised).toBe(false);
      expect(told(store, 'clock.not-synchronised')).toEqual([
        { at: rfc3339(instant(startedAt)), systemClock: '1970-01-01T00:00:00.000Z', reason: 'implausible' },
      ]);
      expect(log.lines.map(({ level }) => level)).toEqual(['error']);
      expect(store.claims.open(instant(startedAt - 3 * h))).toEqual([]);
      // Nor is a sale of before one that a driver of now may have made.
      expect(guard.movedSince(1)).toBeNull();
      expect(guard.movedSince(2)).toBe(0);
      expect(guard.isUnplaced(instant(startedAt))).toBe(true);
      expect(guard.isUnplaced(instant(startedAt + 1))).toBe(false);
    });

    it('takes the first time that can be, and what was read meanwhile goes along', () => {
      const { store, computer, clock, guard, runs } = dead();
      runs(20 * min);
      store.claims.put(aClaim({ id: 'new', at: clock.now() }));
      runs(10 * s);
      computer.sets(startedAt + 5 * h - computer.system.now());
      guard.look();
      expect(clock.now()).toBe(startedAt + 5 * h);
      expect(guard.report()).toMatchObject({ synchronised: true, lastStep: { reason: 'synchronised' } });
      expect(store.claims.open(instant(clock.now() - h)).map(({ id, at }) => [id, clock.now() - at])).toEqual(
        [['new', 10 * s]],
      );
      expect(guard.isUnplaced(instant(startedAt + 5 * h - 25 * min))).toBe(true);
    });
  });

  it('believes a clock behind the books only when it has run on for a quarter of an hour', () => {
    const store = tempStore();
    startAt(store, startedAt + h);
    const { clock, guard, runs } = guardOf(machine(), store);
    runs(14 * min);
    expect(guard.report().synchronised).toBe(false);
    expect(clock.now()).toBe(startedAt + h + 14 * min);
    runs(2 * min);
    expect(guard.report()).toMatchObject({
      synchronised: true,
      lastStep: { deltaMs: -h, reason: 'settled' },
    });
    expect(clock.now()).toBe(startedAt + 16 * min);
  });

  it('knows over a restart in the same boot what has passed, and takes a step that was made meanwhile', () => {
    const computer = machine();
    const store = tempStore();
    const first = guardOf(computer, store);
    first.runs(s);
    store.claims.put(aClaim({ at: first.clock.now() }));
    const sale = recordSale(store, aSale()) ?? 0;
    first.guard.stop();
    computer.passes(30 * s);
    computer.sets(-h);
    const second = guardOf({ ...computer, system: { ...computer.system, mono: () => monoMs(7) } }, store);
    expect(second.clock.now()).toBe(startedAt + 31 * s);
    second.guard.look();
    expect(second.clock.now()).toBe(startedAt + 31 * s - h);
    expect(told(store, 'clock.stepped')).toMatchObject([{ deltaMs: -h, reason: 'while-stopped' }]);
    expect(store.claims.open(instant(0))[0]?.at).toBe(second.clock.now() - 30 * s);
    expect(second.guard.movedSince(sale)).toBe(-h);
    expect(second.guard.movedSince(sale + 1)).toBe(0);
    // And again after the next restart, until the sale is too old to matter.
    const third = guardOf(computer, store);
    expect(third.guard.movedSince(sale)).toBe(-h);
    third.runs(s);
    computer.passes(2 * h);
    computer.sets(h);
    third.guard.look();
    expect(third.guard.movedSince(sale)).toBeNull();
    expect(third.guard.movedSince(sale + 1)).toBe(0);
  });

  it('trusts the clock after another boot when it tells a time that can be', () => {
    const store = tempStore();
    startAt(store, startedAt - h);
    store.claims.put(aClaim({ at: instant(startedAt - h) }));
    const { clock, guard } = guardOf(machine(startedAt, 'boot-2'), store);
    guard.look();
    expect(clock.now()).toBe(startedAt);
    expect(guard.report()).toEqual({ synchronised: true, lastStep: null });
    expect(store.claims.open(instant(0))[0]?.at).toBe(startedAt - h);
  });

  it('does not lean on what another program may have left', () => {
    for (const left of [
      7,
      'x',
      {},
      { bootId: 'boot-1', upMs: 1.5, at: 0, synchronised: true, pruneFrom: 0, steps: [] },
    ]) {
      const store = tempStore();
      store.notes.put('clock', left);
      expect(guardOf(machine(), store).clock.now()).toBe(startedAt as Instant);
    }
  });
});
