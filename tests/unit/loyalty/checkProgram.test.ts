import { describe, expect, it } from 'vitest';
import { checkProgram } from '../../../src/core/loyalty/checkProgram.ts';
import { program } from './support.ts';

const span = { from: '2026-12-01', to: '2026-12-31' };
const check = (parts: object) => checkProgram(program(parts), ['92', 'diesel']);

describe('what a program may not say', () => {
  it('nothing is wrong with a plain one', () => {
    expect(check({})).toEqual([]);
  });

  it.each([
    [
      'a grade the station does not have',
      { earn: [{ id: 'a', per: 'litre', points: 1, grades: ['92', '96'] }] },
      ['earn', 0, 'grades', 1],
      'unknown grade "96"',
    ],
    [
      'a tier the program does not have',
      { discounts: [{ id: 'a', percent: 3, tiers: ['gold'] }] },
      ['discounts', 0, 'tiers', 0],
      'unknown tier "gold"',
    ],
    [
      'two rules of one id',
      { tiers: [{ id: 'ordinary' }, { id: 'ordinary' }] },
      ['tiers', 1, 'id'],
      '"ordinary" is the id of tiers rule 1 already',
    ],
    [
      'two coupons of one code',
      { coupons: ['a', 'b'].map((id) => ({ id, code: 'SAME', bonus: 1, ...span })) },
      ['coupons', 1, 'code'],
      'coupon a has this code already',
    ],
    [
      'an end before its beginning',
      { campaigns: [{ id: 'a', bonus: 1, from: '2026-12-31', to: '2026-12-01' }] },
      ['campaigns', 0, 'to'],
      'ends on 2026-12-01, before it begins on 2026-12-31',
    ],
    [
      'a day that does not exist',
      { coupons: [{ id: 'a', code: 'CODE', bonus: 1, from: '2026-02-01', to: '2026-02-29' }] },
      ['coupons', 0, 'to'],
      'there is no day 2026-02-29',
    ],
    [
      'a campaign that gives nothing',
      { campaigns: [{ id: 'a', ...span }] },
      ['campaigns', 0],
      'neither `bonus`',
    ],
    [
      'a campaign that takes away',
      { campaigns: [{ id: 'a', multiplier: 0.9, ...span }] },
      ['campaigns', 0, 'multiplier'],
      'a multiplier of 0.9 adds nothing',
    ],
    [
      'a member day on no day',
      { memberDays: [{ id: 'a', multiplier: 2 }] },
      ['memberDays', 0],
      'neither `weekdays` nor `monthDays`',
    ],
    [
      'a member day that adds nothing',
      { memberDays: [{ id: 'a', multiplier: 1, weekdays: ['mon'] }] },
      ['memberDays', 0, 'multiplier'],
      'a multiplier of 1 adds nothing',
    ],
    [
      'a discount of nothing',
      { discounts: [{ id: 'a' }] },
      ['discounts', 0],
      'neither `perLitre` nor `percent`',
    ],
    [
      'a discount of two kinds',
      { discounts: [{ id: 'a', perLitre: 1, percent: 1 }] },
      ['discounts', 0],
      'both `perLitre` and `percent`',
    ],
    [
      'a discount above the amount',
      { discounts: [{ id: 'a', percent: 101 }] },
      ['discounts', 0, 'percent'],
      '101 % is more than the amount',
    ],
  ])('%s', (_, parts, path, message) => {
    const problems = check(parts);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.path).toEqual(path);
    expect(problems[0]?.message).toContain(message);
    expect(problems[0]?.hint).not.toBe('');
  });

  it('every problem is told at once', () => {
    const parts = { discounts: [{ id: 'a' }], memberDays: [{ id: 'a', multiplier: 2 }] };
    expect(check(parts)).toHaveLength(2);
  });
});
