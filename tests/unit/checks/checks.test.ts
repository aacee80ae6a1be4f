import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selfClaim } from '../../../src/core/checks/selfClaim.ts';
import { largestTank } from '../../../src/core/checks/vehicles.ts';
import { abnormalVolume, aboveUsual, overfill } from '../../../src/core/checks/volume.ts';
import { wrongFuel } from '../../../src/core/checks/wrongFuel.ts';
import { checksSchema } from '../../../src/model/config/checks.ts';
import { millilitres } from '../../../src/model/units.ts';

const policy = checksSchema.parse({});
const ml = (value: number) => millilitres(value);

describe('a fill larger than the tank', () => {
  it.each([
    [53_000, 50, null],
    [53_001, 50, 'explain'],
    [65_000, 50, 'explain'],
    [65_001, 50, 'verify'],
    // "A 35 L tank took 45 L": 128 %.
    [45_000, 35, 'explain'],
    [37_100, 35, null],
    [45_501, 35, 'verify'],
    [1, null, null],
    [9_000_000, null, null],
  ])('M152 M164: %i ml into a tank of %s L is %s', (volume, tank, level) => {
    expect(overfill(ml(volume), tank, policy)?.level ?? null).toBe(level);
  });

  it('M164: takes its bands from the configuration, and tells what it saw', () => {
    const strict = checksSchema.parse({ tankNormalPercent: 100, tankExplainPercent: 100 });
    expect(overfill(ml(50_000), 50, strict)).toBeNull();
    expect(overfill(ml(50_010), 50, strict)).toEqual({
      kind: 'overfill',
      level: 'verify',
      text: '50.010 L into a tank of 50 L (100 %)',
    });
    expect(() => checksSchema.parse({ tankNormalPercent: 120, tankExplainPercent: 110 })).toThrow(
      /below tankNormalPercent/,
    );
  });

  it('M164: never grows milder with more fuel', () => {
    const order = [null, 'explain', 'verify'];
    const weight = (volume: number, tank: number) =>
      order.indexOf(overfill(ml(volume), tank, policy)?.level ?? null);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 0, max: 5_000_000 }),
        fc.integer({ min: 0, max: 100_000 }),
        (tank, volume, more) => weight(volume, tank) <= weight(volume + more, tank),
      ),
    );
  });
});

describe('the tank that a fill can have gone into', () => {
  const small = { plate: 'A', grade: '92', tankLitres: 35 };
  const large = { plate: 'B', grade: '92', tankLitres: 60 };
  const diesel = { plate: 'C', grade: 'diesel', tankLitres: 400 };
  it.each([
    ['the largest that takes the grade', [small, large, diesel], '92', 60],
    ['one whose grade is not known takes any', [small, { plate: 'D', tankLitres: 70 }], '92', 70],
    ['of all, where none takes the grade', [small, diesel], '98', 400],
    [
      'not known, where one that takes it has none in the file',
      [small, { plate: 'E', grade: '92' }],
      '92',
      null,
    ],
    ['another grade’s unknown tank does not matter', [small, { plate: 'F', grade: 'diesel' }], '92', 35],
    ['not known without vehicles', [], '92', null],
  ])('is %s', (_, vehicles, grade, litres) => {
    expect(largestTank(vehicles, grade)).toBe(litres);
  });
});

describe('an abnormal volume', () => {
  it('M107: is above the limit of any sale, unless the own tank holds it', () => {
    expect(abnormalVolume(ml(500_000), null, policy)).toBeNull();
    expect(abnormalVolume(ml(500_001), null, policy)).toMatchObject({
      kind: 'abnormal-volume',
      level: 'explain',
    });
    expect(abnormalVolume(ml(600_000), 650, policy)).toBeNull();
    expect(abnormalVolume(ml(600_000), 60, policy)).not.toBeNull();
  });

  it('M107: is far above the member’s own fills, of which there must be enough', () => {
    const fills = { count: 5, volume: 200_000 };
    expect(aboveUsual(ml(120_000), fills, policy)).toBeNull();
    expect(aboveUsual(ml(120_001), fills, policy)).toEqual({
      kind: 'above-usual',
      level: 'explain',
      text: "120.001 L, more than 3 times the member's 40.000 L on average of 5 fills",
    });
    expect(aboveUsual(ml(900_000), { count: 4, volume: 160_000 }, policy)).toBeNull();
  });
});

describe('an employee’s own card', () => {
  const sale = { member: 'e-1', attendant: null, creditsOfDay: 2 };
  it('is credited twice a day without a word', () => {
    expect(selfClaim(sale, policy)).toBeNull();
    expect(selfClaim({ ...sale, attendant: 'e-2' }, policy)).toBeNull();
  });
  it('is flagged from the third credit of a day', () => {
    expect(selfClaim({ ...sale, creditsOfDay: 3 }, policy)).toMatchObject({
      kind: 'self-claim',
      level: 'explain',
    });
  });
  it('is to be verified at a sale that the employee attended', () => {
    expect(selfClaim({ ...sale, attendant: 'e-1', creditsOfDay: 1 }, policy)).toMatchObject({
      level: 'verify',
    });
  });
});

describe('the wrong fuel', () => {
  const petrol = { member: 'm-1', vehicles: [{ plate: 'A', grade: '92' }] };
  const truck = { member: 'm-2', vehicles: [{ plate: 'B', grade: 'diesel' }] };
  it('M181: is a grade that no vehicle of the waiting card takes', () => {
    expect(wrongFuel('diesel', [petrol])).toEqual({
      member: 'm-1',
      expected: ['92'],
      text: 'the nozzle lifted is diesel; the vehicle takes 92',
    });
    expect(wrongFuel('92', [petrol])).toBeNull();
  });
  it('M181: is none where one of several vehicles takes it, or what they take is not known', () => {
    const family = { member: 'm-3', vehicles: [...petrol.vehicles, ...truck.vehicles] };
    expect(wrongFuel('diesel', [family])).toBeNull();
    expect(wrongFuel('95', [family])).toMatchObject({ expected: ['92', 'diesel'] });
    expect(wrongFuel('98', [{ member: 'm-4', vehicles: [{ plate: 'C' }] }])).toBeNull();
    expect(wrongFuel('98', [{ member: 'm-5', vehicles: [] }])).toBeNull();
    expect(wrongFuel('98', [])).toBeNull();
  });
  it('M181: with cards of several members waits for one that none takes, and names nobody', () => {
    expect(wrongFuel('diesel', [petrol, truck])).toBeNull();
    expect(wrongFuel('98', [petrol, truck])).toMatchObject({ member: null, expected: ['92', 'diesel'] });
  });
  it('M181: a plate is in no text: warnings go to head office', () => {
    expect(
      JSON.stringify(wrongFuel('98', [{ member: 'm', vehicles: [{ plate: 'SECRET-1', grade: '92' }] }])),
    ).not.toMatch(/SECRET/);
  });
});
