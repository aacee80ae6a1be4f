import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkProgram } from '../../../src/core/loyalty/checkProgram.ts';
import { credit } from '../../../src/core/loyalty/credit.ts';
import { membersFileSchema } from '../../../src/model/config/members.ts';
import { programSchema } from '../../../src/model/config/program.ts';
import { inputOf } from './support.ts';

const read = (path: string) =>
  parse(readFileSync(new URL(`../../../config/${path}`, import.meta.url), 'utf8'));
const grades = ['92', '95', '98', 'diesel'];

describe('the programs that come with it', () => {
  it.each(['standard', 'minimal'])('%s passes its schema and every check', (name) => {
    const program = programSchema.parse(read(`programs/${name}.yaml`));
    expect(program.program).toBe(name);
    expect(checkProgram(program, grades)).toEqual([]);
  });

  it('M21, M27-M28, M40, M46: a known sale on the standard program', () => {
    const program = programSchema.parse(read('programs/standard.yaml'));
    const input = inputOf({ grade: '98', tier: 'svip', ml: 40_000, amount: 36_000, date: '2026-11-18' });
    // (40 L x 1.5 + 360 x 0.05) x 1.5, doubled on the 18th; 3 % of 360.00 beats 0.20 a litre.
    expect(credit({ ...input, program })).toMatchObject({
      earned: 234,
      discounts: [{ rule: 'svip-premium', amount: 1080 }],
    });
  });

  it('M3, M13, M45: the example members have tiers of the standard program, cards of several kinds and states', () => {
    const { members } = membersFileSchema.parse(read('stations/members.example.yaml'));
    const tiers = programSchema.parse(read('programs/standard.yaml')).tiers.map((tier) => tier.id);
    expect(members.filter((member) => !tiers.includes(member.tier))).toEqual([]);
    const cards = members.flatMap((member) => member.cards);
    expect(new Set(cards.map((card) => card.format))).toEqual(
      new Set(['em40', 'number', 'stripe', 'code', 'uid']),
    );
    expect(new Set(cards.map((card) => card.status))).toEqual(
      new Set(['active', 'blocked', 'lost', 'expired']),
    );
    expect(new Set(cards.map((card) => card.number)).size).toBe(cards.length);
    for (const { vehicles, cards: own } of members) {
      for (const { vehicle } of own) {
        if (vehicle !== undefined) expect(vehicles.map(({ plate }) => plate)).toContain(vehicle);
      }
    }
  });
});
