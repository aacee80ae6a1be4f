import { describe, expect, it } from 'vitest';
import { instantOf } from '../../../src/cli/commands/claims.ts';

const now = Date.UTC(2026, 10, 22, 8);

describe('a time as people write it', () => {
  it.each([
    ['8h', '2026-11-22T00:00:00.000Z'],
    ['3d', '2026-11-19T08:00:00.000Z'],
    ['2026-11-20T06:00Z', '2026-11-20T06:00:00.000Z'],
    ['2026-11-20T06:00+08:00', '2026-11-19T22:00:00.000Z'],
  ])('%s is %s', (text, instant) => {
    expect(instantOf(text, now)).toBe(instant);
  });

  it('a date begins at midnight here', () => {
    expect(new Date(instantOf('2026-11-20', now))).toEqual(new Date(2026, 10, 20));
  });

  it.each(['', 'noon', '8', '8w', '-8h', '2026-13-40', '22.11.2026', '8h ago'])('"%s" is none', (text) => {
    expect(() => instantOf(text, now)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});
