import { describe, expect, it } from 'vitest';
import { creditOf, explained } from './support.ts';

const eighths = { id: 'eighths', monthDays: [8, 18, 28], multiplier: 2 };
const tuesdays = { id: 'tuesdays', weekdays: ['tue'], multiplier: 1.5 };
const autumn = { id: 'autumn', from: '2026-12-01', to: '2026-12-10', multiplier: 1.5 };
// 2026-12-08 is a Tuesday and an 8th.
const both = '2026-12-08';

describe('member day', () => {
  it.each([
    ['the 8th', '2026-12-18', 80],
    ['the day before', '2026-12-17', 40],
  ])('M46: days of the month: %s', (_, date, earned) => {
    expect(creditOf({ program: { memberDays: [eighths] }, ml: 40_000, date }).earned).toBe(earned);
  });

  it.each([
    ['2026-12-01', 60],
    ['2026-12-02', 40],
    ['2028-02-29', 60],
  ])('M46: weekdays: %s', (date, earned) => {
    expect(creditOf({ program: { memberDays: [tuesdays] }, ml: 40_000, date }).earned).toBe(earned);
  });

  it('M46: weekdays and days of the month in one rule must both hold', () => {
    const memberDays = [{ ...eighths, weekdays: ['tue'] }];
    expect(creditOf({ program: { memberDays }, ml: 40_000, date: both }).earned).toBe(80);
    expect(creditOf({ program: { memberDays }, ml: 40_000, date: '2026-12-18' }).earned).toBe(40);
  });

  it('M46: of several the highest counts, whatever their order, and the others say why not', () => {
    for (const memberDays of [
      [eighths, tuesdays],
      [tuesdays, eighths],
    ]) {
      const result = creditOf({ program: { memberDays }, ml: 40_000, date: both });
      expect(result.earned).toBe(80);
      expect(explained(result, 'member-day:tuesdays')?.text).toContain('only the highest counts');
    }
  });

  it('M46: of equals the first in the file counts', () => {
    const memberDays = [eighths, { ...tuesdays, multiplier: 2 }];
    const result = creditOf({ program: { memberDays }, date: both });
    expect(explained(result, 'member-day:eighths')?.applied).toBe(true);
    expect(explained(result, 'member-day:tuesdays')?.applied).toBe(false);
  });

  it('M46: it is for its grades and tiers only', () => {
    const memberDays = [{ ...eighths, grades: ['95'], tiers: ['vip'] }];
    const day = { program: { memberDays }, ml: 40_000, date: both };
    expect(creditOf({ ...day, grade: '95', tier: 'vip' }).earned).toBe(120);
    expect(creditOf({ ...day, grade: '92', tier: 'vip' }).earned).toBe(60);
    expect(creditOf({ ...day, grade: '95' }).earned).toBe(40);
  });

  it('M46: never takes points away', () => {
    const result = creditOf({
      program: { memberDays: [{ ...eighths, multiplier: 0.5 }] },
      ml: 40_000,
      date: both,
    });
    expect(result.earned).toBe(40);
    expect(explained(result, 'member-day:eighths')?.applied).toBe(false);
  });
});

describe('campaigns', () => {
  it.each([
    ['2026-11-30', 40, []],
    ['2026-12-01', 60, ['autumn']],
    ['2026-12-10', 60, ['autumn']],
    ['2026-12-11', 40, []],
  ])('M23: holds on whole business days, first and last included: %s', (date, earned, campaigns) => {
    expect(creditOf({ program: { campaigns: [autumn] }, ml: 40_000, date })).toMatchObject({
      earned,
      campaigns,
    });
  });

  it('M23: a bonus for taking part is not multiplied, by tier or day', () => {
    const campaigns = [{ id: 'launch', from: '2026-12-01', to: '2026-12-31', bonus: 30, minimumLitres: 40 }];
    const given = { program: { campaigns, memberDays: [eighths] }, date: both, tier: 'vip' };
    expect(creditOf({ ...given, ml: 40_000 })).toMatchObject({ earned: 150, campaigns: ['launch'] });
    const short = creditOf({ ...given, ml: 39_999 });
    expect(short).toMatchObject({ campaigns: [] });
    expect(explained(short, 'campaign:launch')?.text).toBe('needs 40 L, the sale has 39.999 L');
  });

  it('M23: one with bonus and multiplier is listed once', () => {
    const campaigns = [{ ...autumn, bonus: 5 }];
    expect(creditOf({ program: { campaigns }, ml: 40_000 })).toMatchObject({
      earned: 65,
      campaigns: ['autumn'],
    });
  });

  it('M23: a multiplier with no points to multiply is not taking part', () => {
    const earn = [{ id: 'diesel', per: 'litre', points: 1, grades: ['diesel'] }];
    expect(creditOf({ program: { earn, campaigns: [autumn] } })).toMatchObject({ earned: 0, campaigns: [] });
  });
});

describe('stacking of member day x2 and campaigns x1.5 on 60 points of a vip', () => {
  const parts = { memberDays: [eighths], campaigns: [autumn, { ...autumn, id: 'other' }] };
  it.each([
    [undefined, 60 + 60 + 30 + 30, ['autumn', 'other']],
    ['add', 60 + 60 + 30 + 30, ['autumn', 'other']],
    ['highest', 60 + 60, []],
    ['multiply', 60 * 2 * 1.5 * 1.5, ['autumn', 'other']],
  ])('M23, M46: %s', (stacking, earned, campaigns) => {
    const program = stacking === undefined ? parts : { ...parts, stacking };
    expect(creditOf({ program, ml: 40_000, date: both, tier: 'vip' })).toMatchObject({ earned, campaigns });
  });
});
