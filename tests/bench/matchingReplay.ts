/** Plays a world to a station: what its dispensers show at each poll, and every card that is read. */
import type { Random } from '../../src/core/ports.ts';
import type { DispenserReading } from '../../src/model/readings.ts';
import type { Attribution } from '../../src/model/sale.ts';
import { type instant, millilitres, money, type monoMs, unitPrice } from '../../src/model/units.ts';
import { randomFor } from '../../src/simulator/physics/random.ts';
import { recordFuelling } from '../../src/station/recordFuelling.ts';
import { recordScan } from '../../src/station/recordScan.ts';
import { settleSales } from '../../src/station/settleSales.ts';
import { nozzlesEach, pointCount, pointName } from './matchingLayouts.ts';
import type { BenchStation } from './matchingStation.ts';
import type { TrueFuelling, World } from './matchingWorld.ts';

/** What became of one fuelling. */
export interface Outcome {
  readonly fuelling: TrueFuelling;
  readonly attribution: Attribution;
  /** From the sale's record to its credit, ms; 0: with the sale. */
  readonly waitedMs: number;
}

/** With the lateness of a poll less than the silence in which the machine would think it missed something. */
const pollMs = 2000;
const idlePollMs = 20_000;
const settleEveryMs = 1000;
const quietMs = 20 * 60_000;
const price = 7850;

interface Shown {
  readonly at: number;
  readonly reading: (stamp: {
    at: ReturnType<typeof instant>;
    mono: ReturnType<typeof monoMs>;
  }) => DispenserReading;
}

/** Throws when the station recorded another sale than was sold. */
export function replay(station: BenchStation, world: World, seed: number): Outcome[] {
  const { context } = station;
  const sources = Array.from({ length: pointCount }, (_, n) => {
    const point = pointName(n);
    const list = world.fuellings.filter((each) => each.point === point).sort((a, b) => a.liftAt - b.liftAt);
    const shows = dispenser(list, randomFor(seed, point));
    return { point, shows, next: shows.next().value };
  });
  const byPoint = new Map<string, TrueFuelling[]>();
  for (const each of [...world.fuellings].sort((a, b) => a.liftAt - b.liftAt))
    byPoint.set(each.point, [...(byPoint.get(each.point) ?? []), each]);
  const sold = new Map<string, { fuelling: TrueFuelling; at: number; attributedAt: number | null }>();
  const counts = new Map<string, number>();
  let scan = 0;
  let settledAt = 0;
  const lastScan = world.scans.at(-1)?.at ?? 0;
  const end = Math.max(lastScan, ...[world.fuellings.at(-1)?.endAt ?? 0]) + quietMs;

  for (;;) {
    let first = sources[0];
    for (const each of sources) if ((each.next?.at ?? Infinity) < (first?.next?.at ?? Infinity)) first = each;
    const shown = first?.next;
    const card = world.scans[scan];
    const at = Math.min(shown?.at ?? Infinity, card?.at ?? Infinity);
    if (at > end || at === Infinity) break;
    station.setTime(at);
    const stamp = { at: context.clock.now(), mono: context.clock.mono() };
    if (at - settledAt >= settleEveryMs) {
      settledAt = at;
      if (context.board.toWeigh(stamp.mono)) note(settleSales(context));
    }
    if (card && card.at === at) {
      scan += 1;
      const read = { reader: card.reader.id, format: 'number' as const, text: card.card, ...stamp };
      note(recordScan(context, read, card.reader.fuellingPoints, []).settled);
      continue;
    }
    const point = station.points.get(first?.point ?? '');
    if (!first || !shown || !point) break;
    for (const { sale, attribution } of recordFuelling(context, point, shown.reading(stamp)).sales) {
      const n = counts.get(first.point) ?? 0;
      counts.set(first.point, n + 1);
      const fuelling = byPoint.get(first.point)?.[n];
      if (!fuelling || fuelling.volumeMl !== sale.volume || sale.quality !== 'seen')
        throw new Error(
          `${sale.key}: ${sale.volume} ml, ${sale.quality}; sold were ${fuelling?.volumeMl} ml`,
        );
      sold.set(sale.key, { fuelling, at, attributedAt: attribution.kind === 'attributed' ? at : null });
    }
    first.next = first.shows.next().value;
  }
  const outcomes = [...sold].map(([key, { fuelling, at, attributedAt }]): Outcome => {
    const record = context.store.sales.get(key);
    if (record === null) throw new Error(`${key} is not in the books`);
    return { fuelling, attribution: record.attribution, waitedMs: (attributedAt ?? at) - at };
  });
  if (outcomes.length !== world.fuellings.length)
    throw new Error(`${world.fuellings.length} fuellings became ${outcomes.length} sales`);
  return outcomes;

  function note(settled: ReturnType<typeof settleSales>): void {
    for (const { sale, attribution } of settled) {
      const known = sold.get(sale.key);
      if (known && attribution.kind === 'attributed') known.attributedAt = station.now();
    }
  }
}

/** All that one dispenser shows, poll by poll, until its last fuelling is long over. */
function* dispenser(fuellings: readonly TrueFuelling[], random: Random): Generator<Shown, undefined> {
  const totals = Array.from({ length: nozzlesEach }, () => 1_000_000);
  let hose: number | null = null;
  let volume = 0;
  const live = (at: number, state: 'idle' | 'calling' | 'fuelling'): Shown => {
    const shown = {
      state,
      hose,
      volume: millilitres(volume),
      amount: money(Math.round((volume * price) / 10_000)),
    };
    return { at, reading: (stamp) => ({ kind: 'live', ...shown, price: unitPrice(price), ...stamp }) };
  };
  const counters = (at: number): Shown => {
    const hoses = totals.map((total, n) => ({ hose: n + 1, volume: millilitres(total), amount: null }));
    return { at, reading: (stamp) => ({ kind: 'totals', hoses, ...stamp }) };
  };
  yield live(0, 'idle');
  yield counters(100);
  let at = 100;
  for (const each of fuellings) {
    // A poll sees it up to so much later.
    const late = random() * 800;
    for (at += idlePollMs; at < each.liftAt; at += idlePollMs) yield live(at, 'idle');
    hose = each.hose;
    volume = 0;
    at = each.liftAt + late;
    yield live(at, 'calling');
    for (at += pollMs; at < each.flowAt; at += pollMs) yield live(at, 'calling');
    for (at = each.flowAt + late; at < each.endAt; at += pollMs) {
      volume =
        Math.floor((each.volumeMl * Math.min(0.95, (at - each.flowAt) / (each.endAt - each.flowAt))) / 10) *
        10;
      yield live(at, 'fuelling');
    }
    volume = each.volumeMl;
    totals[each.hose - 1] = (totals[each.hose - 1] ?? 0) + each.volumeMl;
    at = each.endAt + late;
    yield live(at, 'idle');
    yield counters(at + 50);
    at += 50;
  }
  for (let n = 0; n < 60; n++) {
    at += idlePollMs;
    yield live(at, 'idle');
  }
}
