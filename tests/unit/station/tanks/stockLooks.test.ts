import { describe, expect, it } from 'vitest';
import type { TankLevel } from '../../../../src/core/tanks/level.ts';
import { tankSchema } from '../../../../src/model/config/tanks.ts';
import { instant, millilitres, monoMs } from '../../../../src/model/units.ts';
import { createStockLooks } from '../../../../src/station/tanks/stockLooks.ts';
import { startedAt } from '../../../support/tempStore.ts';

const minute = 60_000;
const gauged = (id: string, tank: number) =>
  tankSchema.parse({ id, grade: '92', manifold: 'M', gauge: { gauge: 'G1', tank } });

function manifold() {
  const tanks = [gauged('T1', 1), gauged('T2', 2)];
  const stock = { id: 'M', grade: '92', tanks, nozzles: [] };
  const levels = new Map<string, TankLevel>();
  const out = { dispensed: millilitres(0), active: false, blind: false };
  const clock = { now: () => instant(startedAt), mono: () => monoMs(passed) };
  let passed = 0;
  const looks = createStockLooks(
    { clock },
    { stocks: [stock], stockOf: new Map(tanks.map(({ id }) => [id, stock])) },
    { of: (tank) => levels.get(tank) ?? null, staleMs: () => 10 * minute },
    { take: () => ({ ...out }) },
  );
  return {
    looks,
    out,
    /** The gauge tells a tank's level at a minute; what comes of it. */
    read(tank: string, at: number, volume: number) {
      passed = at * minute;
      levels.set(tank, {
        ...{ at: instant(startedAt + passed), mono: monoMs(passed), source: 'live', quality: 'good' },
        ...{ reason: '', volume: millilitres(volume), volumeFrom: 'gauge', volumeAt15: null, ullage: null },
        ...{ height: null, water: null, waterVolume: null, temperature: null, deliveryInProgress: null },
        ...{ leakTestInProgress: null, gaugeClock: null },
      });
      return looks.completedBy(tank)?.sample ?? null;
    },
  };
}

describe('looks at a stock', () => {
  it('the last tank of a manifold completes one, with a nozzle that was used at any time since the one before', () => {
    const { looks, out, read } = manifold();
    expect(read('T2', 0, 2_000)).toBeNull();
    expect(read('T1', 0, 1_000)).toBeNull();
    expect(read('T2', 1, 2_000)).toMatchObject({ volume: 3_000, active: false });
    expect(looks.newest('M')?.volume).toBe(3_000);
    // The same moment is no second look, and does not use up that a nozzle was used.
    out.active = true;
    expect(looks.completedBy('T2')).toBeNull();
    out.active = false;
    expect(read('T2', 2, 1_900)).toMatchObject({ volume: 2_900, active: true });
    expect(looks.completedBy('T9')).toBeNull();
    expect(looks.newest('T9')).toBeNull();
  });

  it('none while a dispenser is silent, nor just after; one that is silent for long is out of use', () => {
    const { out, read } = manifold();
    const pair = (at: number) => {
      read('T1', at, 1_000);
      return read('T2', at, 2_000) !== null;
    };
    expect(pair(0)).toBe(true);
    out.blind = true;
    expect([pair(1), pair(10), pair(15.9), pair(16)]).toEqual([false, false, false, true]);
    out.blind = false;
    expect([pair(17), pair(17.4), pair(17.5)]).toEqual([false, false, true]);
  });
});
