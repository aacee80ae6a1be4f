import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { civilWorlds, wildWorlds } from './hardWorlds.ts';
import { type Fill, type Model, type Outcome, run, type Trouble } from './world.ts';

const models: fc.Arbitrary<Model> = fc.record({
  hoses: fc.constantFrom(1, 1, 2, 3),
  modulus: fc.constantFrom(null, 1_100_000, 10_000_000),
  lastNumber: fc.constantFrom(null, 9, 9999),
  record: fc.boolean(),
  display: fc.boolean(),
  tellsHose: fc.boolean(),
  liveTotals: fc.boolean(),
  totalizerDelay: fc.constantFrom(0, 400, 2000, 20_000),
  recordDelay: fc.constantFrom(0, 300, 1500),
  completes: fc.boolean(),
  clearsAtIdle: fc.boolean(),
  amountTotals: fc.boolean(),
});
/** Round volumes come often: presets. */
const volumes = fc.oneof(
  fc.constantFrom(0, 10_000, 20_000),
  fc.integer({ min: 5, max: 8000 }).map((centilitres) => centilitres * 10),
);
const fills: fc.Arbitrary<Fill[]> = fc.array(
  fc.record({
    hose: fc.integer({ min: 1, max: 3 }),
    rest: fc.constantFrom(100, 500, 1500, 4000, 40_000),
    lift: fc.constantFrom(300, 1000, 5000),
    flow: fc.constantFrom(500, 3000, 20_000),
    volume: volumes,
  }),
  { minLength: 1, maxLength: 8 },
);
/** Slow enough that a watcher sees each lift. */
const civil: fc.Arbitrary<Fill[]> = fc.array(
  fc.record({
    hose: fc.integer({ min: 1, max: 3 }),
    rest: fc.constantFrom(1500, 4000, 40_000),
    lift: fc.constantFrom(1500, 5000),
    flow: fc.constantFrom(3000, 20_000),
    volume: volumes,
  }),
  { minLength: 1, maxLength: 6 },
);
const troubles: fc.Arbitrary<Trouble[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('link' as const, 'restart' as const, 'deaf' as const),
    at: fc.integer({ min: 3_000, max: 150_000 }),
    lasts: fc.constantFrom(100, 1000, 5000, 30_000),
  }),
  { maxLength: 4 },
);

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const epoch = 1_700_000_000_000;

function expectLaw(model: Model, { sales, truths, facts }: Outcome): void {
  expect(
    facts.filter((fact) => fact.kind === 'alarm' && !['sales-untold', 'hose-differs'].includes(fact.alarm)),
  ).toEqual([]);
  for (let hose = 1; hose <= model.hoses; hose++) {
    const sold = sum(sales.filter((sale) => sale.nozzle === `n${hose}`).map((sale) => sale.volume));
    const dispensed = sum(truths.filter((truth) => truth.hose === hose).map((truth) => truth.volume));
    // Volumes within the tolerance are the same volume to the machine.
    const off = Math.abs(sold - dispensed) <= 2 * sales.length ? dispensed : sold;
    expect({ hose, sold: off }).toEqual({ hose, sold: dispensed });
  }
  expect(new Set(sales.map((sale) => sale.key)).size).toBe(sales.length);
}

/** A sale that bears the times of a lift is just the volume of that lift. */
function expectTrueTimes({ sales, truths }: Outcome): void {
  for (const sale of sales) {
    const seen = sale.startedAt ?? sale.liftedAt;
    if (seen === null) continue;
    const own = truths.filter(
      (truth) =>
        seen - epoch >= truth.liftedAt && seen - epoch <= truth.endedAt && `n${truth.hose}` === sale.nozzle,
    );
    expect(
      own.some((truth) => Math.abs(truth.volume - sale.volume) <= 2),
      sale.key,
    ).toBe(true);
  }
}

/** Writing to any part of it throws. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}

/** The same worlds each time; FC_SEED and FC_RUNS look further. */
const runs = { seed: Number(process.env.FC_SEED ?? 20260101), numRuns: Number(process.env.FC_RUNS ?? 400) };

type World = readonly [Model, Fill[], Trouble[]];

function expectEachOnce([model, script, trouble]: World): void {
  const within = script.map((fill) => ({ ...fill, hose: Math.min(fill.hose, model.hoses) }));
  expectLaw(model, run(model, within, trouble));
}

function expectOwnTimes([model, script, trouble]: World): void {
  const within = script.map((fill) => ({ ...fill, hose: Math.min(fill.hose, model.hoses) }));
  // Beyond its settling time a totalizer may count one fuelling during the next: nothing could tell them apart.
  const late = Math.min(model.totalizerDelay, 2000);
  const outcome = run({ ...model, totalizerDelay: late }, within, trouble);
  expectLaw(model, outcome);
  expectTrueTimes(outcome);
}

describe('the law of the forecourt', () => {
  it('M179: what is sold is what was dispensed since the baseline, each exactly once', () => {
    fc.assert(
      fc.property(models, fills, troubles, (...world) => expectEachOnce(world)),
      runs,
    );
  });

  it('M179: times of a lift are only on the sale of that lift, whatever was missed', () => {
    fc.assert(
      fc.property(models, civil, troubles, (...world) => expectOwnTimes(world)),
      runs,
    );
  });

  it.each(wildWorlds)('M179: each exactly once, also: %s', (_, world) => expectEachOnce(world));
  it.each(civilWorlds)('M179: own times only, also: %s', (_, world) => expectOwnTimes(world));

  it('the given state is never changed, whatever comes', () => {
    fc.assert(
      fc.property(models, fills, troubles, (model, script, trouble) => {
        const within = script.map((fill) => ({ ...fill, hose: Math.min(fill.hose, model.hoses) }));
        run(model, within, trouble, undefined, frozen);
      }),
      { ...runs, numRuns: Math.ceil(runs.numRuns / 10) },
    );
  });
});
