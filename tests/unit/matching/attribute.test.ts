import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attributeSale,
  attributeScan,
  type Fuelling,
  joinClaim,
} from '../../../src/core/matching/attribute.ts';
import { cardKey, saleKey } from '../../../src/model/ids.ts';
import type { Attribution, CardRefusal, Claim, SaleQuality } from '../../../src/model/sale.ts';
import { type Instant, instant } from '../../../src/model/units.ts';

const policy = { beforeS: 180, afterS: 30 };
const s = (seconds: number): Instant => instant(1_700_000_000_000 + seconds * 1000);

function scan(id: string, at: number, points: readonly string[], more: Partial<Claim> = {}): Claim {
  const reader = more.reader ?? `r-${points.join('')}`;
  return {
    id,
    card: cardKey(id),
    member: `m-${id}`,
    refusal: null,
    fuellingPoints: points,
    at: s(at),
    coupons: [],
    sale: null,
    ...more,
    reader,
  };
}
const refused = (id: string, at: number, points: readonly string[], refusal: CardRefusal): Claim =>
  scan(id, at, points, { refusal, member: refusal === 'unknown' ? null : `m-${id}` });

function fuelling(
  point: string,
  lifted: number,
  ended: number | null,
  more: Partial<Fuelling> = {},
): Fuelling {
  return {
    fuellingPoint: point,
    nozzle: null,
    liftedAt: s(lifted),
    startedAt: s(lifted + 5),
    endedAt: ended === null ? null : s(ended),
    sale: null,
    attributed: false,
    ...more,
  };
}

function sell(
  claims: readonly Claim[],
  others: readonly Fuelling[] = [],
  quality: SaleQuality = 'seen',
): Attribution {
  const sale = { fuellingPoint: '1', liftedAt: s(0), startedAt: s(5), endedAt: s(60), quality };
  return attributeSale({ sale, claims, others, policy });
}
const word = (attribution: Attribution): string => `${attribution.kind} ${attribution.reason.split(':')[0]}`;

describe('M179: a sale at point 1, lifted at 0 s, ended at 60 s', () => {
  const cases: [string, readonly Claim[], readonly Fuelling[], string][] = [
    ['no card at all', [], [], 'unclaimed no-scan'],
    ['a card before the lift', [scan('a', -20, ['1'])], [], 'attributed scan-before'],
    ['at the window before', [scan('a', -180, ['1'])], [], 'attributed scan-before'],
    ['too early', [scan('a', -181, ['1'])], [], 'unclaimed no-scan'],
    ['while it runs', [scan('a', 30, ['1'])], [], 'attributed scan-during'],
    ['at the window after', [scan('a', 90, ['1'])], [], 'attributed scan-after'],
    ['too late', [scan('a', 91, ['1'])], [], 'unclaimed no-scan'],
    ['a reader that does not serve the point', [scan('a', 10, ['2'])], [], 'unclaimed no-scan'],
    ['a used scan', [scan('a', 10, ['1'], { sale: saleKey('x') })], [], 'unclaimed no-scan'],
    ['two members', [scan('a', -20, ['1']), scan('b', 10, ['1'])], [], 'ambiguous two-cards'],
    [
      'two cards of one member',
      [scan('a', -20, ['1']), scan('b', 10, ['1'], { member: 'm-a' })],
      [],
      'attributed scan-during',
    ],
    ['a shared reader, nobody else fuels', [scan('a', -5, ['1', '2'])], [], 'attributed scan-before'],
    [
      'a shared reader, another fuels without a card',
      [scan('a', -5, ['1', '2'])],
      [fuelling('2', 20, null)],
      'ambiguous reader-shared',
    ],
    [
      'a shared reader, the other has its member already',
      [scan('a', -5, ['1', '2'])],
      [fuelling('2', 20, 50, { attributed: true })],
      'attributed scan-before',
    ],
    [
      'a shared reader, the other has a card of its own',
      [scan('a', -5, ['1', '2']), scan('b', 15, ['2'])],
      [fuelling('2', 20, null)],
      'attributed scan-before',
    ],
    [
      'a shared reader, two cards, two fuellings',
      [scan('a', -5, ['1', '2']), scan('b', 15, ['1', '2'])],
      [fuelling('2', 20, null)],
      'ambiguous two-cards',
    ],
    [
      'a shared reader, the other one outside its windows',
      [scan('a', -5, ['1', '2'])],
      [fuelling('2', 200, null)],
      'attributed scan-before',
    ],
    [
      'a chain: c has only 3, so b has 2, so a has 1',
      [scan('a', -5, ['1', '2']), scan('b', -5, ['2', '3']), scan('c', -5, ['3'])],
      [fuelling('2', 1, null), fuelling('3', 2, null)],
      'attributed scan-before',
    ],
    [
      "a scan while the point was still another's",
      [scan('a', -20, ['1'])],
      [fuelling('1', -100, -10, { attributed: true })],
      'unclaimed no-scan',
    ],
    [
      'a scan between two fuellings, the one before without a card',
      [scan('a', -5, ['1'])],
      [fuelling('1', -100, -10)],
      'ambiguous next-fuelling',
    ],
    [
      'a scan after the end, the next one runs already',
      [scan('a', 75, ['1'])],
      [fuelling('1', 70, null)],
      'ambiguous next-fuelling',
    ],
    [
      'its own running entry is no rival',
      [scan('a', -5, ['1'])],
      [fuelling('1', 0, 60)],
      'attributed scan-before',
    ],
    ['M45: a blocked card', [refused('a', -5, ['1'], 'blocked')], [], 'unclaimed card-blocked'],
    ['an unknown card', [refused('a', -5, ['1'], 'unknown')], [], 'unclaimed card-unknown'],
    [
      'a lost card first, then a good one at the same reader',
      [refused('a', -9, ['1'], 'lost'), scan('b', -5, ['1'])],
      [],
      'attributed scan-before',
    ],
    [
      'a good card, then an expired one: another driver may be there',
      [scan('b', -9, ['1']), refused('a', -5, ['1'], 'expired')],
      [],
      'ambiguous two-cards',
    ],
  ];
  it.each(cases)('%s', (_, claims, others, expected) => {
    expect(word(sell(claims, others))).toBe(expected);
  });

  it('M20: names the card and the claim', () => {
    expect(sell([scan('a', -20, ['1'])])).toEqual({
      kind: 'attributed',
      claim: 'a',
      member: 'm-a',
      card: 'a',
      reason: 'scan-before: card read at r-1 before the nozzle was lifted',
    });
  });

  it('lists the claims a person must choose from, the latest first', () => {
    expect(sell([scan('a', -20, ['1']), scan('b', 10, ['1'])])).toMatchObject({ claims: ['b', 'a'] });
  });

  it("a recovered sale is nobody's, unless its lift was seen", () => {
    const sale = {
      fuellingPoint: '1',
      liftedAt: null,
      startedAt: null,
      endedAt: s(60),
      quality: 'recovered' as const,
    };
    expect(word(attributeSale({ sale, claims: [scan('a', 50, ['1'])], others: [], policy }))).toBe(
      'unclaimed recovered',
    );
    expect(word(sell([scan('a', -5, ['1'])], [], 'recovered'))).toBe('attributed scan-before');
  });

  it('more at once than can be weighed is left to a person, fast', () => {
    const points = Array.from({ length: 400 }, (_, n) => String(n + 1));
    const claims = points.map((point) => scan(`c${point}`, -5, points));
    const others = points.slice(1).map((point) => fuelling(point, 1, null));
    expect(word(sell(claims, others))).toBe('ambiguous too-many');
  });
});

describe('a scan after the fuelling', () => {
  const ended = fuelling('1', 0, 60, { sale: saleKey('s1') });
  const run = (claim: Claim, fuellings: readonly Fuelling[], claims: readonly Claim[] = []) =>
    attributeScan({ claim, fuellings, claims, policy });

  it('M179: owns the one sale that just ended', () => {
    expect(run(scan('a', 70, ['1']), [ended])).toMatchObject({ sale: 's1', attribution: { member: 'm-a' } });
  });
  it.each([
    ['too late', scan('a', 91, ['1']), [ended]],
    ['another point', scan('a', 70, ['2']), [ended]],
    ['has its member', scan('a', 70, ['1']), [{ ...ended, attributed: true }]],
    ['still runs', scan('a', 50, ['1']), [fuelling('1', 0, null)]],
    [
      'two sales at a shared reader',
      scan('a', 70, ['1', '2']),
      [ended, fuelling('2', 0, 55, { sale: saleKey('s2') })],
    ],
    ['the next fuelling began', scan('a', 70, ['1']), [ended, fuelling('1', 65, null)]],
    ['nobody saw it', scan('a', 70, ['1']), [{ ...ended, liftedAt: null, startedAt: null }]],
    ['M45: refused', refused('a', 70, ['1'], 'blocked'), [ended]],
  ])('no sale: %s', (_, claim, fuellings) => {
    expect(run(claim, fuellings)).toBeNull();
  });
  it('no sale where another card waits for it', () => {
    expect(run(scan('a', 70, ['1']), [ended], [scan('b', 20, ['1'])])).toBeNull();
  });
});

describe('a shared reader beside an idle point', () => {
  it('M179: leaves a sale to a person when the scan may be of a driver about to lift elsewhere', () => {
    expect(sell([scan('a', 58, ['1', '2'])], [])).toMatchObject({ kind: 'ambiguous', claims: ['a'] });
  });
  it.each([
    ['who scanned before this lift', scan('a', -5, ['1', '2'])],
    ['whose reader serves this point only', scan('a', 58, ['1'])],
  ])('M179: gives the sale to a driver %s', (_, claim) => {
    expect(sell([claim], [])).toMatchObject({ kind: 'attributed', claim: 'a' });
  });
  it('M179: counts a point where somebody fuels as taken by its own fuelling, not by one to come', () => {
    const result = sell([scan('a', 58, ['1', '2']), scan('b', 20, ['2'])], [fuelling('2', 10, null)]);
    expect(result).toMatchObject({ kind: 'attributed', claim: 'a' });
  });
});

describe('joinClaim', () => {
  it('M20: the same card at the same reader is refreshed, not doubled', () => {
    const first = scan('a', 0, ['1'], { coupons: ['x'] });
    const again = { ...scan('a', 20, ['1'], { coupons: ['y'] }), id: 'a2' };
    expect(joinClaim([first], again)).toEqual([{ ...again, id: 'a', coupons: ['x', 'y'] }]);
  });
  it.each([
    ['another reader', scan('a', 20, ['1'], { reader: 'r2' })],
    ['long after', scan('a', 700, ['1'])],
    ['another card', scan('b', 20, ['1'])],
  ])('%s is a claim of its own', (_, claim) => {
    expect(joinClaim([scan('a', 0, ['1'])], claim)).toHaveLength(2);
  });
  it('a used claim is not taken up again', () => {
    expect(joinClaim([scan('a', 0, ['1'], { sale: saleKey('s') })], scan('a', 20, ['1']))).toHaveLength(2);
  });
});

/** All largest assignments, by trying everything: small worlds only. */
function everyOwner(
  claims: readonly Claim[],
  fuellings: readonly Fuelling[],
  fits: (c: Claim, f: Fuelling) => boolean,
) {
  let best = -1;
  let owners = new Set<string | null>();
  const walk = (n: number, taken: ReadonlyMap<Fuelling, Claim>): void => {
    const claim = claims[n];
    if (!claim) {
      if (taken.size > best) {
        best = taken.size;
        owners = new Set();
      }
      const [own] = fuellings;
      if (taken.size === best && own) owners.add(taken.get(own)?.member ?? null);
      return;
    }
    walk(n + 1, taken);
    for (const each of fuellings)
      if (!taken.has(each) && fits(claim, each)) walk(n + 1, new Map([...taken, [each, claim]]));
  };
  walk(0, new Map());
  return owners;
}

describe('never guesses', () => {
  const points = ['1', '2', '3'];
  const claims = fc.array(
    fc.record({
      at: fc.integer({ min: -30, max: 80 }),
      points: fc.subarray(points, { minLength: 1 }),
      member: fc.constantFrom('m1', 'm2', 'm3', 'm4'),
    }),
    { maxLength: 4 },
  );
  it('M179: attributed just where every largest assignment gives the sale to that member', () => {
    fc.assert(
      fc.property(claims, fc.subarray(['2', '3']), (drawn, running) => {
        const scans = drawn.map(({ at, points: served, member }, n) => scan(`c${n}`, at, served, { member }));
        const others = running.map((point) => fuelling(point, 10, null));
        const own = fuelling('1', 0, 60);
        const fits = (claim: Claim, each: Fuelling): boolean =>
          claim.fuellingPoints.includes(each.fuellingPoint) && (each.endedAt === null || claim.at <= s(90));
        // Who scanned at a shared reader less than a minute before the end may be about to lift elsewhere.
        const undecided = scans.filter((claim) => fits(claim, own) && claim.at > s(0));
        const idle = points.filter((point) => point !== '1' && !running.includes(point));
        const yetToCome = idle
          .filter((point) => undecided.some((claim) => claim.fuellingPoints.includes(point)))
          .map((point) => fuelling(point, 60, null));
        const owners = everyOwner(scans, [own, ...others, ...yetToCome], fits);
        const result = sell(scans, others);
        const [only] = owners;
        if (owners.size === 1 && only) expect(result).toMatchObject({ kind: 'attributed', member: only });
        else expect(result.kind).toBe(owners.size === 1 ? 'unclaimed' : 'ambiguous');
      }),
      { numRuns: 500 },
    );
  });
});
