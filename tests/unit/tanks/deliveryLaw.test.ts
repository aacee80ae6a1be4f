/** Whatever happens around them, the deliveries that are booked sum to what came in, each once. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { DeliveryInput } from '../../../src/core/tanks/delivery/types.ts';
import { drive, minutes, report, spec, world } from './tankWorld.ts';

const using = { ...spec, reportWaitMs: 20 * 60_000 };

const worlds = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  sales: fc.integer({ min: 0, max: 60 }),
  stepS: fc.constantFrom(20, 60),
  /** Hours between deliveries and their litres. */
  drops: fc.array(
    fc.record({
      after: fc.integer({ min: 90, max: 400 }),
      litres: fc.integer({ min: 600, max: 9_000 }),
      litresPerMinute: fc.integer({ min: 200, max: 1_200 }),
      /** Minutes after the end at which the gauge tells it; null: never. */
      told: fc.option(fc.integer({ min: 2, max: 300 })),
      again: fc.boolean(),
    }),
    { maxLength: 4 },
  ),
  restarts: fc.integer({ min: 1, max: 40 }),
  gap: fc.option(
    fc.record({ from: fc.integer({ min: 40, max: 1_500 }), length: fc.integer({ min: 16, max: 200 }) }),
  ),
  repeats: fc.boolean(),
});

it('M173: booked deliveries sum to the truth, whatever restarts, gaps, repetitions and late reports there are', () => {
  fc.assert(
    fc.property(worlds, ({ seed, sales, stepS, drops, restarts, gap, repeats }) => {
      let clock = 0;
      const times = drops.map((drop) => {
        const at = clock + drop.after;
        clock = at + drop.litres / drop.litresPerMinute;
        return { ...drop, at, end: clock };
      });
      const until = clock + 400;
      const samples = [...world(until, { seed, drops: times, sales: () => sales, start: 9_000, stepS })];
      const volumeAt = (minute: number): number =>
        9_000 -
        sales * minute +
        times.reduce(
          (sum, { at, litres, litresPerMinute }) =>
            sum + Math.max(0, Math.min(litres, (minute - at) * litresPerMinute)),
          0,
        );
      const inputs: DeliveryInput[] = samples.flatMap((sample) => {
        const minute = (sample.at - minutes(0)) / 60_000;
        if (gap && minute > gap.from && minute < gap.from + gap.length) return [];
        const reports = times.flatMap(({ at, end, told, again }) => {
          const isTold = told !== null && minute >= end + told && (again || minute < end + told + 3);
          const [from, to] = [Math.floor(at), Math.floor(end) + 5];
          return isTold
            ? [report(from, to, [volumeAt(at), volumeAt(to)], { outside: sales * (to - at) })]
            : [];
        });
        return [
          { kind: 'sample', sample },
          ...(repeats ? [{ kind: 'sample' as const, sample }] : []),
          ...reports,
        ];
      });
      const { delivered } = drive(inputs, { using, restart: (index) => index % restarts === 0 });

      const truth = times.reduce((sum, { litres }) => sum + litres, 0);
      const booked = delivered.reduce((sum, { volume }) => sum + volume / 1000, 0);
      expect(Math.abs(booked - truth)).toBeLessThan(60 * Math.max(1, times.length));
      expect(new Set(delivered.map(({ key }) => key)).size).toBe(delivered.length);
      if (!gap) expect(delivered).toHaveLength(times.length);
      for (const each of delivered)
        expect(each.volume).toBe(each.endVolume - each.startVolume + each.dispensed);
    }),
    { numRuns: 150 },
  );
});

it('M173: nothing is invented by sales, losses, noise, temperature or gaps', () => {
  fc.assert(
    fc.property(
      fc.record({
        seed: fc.integer({ min: 1, max: 1_000_000 }),
        sales: fc.integer({ min: 0, max: 60 }),
        noise: fc.integer({ min: 0, max: 60 }),
        swing: fc.integer({ min: 0, max: 6 }),
        theft: fc.integer({ min: 0, max: 30 }),
        gap: fc.integer({ min: 16, max: 300 }),
      }),
      ({ seed, sales, noise, swing, theft, gap }) => {
        const busy = (minute: number): number => (Math.floor(minute / 7) % 3 === 0 ? sales : 0);
        const samples = [
          ...world(1_440, {
            ...{ seed, sales: busy, noiseLitres: noise, start: 28_000 },
            losses: (minute) => (minute > 300 && minute < 330 ? theft : 0),
            swell: (minute) => 1 + (swing / 1_000) * Math.sin((2 * Math.PI * minute) / 1_440),
          }),
        ].filter((sample) => sample.at < minutes(600) || sample.at > minutes(600 + gap));
        expect(drive(samples, { using, restart: (index) => index % 11 === 0 }).delivered).toEqual([]);
      },
    ),
    { numRuns: 100 },
  );
});
