import { describe, expect, it } from 'vitest';
import { modulusOf } from '../../../src/simulator/physics/measure.ts';
import { forecourtInVirtualTime, profiles, station } from './support.ts';

const deviceOf = (fuellingPoint: string): string =>
  station.fuellingPoints.find(({ id }) => id === fuellingPoint)?.device ?? '';

describe('the forecourt in virtual time', () => {
  it('gives the same sales for the same seed and others for another', () => {
    const [first, again, other] = [1, 1, 2].map((seed) => {
      const run = forecourtInVirtualTime({ seed });
      run.runToTheEnd();
      return run.forecourt.dispensed;
    });
    expect(first).toHaveLength(60);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it.each(['live', 'at-end'] as const)('sums to its totalizers (%s)', (totalizers) => {
    const run = forecourtInVirtualTime({ behaviour: { totalizers } });
    run.runToTheEnd();
    for (const { fuellingPoint, nozzle, volumeMl, amount } of run.forecourt.totals()) {
      const sales = run.heard.filter(
        (sale) => sale.fuellingPoint === fuellingPoint && sale.nozzle === nozzle,
      );
      expect(sales.length).toBeGreaterThan(0);
      expect(volumeMl).toBe(sales.reduce((sum, sale) => sum + sale.volume, 0));
      expect(amount).toBe(sales.reduce((sum, sale) => sum + sale.amount, 0));
    }
  });

  it('never has two cars at one point, and each sale begins where the last ended', () => {
    const run = forecourtInVirtualTime();
    run.runToTheEnd();
    for (const { id, nozzles } of station.fuellingPoints) {
      const sales = run.heard.filter((sale) => sale.fuellingPoint === id);
      for (const [n, sale] of sales.slice(1).entries())
        expect(sale.startedAt).toBeGreaterThan(sales[n]?.endedAt ?? 0);
      for (const nozzle of nozzles) {
        const own = sales.filter((sale) => sale.nozzle === nozzle.id);
        for (const [n, sale] of own.slice(1).entries())
          expect(sale.totalizerStart).toBe(own[n]?.totalizerEnd);
      }
    }
  });

  it('numbers sales as the device does, wrapping after the last number', () => {
    const run = forecourtInVirtualTime({ behaviour: { totalizerStart: 'near-rollover' } });
    run.runToTheEnd();
    const numbers = run.heard
      .filter(({ fuellingPoint }) => fuellingPoint === 'FP4')
      .map((sale) => sale.saleNumber);
    expect(numbers.slice(0, 4)).toEqual([9998, 9999, 1, 2]);
    expect(run.heard.find(({ fuellingPoint }) => fuellingPoint === 'FP1')?.saleNumber).toBeNull();
  });

  it('rolls every totalizer over when it starts near its end', () => {
    const run = forecourtInVirtualTime({ behaviour: { totalizerStart: 'near-rollover' } });
    run.runToTheEnd();
    const rolled = run.heard.filter((sale) => sale.totalizerEnd < sale.totalizerStart);
    expect(new Set(rolled.map(({ nozzle }) => nozzle))).toEqual(new Set(['1', '2', '3', '4', '5', '6']));
    for (const sale of rolled) {
      const profile = profiles.get(deviceOf(sale.fuellingPoint));
      if (profile === undefined) throw new Error('no profile');
      const { volume } = modulusOf(profile, 2);
      expect((sale.totalizerEnd - sale.totalizerStart + volume) % volume).toBe(sale.volume);
    }
  });

  it('serves nobody further until a held sale is acknowledged', () => {
    const run = forecourtInVirtualTime({ behaviour: { zeroLiftShare: 0 }, maxSales: 10_000 });
    run.forecourt.open();
    run.advance(2 * 3_600_000);
    const count = (id: string) => run.heard.filter(({ fuellingPoint }) => fuellingPoint === id).length;
    expect(count('FP2')).toBe(1);
    expect(count('FP4')).toBeGreaterThan(2);
    run.acknowledgeNowAndThen();
    run.advance(600_000);
    expect(count('FP2')).toBeGreaterThan(1);
  });

  it('scans when it says it does', () => {
    const run = forecourtInVirtualTime({ maxSales: 120 });
    run.runToTheEnd();
    const start = Number(run.clock.now()) - run.scheduler.now();
    const moments = { before: 0, during: 0, after: 0, never: 0 };
    for (const { card, startedAt, endedAt } of run.heard) {
      if (card === null) continue;
      moments[card.when]++;
      const near = run.scans.filter(
        ({ reader, card: { number }, atMs }) =>
          reader === card.reader &&
          number === card.number &&
          start + atMs > startedAt - 27_000 &&
          start + atMs < endedAt + 6_100,
      );
      const at = near.map(({ atMs }) => start + atMs);
      if (card.when === 'never') expect(at).toEqual([]);
      else expect(at).toHaveLength(1);
      const [only = 0] = at;
      if (card.when === 'before') expect(only).toBeLessThan(startedAt);
      if (card.when === 'during') expect(only > startedAt && only < endedAt).toBe(true);
      if (card.when === 'after') expect(only).toBeGreaterThan(endedAt);
    }
    expect(moments.before).toBeGreaterThan(moments.during + moments.after);
    expect(Math.min(...Object.values(moments))).toBeGreaterThan(0);
  });

  it('M3: a card goes with its vehicle: its grade where the point has it, and no more than its tank', () => {
    const run = forecourtInVirtualTime();
    run.runToTheEnd();
    const atBoth = run.heard.filter(({ fuellingPoint, card }) => fuellingPoint === 'FP5' && card !== null);
    expect(atBoth.length).toBeGreaterThan(3);
    for (const { grade, card, volume } of atBoth) {
      expect(grade).toBe(Number(card?.member.slice(1)) % 2 === 0 ? '92' : 'diesel');
      expect(volume).toBeLessThanOrEqual(45_000);
    }
  });

  it('loses nothing to reboots in mid-fill: what had run is a sale', () => {
    const run = forecourtInVirtualTime({ maxSales: 100, faults: { rates: { reboot: 0.3 } } });
    run.runToTheEnd();
    const cut = run.heard.filter(({ endedBy }) => endedBy === 'reboot');
    expect(cut.length).toBeGreaterThan(10);
    expect(run.tally.faultsInjected.reboot).toBeGreaterThan(10);
    const total = run.forecourt.totals().reduce((sum, { volumeMl }) => sum + volumeMl, 0);
    expect(total).toBe(run.heard.reduce((sum, { volume }) => sum + volume, 0));
    expect(run.heard).toHaveLength(100);
    expect(run.heard.every(({ volume }) => volume > 0)).toBe(true);
  });

  it('is done when the last car has left', async () => {
    const run = forecourtInVirtualTime({ maxSales: 5 });
    run.runToTheEnd();
    await expect(run.forecourt.done).resolves.toBeUndefined();
    expect(run.heard.map(({ n }) => n)).toEqual([1, 2, 3, 4, 5]);
  });

  it('is done soon after no more cars are to come', async () => {
    const run = forecourtInVirtualTime({ maxSales: 1_000 });
    run.forecourt.open();
    run.acknowledgeNowAndThen();
    run.runUntil(() => run.heard.length === 20);
    run.forecourt.noMoreCars();
    run.advance(600_000);
    await expect(run.forecourt.done).resolves.toBeUndefined();
    expect(run.heard.length).toBeLessThan(20 + station.fuellingPoints.length + 1);
  });

  it('says when a card was read before the hang-up', () => {
    const run = forecourtInVirtualTime({ behaviour: { scan: { before: 1, during: 1, after: 0, never: 1 } } });
    run.runToTheEnd();
    for (const { card, startedAt, endedAt } of run.heard) {
      if (card === null || card.when === 'never') expect(card?.scannedAt ?? null).toBeNull();
      else if (card.when === 'before') expect(Number(card.scannedAt)).toBeLessThan(startedAt);
      else expect(Number(card.scannedAt)).toBeLessThan(endedAt);
    }
    const told = run.heard.filter(({ card }) => card?.scannedAt != null).length;
    expect(told).toBeGreaterThan(10);
    expect(told).toBe(run.scans.length);
  });

  it('sends no car to a dead dispenser', () => {
    const run = forecourtInVirtualTime({ faults: { deadDevices: ['held'] } });
    run.runToTheEnd();
    expect(new Set(run.heard.map(({ fuellingPoint }) => fuellingPoint))).toEqual(
      new Set(['FP1', 'FP4', 'FP5']),
    );
  });
});
