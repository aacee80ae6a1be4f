import { describe, expect, it, vi } from 'vitest';
import type { FuellingFact, PointSpec } from '../../../src/core/fuelling/types.ts';
import { instant, monoMs } from '../../../src/model/units.ts';
import { attendantOf } from '../../../src/station/attendants.ts';
import { claimsView } from '../../../src/station/claimViews.ts';
import type { StationContext } from '../../../src/station/context.ts';
import { recordScan } from '../../../src/station/recordScan.ts';
import type { Push } from '../../../src/station/view.ts';
import { createWrongFuelWatch } from '../../../src/station/wrongFuel.ts';
import { events, saleNumbered, scan, stationContext } from '../../support/stationContext.ts';
import { startedAt } from '../../support/tempStore.ts';

const members = [
  {
    id: 'anna',
    vehicles: [{ plate: 'A-1', grade: '92' }],
    cards: [{ number: '1001' }, { number: '1002', status: 'lost' }],
  },
  {
    id: 'emil',
    cards: [
      { number: '4001' },
      { number: '4002', role: 'attendant' },
      { number: '4003', role: 'attendant', status: 'lost' },
    ],
  },
];
const read = (context: StationContext, number: string, secondsBefore = 0) =>
  recordScan(
    context,
    {
      ...{ reader: 'R1', format: 'number', text: number },
      ...{ at: instant(startedAt - secondsBefore * 1000), mono: monoMs(0) },
    },
    ['1'],
    [],
  );

describe('an attendant’s card', () => {
  it('M179: names who serves and is no claim; the customer’s card has no rival', () => {
    const { context } = stationContext({ members });
    expect(read(context, '4002', 95)).toMatchObject({ attends: true, settled: [] });
    expect(read(context, '1001', 94)).not.toHaveProperty('attends');
    expect(context.store.claims.open(instant(0)).map((claim) => claim.member)).toEqual(['anna']);
    expect(attendantOf(context, saleNumbered(1))).toBe('emil');
    expect(events(context).map(({ type, data }) => [type, data.member])).toEqual([
      ['card.scanned', 'emil'],
      ['card.scanned', 'anna'],
    ]);
  });

  it('is the last one read in the time of the sale at its point', () => {
    const { context } = stationContext({ members });
    read(context, '4002', 600);
    expect(attendantOf(context, saleNumbered(1))).toBeNull();
    read(context, '4002', 100);
    expect(attendantOf(context, saleNumbered(1, { fuellingPoint: '2' }))).toBeNull();
    // Nobody saw when a recovered sale was.
    expect(attendantOf(context, saleNumbered(1, { liftedAt: null, startedAt: null }))).toBeNull();
    expect(attendantOf(context, saleNumbered(1))).toBe('emil');
  });

  it('M45: when it is lost names nobody, and is no claim either', () => {
    const { context } = stationContext({ members });
    expect(read(context, '4003', 95).claim.refusal).toBe('lost');
    expect(attendantOf(context, saleNumbered(1))).toBeNull();
    expect(context.store.claims.open(instant(0))).toEqual([]);
  });

  it('as the card of an employee’s own is a customer’s', () => {
    const { context } = stationContext({ members });
    read(context, '4001', 95);
    expect(context.store.claims.open(instant(0))).toMatchObject([{ member: 'emil' }]);
  });
});

describe('what is left to a person', () => {
  it('M20: sales with the cards that may be theirs and why; cards without a sale', () => {
    const { context, advance } = stationContext({ members });
    const { store } = context;
    const first = scan(context, 'anna', '1001', 100);
    const second = scan(context, 'emil', '4001', 60, { fuellingPoints: ['1', '2'] });
    const lost = scan(context, 'anna', '1002', 95, { refusal: 'lost' });
    const put = (
      n: number,
      attribution: Parameters<typeof store.sales.insert>[1]['attribution'],
      minutesAgo = 0,
    ) =>
      store.sales.insert(
        saleNumbered(
          n,
          minutesAgo
            ? { endedAt: instant(startedAt - minutesAgo * 60_000), liftedAt: null, startedAt: null }
            : {},
        ),
        {
          ...{
            businessDate: '2026-11-22',
            recordedAt: instant(startedAt - minutesAgo * 60_000),
            attribution,
          },
        },
      );
    put(1, { kind: 'ambiguous', reason: 'two-cards: x', claims: [first.id, second.id] });
    put(2, { kind: 'unclaimed', reason: 'no-scan: x' }, 600);
    put(3, { kind: 'unclaimed', reason: 'voided: by B: x' });
    // Its only card was taken for another sale.
    put(4, { kind: 'unclaimed', reason: 'no-scan: x' }, 300);
    const taken = { at: instant(startedAt - 300 * 60_000 - 5000), sale: saleNumbered(1).key };
    scan(context, 'emil', '4001', 99, taken);
    advance(1000);
    const view = claimsView(context, { all: false, limit: 10 });
    expect(view.sales).toMatchObject([
      {
        ...{ sale: { id: 1, attribution: 'ambiguous' }, voided: false, correctable: true },
        candidates: [
          { claim: first.id, member: 'anna', refusal: null, why: '10 s before the lift' },
          { claim: lost.id, member: 'anna', refusal: 'lost', why: '5 s before the lift; card refused: lost' },
          { claim: second.id, member: 'emil', why: 'during the fuelling; reader also serves 2' },
        ],
      },
    ]);
    expect(view.open.map((each) => each.member)).toEqual(['anna', 'emil']);
    const all = claimsView(context, { all: true, limit: 10 });
    expect(all.sales.map((each) => [each.sale.id, each.voided])).toEqual([
      [3, true],
      [1, false],
      [4, false],
      [2, false],
    ]);
    const recent = { all: true, limit: 10, since: instant(startedAt - 60_000) };
    expect(claimsView(context, recent).sales.map((each) => each.sale.id)).toEqual([3, 1]);
    expect(claimsView(context, { ...recent, fuellingPoint: '2' })).toMatchObject({
      sales: [],
      open: [{ member: 'emil' }],
    });
    advance(73 * 3_600_000);
    const old = claimsView(context, { ...recent, all: true });
    expect(old.sales.every((each) => !each.correctable)).toBe(true);
  });
});

describe('the wrong-fuel warning', () => {
  const spec = {
    fuellingPoint: '1',
    hoses: [
      { hose: 1, nozzle: '1', grade: '92', tank: null },
      { hose: 2, nozzle: '2', grade: 'diesel', tank: null },
    ],
  } as unknown as PointSpec;
  const fact = (kind: 'lifted' | 'started' | 'ended', nozzle: string | null): FuellingFact => ({
    ...{ kind, nozzle, at: instant(startedAt) },
  });
  function watched(checks: object = {}) {
    const { context } = stationContext({ members, checks });
    const pushes: Push[] = [];
    const watch = createWrongFuelWatch(context, {
      push: (event) => pushes.push(event),
      feed: { wake: vi.fn() } as never,
    });
    return { context, watch, pushes };
  }

  it('M181: is raised at the lift, once, told to the displays and to head office', () => {
    const { context, watch, pushes } = watched();
    scan(context, 'anna', '1001', 20);
    watch.facts(spec, [fact('lifted', '2')]);
    watch.facts(spec, [fact('started', '2')]);
    const warning = {
      ...{ fuellingPoint: '1', nozzle: '2', grade: 'diesel', warning: 'wrong-fuel', member: 'anna' },
      ...{ expected: ['92'], text: 'the nozzle lifted is diesel; the vehicle takes 92' },
      at: new Date(startedAt).toISOString(),
    };
    expect(pushes).toEqual([{ type: 'warning', data: warning }]);
    expect(events(context)).toEqual([{ type: 'fuelling-point.warning-raised', data: warning }]);
    // Hung up, and the wrong one lifted once more.
    watch.facts(spec, [fact('ended', '2'), fact('lifted', '2')]);
    expect(pushes).toHaveLength(2);
  });

  it('M181: is raised at a scan while the nozzle is lifted, but not when fuel flows already', () => {
    const { context, watch, pushes } = watched();
    watch.facts(spec, [fact('lifted', '2')]);
    scan(context, 'anna', '1001', 0);
    watch.scanned(['1']);
    expect(pushes).toHaveLength(1);
    const late = watched();
    late.watch.facts(spec, [fact('lifted', '2'), fact('started', '2')]);
    scan(late.context, 'anna', '1001', 0);
    late.watch.scanned(['1']);
    expect(late.pushes).toEqual([]);
  });

  it('M181: waits for the start where the dispenser does not tell at the lift which nozzle it is', () => {
    const { context, watch, pushes } = watched();
    scan(context, 'anna', '1001', 20);
    watch.facts(spec, [fact('lifted', null)]);
    expect(pushes).toEqual([]);
    watch.facts(spec, [fact('started', '2')]);
    expect(pushes).toHaveLength(1);
  });

  it('M181: is none for the right grade, an old scan, another point’s card, a refused card, or when it is switched off', () => {
    const { context, watch, pushes } = watched();
    scan(context, 'anna', '1001', 500);
    scan(context, 'anna', '1001', 20, { fuellingPoints: ['2'] });
    scan(context, 'anna', '1002', 10, { refusal: 'lost' });
    watch.facts(spec, [fact('lifted', '2')]);
    scan(context, 'anna', '1001', 5);
    watch.facts(spec, [fact('lifted', '1')]);
    expect(pushes).toEqual([]);
    const off = watched({ wrongFuel: false });
    scan(off.context, 'anna', '1001', 5);
    off.watch.facts(spec, [fact('lifted', '2')]);
    expect(off.pushes).toEqual([]);
  });

  it('M181: reaches the displays even where the disk refuses to keep it', () => {
    const { context, pushes } = watched();
    const store = {
      ...context.store,
      transaction: () => {
        throw new Error('disk');
      },
    };
    scan(context, 'anna', '1001', 20);
    const watch = createWrongFuelWatch(
      { ...context, store },
      { push: (event) => pushes.push(event), feed: { wake() {} } as never },
    );
    watch.facts(spec, [fact('lifted', '2')]);
    expect(pushes).toHaveLength(1);
  });
});
