import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributeSale, type Fuelling, type Verdict } from '../../../src/core/matching/attribute.ts';
import { joinClaim } from '../../../src/core/matching/joinClaim.ts';
import { matchingSchema } from '../../../src/model/config/station.ts';
import { cardKey, saleKey } from '../../../src/model/ids.ts';
import type { CardRefusal, Claim, SaleQuality } from '../../../src/model/sale.ts';
import { type Instant, instant } from '../../../src/model/units.ts';

const policy = matchingSchema.parse({});
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
    card: null,
    ...more,
  };
}

/** A recovered sale, found at `found`. */
const unseen = (point: string, found: number): Fuelling =>
  fuelling(point, 0, found, { liftedAt: null, startedAt: null, isClosed: true });

/** Long after everything: nothing is waited for. */
const lastly = 4000;

function sell(
  claims: readonly Claim[],
  others: readonly Fuelling[] = [],
  { quality = 'seen' as SaleQuality, now = lastly, rules = policy } = {},
): Verdict {
  const sale = { fuellingPoint: '1', liftedAt: s(0), startedAt: s(5), endedAt: s(60), quality };
  return attributeSale({ sale, claims, others, policy: rules, now: s(now) });
}
const word = ({ attribution }: Verdict): string => `${attribution.kind} ${attribution.reason.split(':')[0]}`;

describe('M179: a sale at point 1, lifted at 0 s, ended at 60 s', () => {
  const cases: [string, readonly Claim[], readonly Fuelling[], string][] = [
    ['no card at all', [], [], 'unclaimed no-scan'],
    ['a card before the lift', [scan('a', -20, ['1'])], [], 'attributed scan-before'],
    ['at the window before', [scan('a', -40, ['1'])], [], 'attributed scan-before'],
    ['early: a person decides', [scan('a', -41, ['1'])], [], 'ambiguous old-scan'],
    ['as early as a person is asked', [scan('a', -300, ['1'])], [], 'ambiguous old-scan'],
    ['too early', [scan('a', -301, ['1'])], [], 'unclaimed no-scan'],
    ['while it runs', [scan('a', 30, ['1'])], [], 'attributed scan-during'],
    ['at the window after', [scan('a', 80, ['1'])], [], 'attributed scan-after'],
    ['late: a person decides', [scan('a', 81, ['1'])], [], 'ambiguous slow-scan'],
    ['as late as a person is asked', [scan('a', 90, ['1'])], [], 'ambiguous slow-scan'],
    ['too late', [scan('a', 91, ['1'])], [], 'unclaimed no-scan'],
    ['a reader that does not serve the point', [scan('a', 10, ['2'])], [], 'unclaimed no-scan'],
    ['a used scan', [scan('a', 10, ['1'], { sale: saleKey('x') })], [], 'unclaimed no-scan'],
    ['two cards at one nozzle', [scan('a', -20, ['1']), scan('b', 10, ['1'])], [], 'ambiguous two-cards'],
    [
      'a card that left, and the card of the driver who came',
      [scan('a', -200, ['1']), scan('b', -10, ['1'])],
      [],
      'ambiguous two-cards',
    ],
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
      'one card at two nozzles, both of them lifted in turn',
      [scan('a', -5, ['1', '2'])],
      [fuelling('2', 65, 100)],
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
      'a shared reader, a later scan of another driver tells nothing of this card',
      [scan('a', -5, ['1', '2']), scan('b', 100, ['1', '2'])],
      [fuelling('2', 20, 130)],
      'ambiguous reader-shared',
    ],
    [
      'a shared reader, the other one outside its windows',
      [scan('a', -5, ['1', '2'])],
      [fuelling('2', 300, null)],
      'attributed scan-before',
    ],
    [
      'a shared reader, a scan late after the end of another without a card',
      [scan('a', -5, ['1', '2'])],
      [fuelling('2', -160, -100)],
      'ambiguous reader-shared',
    ],
    [
      "a scan while the point was still another's",
      [scan('a', -20, ['1'])],
      [fuelling('1', -100, -10, { attributed: true })],
      'unclaimed no-scan',
    ],
    [
      'the driver before had no card: may have scanned late and gone',
      [scan('a', -30, ['1'])],
      [fuelling('1', -200, -100)],
      'ambiguous next-fuelling',
    ],
    [
      'the driver before had no card, but this one lifted before any car could leave',
      [scan('a', -15, ['1'])],
      [fuelling('1', -200, -100)],
      'attributed scan-before',
    ],
    [
      'the driver before had no card and has been gone for long',
      [scan('a', -30, ['1'])],
      [fuelling('1', -300, -211)],
      'attributed scan-before',
    ],
    [
      'the driver before has a member',
      [scan('a', -30, ['1'])],
      [fuelling('1', -200, -100, { attributed: true })],
      'attributed scan-before',
    ],
    [
      'a scan after the end, the next one lifts in a minute',
      [scan('a', 75, ['1'])],
      [fuelling('1', 135, null)],
      'ambiguous next-fuelling',
    ],
    [
      'a scan after the end, promptly followed by the next lift',
      [scan('a', 75, ['1'])],
      [fuelling('1', 90, null)],
      'unclaimed no-scan',
    ],
    [
      'a scan after the end, the next one has a card of its own',
      [scan('a', 75, ['1']), scan('b', 130, ['1'])],
      [fuelling('1', 140, null)],
      'attributed scan-after',
    ],
    [
      'its own running entry is no rival',
      [scan('a', -5, ['1'])],
      [fuelling('1', 0, 60)],
      'attributed scan-before',
    ],
    ['M45: a blocked card', [refused('a', -5, ['1'], 'blocked')], [], 'unclaimed card-blocked'],
    ['an unknown card', [refused('a', -5, ['1'], 'unknown')], [], 'unclaimed card-unknown'],
    ['a blocked card after the end', [refused('a', 70, ['1'], 'blocked')], [], 'unclaimed card-blocked'],
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
    [
      'the card of the sale before, once more: a second fill, if the lift follows at once',
      [scan('a', -7, ['1'])],
      [fuelling('1', -100, -30, { attributed: true, card: cardKey('a') })],
      'attributed scan-before',
    ],
    [
      'the card of the sale before, once more: a second fill or the next driver',
      [scan('a', -8, ['1'])],
      [fuelling('1', -100, -30, { attributed: true, card: cardKey('a') })],
      'ambiguous card-again',
    ],
    [
      'the card of the sale before, which is left to a person, once more: nobody is sure to be so quick',
      [scan('a', -90, ['1']), scan('a', -14, ['1'])],
      [fuelling('1', -80, -20)],
      'ambiguous next-fuelling',
    ],
    [
      'the card of the sale before, scanned when the second fill runs',
      [scan('a', 5, ['1'])],
      [fuelling('1', -100, -10, { attributed: true, card: cardKey('a') })],
      'attributed scan-during',
    ],
    [
      'the card of the sale before, once more: not the next driver, who cannot be so quick',
      [scan('a', -40, ['1'])],
      [fuelling('1', -120, -50, { attributed: true, card: cardKey('a') })],
      'unclaimed no-scan',
    ],
    [
      'a scan after the end, and a sale that nobody saw was found later: it may be that one',
      [scan('a', 75, ['1'])],
      [unseen('1', 300)],
      'ambiguous next-fuelling',
    ],
    [
      'a scan after the end, and a sale that nobody saw had been found before',
      [scan('a', 75, ['1'])],
      [unseen('1', -100)],
      'attributed scan-after',
    ],
    [
      'a scan before the lift, after a sale that nobody saw had been found',
      [scan('a', -20, ['1'])],
      [unseen('1', -40)],
      'attributed scan-before',
    ],
    [
      'the card of a sale at the other point, once more',
      [scan('a', 10, ['1', '2'])],
      [fuelling('2', -60, 5, { attributed: true, card: cardKey('a') })],
      'unclaimed no-scan',
    ],
  ];
  it.each(cases)('%s', (_, claims, others, expected) => {
    expect(word(sell(claims, others))).toBe(expected);
  });

  const elsewhere: typeof cases = [
    ['a lift half a minute later', [scan('a', -30, ['1'])], [], 'ambiguous card-elsewhere'],
    ['a scan during the fuelling', [scan('a', 10, ['1'])], [], 'ambiguous card-elsewhere'],
    ['at a shared reader at once, too', [scan('a', -15, ['1', '2'])], [], 'ambiguous card-elsewhere'],
    ['read here once more', [scan('a', -30, ['1']), scan('a', 50, ['1'])], [], 'attributed scan-during'],
  ];
  it.each(elsewhere)('M179: the card is read at another point since: %s', (_, claims, others, expected) => {
    expect(word(sell([...claims, scan('a', 40, ['3'])], others))).toBe(expected);
    const sold = fuelling('3', 45, 55, { attributed: true, card: cardKey('a') });
    if (claims.length === 1) expect(word(sell(claims, [...others, sold]))).toBe(expected);
  });

  it('M179: the card is read at another point within a minute: the lift at once may be somebody else’s', () => {
    const before = scan('a', -5, ['1']);
    expect(word(sell([before, scan('a', 5, ['3'])]))).toBe('ambiguous card-elsewhere');
    const sold = fuelling('3', 19, 50, { attributed: true, card: cardKey('a') });
    expect(word(sell([before], [sold]))).toBe('ambiguous card-elsewhere');
    // Who lifted at once and is elsewhere later fuels there as well.
    expect(word(sell([before, scan('a', 56, ['3'])]))).toBe('attributed scan-before');
  });

  it('M179: read at the point’s other reader since, or elsewhere before, it is where it was', () => {
    const before = scan('a', -30, ['1']);
    const other = scan('a', 40, ['1'], { reader: 'r-1b' });
    expect(word(sell([before, other]))).toBe('attributed scan-during');
    expect(word(sell([scan('a', -100, ['3']), before]))).toBe('attributed scan-before');
    const sold = fuelling('3', -90, -35, { attributed: true, card: cardKey('a') });
    expect(word(sell([before], [sold]))).toBe('attributed scan-before');
  });

  const beside: typeof cases = [
    ['lifts next', [scan('a', 30, ['1'])], [fuelling('2', 70, null)], 'ambiguous reader-mistaken'],
    [
      'lifts later than a driver does',
      [scan('a', 30, ['1'])],
      [fuelling('2', 71, null)],
      'attributed scan-during',
    ],
    ['lifted before the scan', [scan('a', 30, ['1'])], [fuelling('2', 29, null)], 'attributed scan-during'],
    ['lifts on another island', [scan('a', 30, ['1'])], [fuelling('3', 40, null)], 'attributed scan-during'],
    [
      'lifts after a scan of his own',
      [scan('a', 30, ['1']), scan('b', 35, ['2'])],
      [fuelling('2', 45, null)],
      'attributed scan-during',
    ],
    [
      'lifts, and is credited himself',
      [scan('a', 30, ['1'])],
      [fuelling('2', 45, 90, { attributed: true })],
      'attributed scan-during',
    ],
    [
      'lifts where another car stood at the scan',
      [scan('a', 30, ['1'])],
      [fuelling('2', -50, 31), fuelling('2', 65, null)],
      'attributed scan-during',
    ],
    [
      'lifts, but whoever scanned here lifted here',
      [scan('a', -30, ['1'])],
      [fuelling('2', -10, null)],
      'attributed scan-before',
    ],
    [
      'lifts after a scan after the end',
      [scan('a', 70, ['1'])],
      [fuelling('2', 80, null)],
      'ambiguous reader-mistaken',
    ],
  ];
  it.each(beside)('M179: a driver beside, without a card, %s', (_, claims, others, expected) => {
    const rules = { ...policy, islands: [['1', '2']] };
    expect(word(sell(claims, others, { rules }))).toBe(expected);
    const told = word(sell(claims, others));
    if (told !== 'unclaimed no-scan') expect(told).toMatch(/^attributed/);
  });

  it('M179: met in mid-fill, its owner is left to a person: the driver before may have scanned', () => {
    const sale = {
      ...{ fuellingPoint: '1', liftedAt: null, startedAt: null },
      ...{ endedAt: s(60), quality: 'seen' as const },
    };
    const told = (claims: Claim[]) =>
      word(attributeSale({ sale, claims, others: [], policy, now: s(lastly) }));
    expect(told([scan('a', 40, ['1'])])).toBe('ambiguous begin-unseen');
    expect(told([scan('a', 40, ['2'])])).toBe('unclaimed no-scan');
  });

  it('M20: names the card and the claim', () => {
    expect(sell([scan('a', -20, ['1'])]).attribution).toEqual({
      kind: 'attributed',
      claim: 'a',
      member: 'm-a',
      card: 'a',
      reason: 'scan-before: card read at r-1 before the nozzle was lifted',
    });
  });

  it('lists the claims a person must choose from, the latest first, not more than ten', () => {
    const claims = Array.from({ length: 30 }, (_, n) => scan(`c${n}`, n, ['1']));
    expect(sell(claims.slice(0, 2)).attribution).toMatchObject({ claims: ['c1', 'c0'] });
    expect(sell(claims).attribution).toMatchObject({
      claims: Array.from({ length: 10 }, (_, n) => `c${29 - n}`),
    });
  });

  it("a recovered sale is nobody's, unless its lift was seen", () => {
    const sale = {
      fuellingPoint: '1',
      liftedAt: null,
      startedAt: null,
      endedAt: s(60),
      quality: 'recovered' as const,
    };
    const blind = { sale, claims: [scan('a', 50, ['1'])], others: [], policy, now: s(lastly) };
    expect(word(attributeSale(blind))).toBe('unclaimed recovered');
    const recovered = { quality: 'recovered' as const };
    expect(word(sell([scan('a', -5, ['1'])], [], recovered))).toBe('attributed scan-before');
    // When it ended nobody saw: who scanned since may have come after it.
    expect(word(sell([scan('b', 50, ['1'])], [], recovered))).toBe('ambiguous end-unseen');
    expect(word(sell([scan('b', 70, ['1'])], [], recovered))).toBe('ambiguous end-unseen');
    // Whose card was read before the lift is named with him.
    expect(sell([scan('a', -5, ['1']), scan('b', 50, ['1'])], [], recovered).attribution).toMatchObject({
      ...{
        kind: 'ambiguous',
        reason: expect.stringMatching(/^two-cards/),
        claims: [expect.any(String), expect.any(String)],
      },
    });
    const twice = [scan('a', -5, ['1']), scan('a', 50, ['1'])];
    expect(word(sell(twice, [], recovered))).toBe('attributed scan-during');
  });
});

describe('M179: a sale waits where its card may be of a driver about to lift', () => {
  const cases: [string, readonly Claim[], readonly Fuelling[], number, string, number | null][] = [
    [
      'before its lift, at a reader of its own',
      [scan('a', -5, ['1'])],
      [],
      60,
      'attributed scan-before',
      null,
    ],
    ['during, at a reader of its own', [scan('a', 58, ['1'])], [], 60, 'attributed scan-during', null],
    ['after the end: the next driver may be early', [scan('a', 65, ['1'])], [], 65, 'ambiguous waits', 365],
    ['after the end, and nobody lifted', [scan('a', 65, ['1'])], [], 365, 'attributed scan-after', null],
    [
      'after the end, the next already runs with a card of its own',
      [scan('a', 65, ['1']), scan('b', 120, ['1'])],
      [fuelling('1', 130, null)],
      140,
      'attributed scan-after',
      null,
    ],
    ['a shared reader beside an idle point', [scan('a', 20, ['1', '2'])], [], 60, 'ambiguous waits', 320],
    ['before the lift, at a shared reader', [scan('a', -5, ['1', '2'])], [], 60, 'ambiguous waits', 295],
    [
      'the other point was taken all the time, by a driver with a member',
      [scan('a', 20, ['1', '2'])],
      [fuelling('2', 0, 100, { attributed: true })],
      110,
      'attributed scan-during',
      null,
    ],
    ['nobody lifted there', [scan('a', 20, ['1', '2'])], [], 320, 'attributed scan-during', null],
    [
      'somebody did',
      [scan('a', 20, ['1', '2'])],
      [fuelling('2', 200, null)],
      210,
      'ambiguous reader-shared',
      null,
    ],
    ['a blocked card waits too', [refused('a', 65, ['1'], 'blocked')], [], 65, 'ambiguous waits', 365],
    [
      'two cards are two, whoever lifts elsewhere',
      [scan('a', 20, ['1', '2']), scan('b', 30, ['1', '2'])],
      [],
      60,
      'ambiguous two-cards',
      null,
    ],
    ['no card, nothing to wait for', [], [], 60, 'unclaimed no-scan', null],
  ];
  it.each(cases)('%s', (_, claims, others, now, expected, until) => {
    const verdict = sell(claims, others, { now });
    expect(word(verdict)).toBe(expected);
    expect(verdict.waitsUntil).toBe(until === null ? null : s(until));
  });

  const island: [string, readonly Claim[], readonly Fuelling[], number, string, number | null][] = [
    ['during: somebody may lift beside', [scan('a', 50, ['1'])], [], 60, 'ambiguous waits', 90],
    ['nobody did', [scan('a', 50, ['1'])], [], 90, 'attributed scan-during', null],
    ['long enough ago', [scan('a', 20, ['1'])], [], 60, 'attributed scan-during', null],
    ['before the lift', [scan('a', -5, ['1'])], [], 1, 'attributed scan-before', null],
    [
      'another stood there all the time',
      [scan('a', 50, ['1'])],
      [fuelling('2', 0, null)],
      60,
      'attributed scan-during',
      null,
    ],
    ['after the end: as long as for the next driver', [scan('a', 65, ['1'])], [], 66, 'ambiguous waits', 105],
    ['and then still for him', [scan('a', 65, ['1'])], [], 105, 'ambiguous waits', 365],
  ];
  it.each(island)('M179: with points beside: %s', (_, claims, others, now, expected, until) => {
    const rules = { ...policy, islands: [['1', '2']] };
    const verdict = sell(claims, others, { now, rules });
    expect(word(verdict)).toBe(expected);
    expect(verdict.waitsUntil).toBe(until === null ? null : s(until));
  });

  it('not at all where the installer wants it so', () => {
    const rules = { ...policy, waitS: 0, sharedWaitS: 0 };
    expect(word(sell([scan('a', 65, ['1'])], [], { now: 65, rules }))).toBe('attributed scan-after');
  });
});

describe('joinClaim', () => {
  const moves = () => false;
  const stays = () => true;
  it('M20: the same card at the same reader is refreshed, not doubled', () => {
    const first = scan('a', 0, ['1'], { coupons: ['x'] });
    const again = { ...scan('a', 20, ['1'], { coupons: ['y'] }), id: 'a2' };
    expect(joinClaim([first], again, moves)).toEqual([{ ...again, id: 'a', coupons: ['x', 'y'] }]);
  });
  it('M179: at another reader the claim moves with the card', () => {
    const first = scan('a', 0, ['1']);
    const there = { ...scan('a', 40, ['3']), id: 'a2' };
    expect(joinClaim([first], there, moves)).toEqual([{ ...there, id: 'a' }]);
  });
  it('M179: a second fill by the same card: what is needed for the first stays with it', () => {
    expect(joinClaim([scan('a', 0, ['1'])], scan('a', 40, ['1']), stays)).toHaveLength(2);
  });
  it('M179: one card at two nozzles: what is needed at the first stays there', () => {
    expect(joinClaim([scan('a', 0, ['1'])], scan('a', 40, ['3']), stays)).toHaveLength(2);
  });
  it.each([
    ['another card', scan('a', 0, ['1'])],
    ['a scan of long ago', scan('b', -600, ['1'])],
    ['a used claim', scan('b', 0, ['1'], { sale: saleKey('s') })],
  ])('%s is not taken up', (_, other) => {
    expect(joinClaim([other], scan('b', 20, ['1']), moves)).toHaveLength(2);
  });
});

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
  const running = fc.array(
    fc.record({ point: fc.constantFrom('2', '3'), lifted: fc.integer({ min: -90, max: 90 }) }),
    { maxLength: 2 },
  );

  it('M179: attributed only to the one member whose scan fits, and who fits nothing else without a card of its own', () => {
    fc.assert(
      fc.property(claims, running, (drawn, lifts) => {
        const scans = drawn
          .map(({ at, points: served, member }, n) => scan(`c${n}`, at, served, { member }))
          .sort((a, b) => a.at - b.at);
        const others = lifts.map(({ point, lifted }) => fuelling(point, lifted, null));
        const { attribution } = sell(scans, others);
        if (attribution.kind !== 'attributed') return;
        const fitting = scans.filter((claim) => claim.fuellingPoints.includes('1'));
        expect(new Set(fitting.map(({ member }) => member))).toEqual(new Set([attribution.member]));
        for (const other of others) {
          const mayBe = fitting.some((claim) => claim.fuellingPoints.includes(other.fuellingPoint));
          const hasCard = scans.some(
            ({ fuellingPoints }) => fuellingPoints.length === 1 && fuellingPoints[0] === other.fuellingPoint,
          );
          expect(mayBe && !hasCard).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('M179: what is told while it waits is what is told in the end, or a person is asked', () => {
    fc.assert(
      fc.property(claims, fc.integer({ min: 80, max: 400 }), (drawn, now) => {
        const scans = drawn.map(({ at, points: served, member }, n) => scan(`c${n}`, at, served, { member }));
        const early = sell(scans, [], { now });
        if (early.attribution.kind === 'attributed') expect(sell(scans)).toEqual(early);
        else if (early.waitsUntil === null) expect(sell(scans).attribution).toEqual(early.attribution);
      }),
      { numRuns: 500 },
    );
  });
});
