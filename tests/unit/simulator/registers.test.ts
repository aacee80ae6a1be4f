import { describe, expect, it } from 'vitest';
import {
  imageOf,
  type RegisterImage,
  type RegisterMap,
  registerKey,
} from '../../../src/core/registers/image.ts';
import { dispenserDecoder } from '../../../src/core/registers/profileReadings.ts';
import type { ReadingGroup } from '../../../src/model/readings.ts';
import { instant, monoMs } from '../../../src/model/units.ts';
import { ordinaryBehaviour } from '../../../src/simulator/behaviour.ts';
import { planFlow } from '../../../src/simulator/physics/flow.ts';
import { installDispenser } from '../../../src/simulator/physics/install.ts';
import { seededRandom } from '../../../src/simulator/physics/random.ts';
import { dispenserBank } from '../../../src/simulator/registers.ts';
import { dispenserProfile, shippedDispensers } from '../../support/profiles.ts';
import { virtualTime } from '../../support/virtualTime.ts';
import { station } from './support.ts';

function deviceOf(name: string, changes: { strictMap?: boolean; alive?: boolean; writes?: boolean } = {}) {
  const { strictMap = false, alive = true, writes = true } = changes;
  const time = virtualTime();
  const profile = dispenserProfile(name);
  const config = { id: 'd', profile: name, line: 'L', unit: 1, writes };
  const installation = {
    station,
    behaviour: ordinaryBehaviour,
    random: seededRandom(4),
    scheduler: time.scheduler,
    remembered: () => null,
  };
  const dispenser = installDispenser(config, profile, installation);
  let acknowledged = 0;
  const bank = dispenserBank(dispenser, {
    currencyDecimals: 2,
    strictMap,
    nowMs: time.scheduler.now,
    alive,
    acknowledged: () => acknowledged++,
  });
  const point = dispenser.points.get(1);
  if (point === undefined) throw new Error('no point');
  function reading(group: ReadingGroup, number = 1) {
    const decoder = dispenserDecoder(profile, number, 2);
    const map: RegisterMap = new Map();
    for (const { table, address, count } of decoder.ranges(group)) {
      const values = bank.read(table, address, count);
      if (typeof values === 'string') throw new Error(values);
      for (const [n, value] of values.entries()) map.set(registerKey(table, address + n), value);
    }
    const image: RegisterImage = imageOf(map);
    const decoded = decoder.decode(group, image, { at: instant(0), mono: monoMs(0) });
    if (decoded.kind !== 'reading') throw new Error(`${decoded.field}: ${decoded.reason}`);
    expect(decoded.rounded).toEqual([]);
    return decoded.reading;
  }
  function sell(): void {
    point?.lift(1);
    point?.authorise();
    point?.start(planFlow(12_340, 40_000), time.scheduler.now());
    time.advance(60_000);
    point?.hangUp(time.scheduler.now());
  }
  return { ...time, bank, point, dispenser, profile, reading, sell, acknowledged: () => acknowledged };
}

describe.each(shippedDispensers.map(({ profile }) => profile))('registers of a %s', (name) => {
  it('say what the dispenser says, in every group it has', () => {
    const device = deviceOf(name, { writes: false });
    device.sell();
    const { lastSale } = device.point;
    const now = device.scheduler.now();
    expect(device.reading('live')).toMatchObject({ state: 'idle', volume: 12_340, amount: lastSale.amount });
    expect(device.reading('last-sale')).toMatchObject({
      volume: 12_340,
      amount: lastSale.amount,
      number: lastSale.number,
    });
    const totals = device.point.hoses.map((hose) => ({
      hose: hose.number,
      volume: device.point.totals(hose, now).volume,
    }));
    expect(device.reading('totals')).toMatchObject({ hoses: totals });
    const prices = device.point.hoses.map(({ number, price }) => ({ hose: number, price }));
    expect(device.reading('price')).toMatchObject({ hoses: prices });
  });

  it('follow a fuelling', () => {
    const device = deviceOf(name);
    device.point.lift(1);
    expect(device.reading('live')).toMatchObject({ state: 'calling', volume: 0 });
    device.point.authorise();
    expect(device.reading('live')).toMatchObject({ state: 'authorised' });
    device.point.start(planFlow(12_340, 40_000), device.scheduler.now());
    device.advance(9_000);
    const { volume, amount } = device.point.display(device.scheduler.now());
    expect(volume).toBeGreaterThan(1_000);
    expect(device.reading('live')).toMatchObject({ state: 'fuelling', volume, amount });
  });
});

describe('the register map', () => {
  it('ends where the map ends, and reads zero in its holes', () => {
    const { bank } = deviceOf('compac-c5000');
    expect(bank.read('holding', 99, 2)).toBe('illegal-address');
    expect(bank.read('holding', 201, 2)).toBe('illegal-address');
    expect(bank.read('input', 100, 1)).toBe('illegal-address');
    expect(bank.read('holding', 112, 2)).toEqual([0, 0]);
    expect(bank.hasHoles('holding', 104, 3)).toBe(true);
    expect(bank.hasHoles('holding', 100, 6)).toBe(false);
  });

  it('has no holes where it is strict', () => {
    const { bank } = deviceOf('compac-c5000', { strictMap: true });
    expect(bank.read('holding', 104, 3)).toBe('illegal-address');
    expect(bank.read('holding', 104, 2)).toHaveLength(2);
  });

  it('keeps the points of one unit apart', () => {
    const { bank, reading, sell, dispenser } = deviceOf('generic-be32', { writes: false });
    sell();
    expect(reading('last-sale', 2)).toMatchObject({ volume: dispenser.points.get(2)?.lastSale.volume });
    expect(reading('last-sale', 1)).toMatchObject({ volume: 12_340 });
    expect(bank.read('holding', 0, 64)).toHaveLength(64);
  });

  it('releases a held sale by its number only', () => {
    const { bank, point, sell, acknowledged, reading } = deviceOf('generic-be32');
    sell();
    const number = point.lastSale.number ?? 0;
    expect(reading('live')).toMatchObject({ state: 'completed' });
    expect(bank.write('holding', 24, [number + 1])).toBe('illegal-value');
    expect(bank.write('holding', 25, [number])).toBe('illegal-address');
    expect(bank.write('coil', 24, [1])).toBe('illegal-address');
    expect(point.free).toBe(false);
    expect(bank.write('holding', 24, [number])).toBeNull();
    expect(point.free).toBe(true);
    expect(bank.write('holding', 24, [number])).toBeNull();
    expect(acknowledged()).toBe(1);
  });

  it('is not there while the dispenser is dead or starts again', () => {
    expect(deviceOf('compac-c5000', { alive: false }).bank.powered()).toBe(false);
    const { bank, dispenser, advance } = deviceOf('compac-c5000');
    expect(bank.powered()).toBe(true);
    dispenser.reboot(5_000);
    expect(bank.powered()).toBe(false);
    advance(5_000);
    expect(bank.powered()).toBe(true);
  });
});
