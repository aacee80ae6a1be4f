/** Fuelling points made of numbers, on a clock that passes as fast as the station can follow: one sale each in a round. */
import type { DispenserReading, DispenserState } from '../../src/model/readings.ts';
import { type Instant, instant, millilitres, money, monoMs, unitPrice } from '../../src/model/units.ts';
import type { Rng } from '../fuzz/random.ts';

export interface VirtualClock {
  now(): Instant;
  mono(): ReturnType<typeof monoMs>;
  advance(ms: number): void;
}

export function virtualClock(start: number): VirtualClock {
  let passed = 0;
  return {
    now: () => instant(start + passed),
    mono: () => monoMs(passed),
    advance(ms) {
      passed += ms;
    },
  };
}

export interface Books {
  sales: number;
  volumeMl: number;
  amount: number;
}

interface Point {
  readonly id: string;
  totalMl: number;
  totalAmount: number;
  saleNumber: number;
  volume: number;
}

const price = 7_849;
const lastSaleNumber = 9_999;
const amountOf = (volume: number): number => Math.round((volume * price) / 10_000);

/** What the drivers do: gives readings and scans to whoever takes them, and keeps the truth. */
export function virtualPoints(options: {
  readonly ids: readonly string[];
  readonly clock: VirtualClock;
  readonly rng: Rng;
  readonly reading: (id: string, reading: DispenserReading) => void;
  readonly scan: (id: string, card: number) => void;
  readonly cards: number;
}) {
  const { clock, rng, reading, scan } = options;
  const truth: Books = { sales: 0, volumeMl: 0, amount: 0 };
  const points = options.ids.map(
    (id): Point => ({ id, totalMl: 1_000_000, totalAmount: 784_900, saleNumber: 7, volume: 0 }),
  );
  const stamp = () => ({ at: clock.now(), mono: clock.mono() });
  const live = ({ id }: Point, state: DispenserState, hose: number | null, volume: number): void =>
    reading(id, {
      ...{ kind: 'live', ...stamp(), state, hose, price: unitPrice(price) },
      ...{ volume: millilitres(volume), amount: money(amountOf(volume)) },
    });
  const books = (point: Point): void => {
    const { id, totalMl, totalAmount, saleNumber, volume } = point;
    reading(id, {
      ...{
        kind: 'last-sale',
        ...stamp(),
        number: saleNumber,
        hose: 1,
        price: unitPrice(price),
        endCode: null,
      },
      ...{ volume: millilitres(volume), amount: money(amountOf(volume)) },
    });
    const hose = { hose: 1, volume: millilitres(totalMl), amount: money(totalAmount) };
    reading(id, { kind: 'totals', ...stamp(), hoses: [hose] });
  };
  const each = (pauseMs: number, act: (point: Point) => void): void => {
    for (const point of points) act(point);
    clock.advance(pauseMs);
  };

  return {
    truth,
    /** The first readings: where the counters stand. */
    greet(): void {
      each(1_000, (point) => live(point, 'idle', null, 0));
      each(5_000, books);
      each(1_000, (point) => live(point, 'idle', null, 0));
    },
    /** One sale at every point, interleaved; it takes `ms` of virtual time. */
    round(ms: number): void {
      const step = Math.floor(ms / 8);
      each(step, (point) => {
        point.volume = rng.between(300, 6_000) * 10;
        if (rng.chance(0.6)) scan(point.id, rng.below(options.cards));
      });
      each(step, (point) => live(point, 'calling', 1, 0));
      each(step, (point) => live(point, 'fuelling', 1, Math.floor(point.volume / 20) * 10));
      each(step, (point) => live(point, 'fuelling', 1, point.volume));
      each(step, (point) => {
        point.totalMl += point.volume;
        point.totalAmount += amountOf(point.volume);
        point.saleNumber = point.saleNumber === lastSaleNumber ? 1 : point.saleNumber + 1;
        truth.sales++;
        truth.volumeMl += point.volume;
        truth.amount += amountOf(point.volume);
        live(point, 'completed', 1, point.volume);
        books(point);
      });
      each(step, books);
      each(ms - 6 * step, (point) => live(point, 'idle', null, point.volume));
    },
  };
}
