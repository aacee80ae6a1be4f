import { type CreditInput, credit } from '../../../src/core/loyalty/credit.ts';
import { type Program, programSchema } from '../../../src/model/config/program.ts';
import { saleKey } from '../../../src/model/ids.ts';
import type { Credit, RuleExplanation } from '../../../src/model/sale.ts';
import { millilitres, money } from '../../../src/model/units.ts';

const plain = {
  program: 'test',
  version: 3,
  earn: [{ id: 'litres', per: 'litre', points: 1 }],
  tiers: [{ id: 'ordinary' }, { id: 'vip', multiplier: 1.5 }, { id: 'svip', multiplier: 2 }],
};

/** A program as a file would give it: the parts named here in place of, or beside, one point a litre. */
export const program = (parts: object = {}): Program => programSchema.parse({ ...plain, ...parts });

export interface Case {
  program?: object;
  ml?: number;
  /** Minor units. */
  amount?: number | null;
  grade?: string;
  tier?: string;
  date?: string;
  scanned?: readonly string[];
  uses?: Readonly<Record<string, number>>;
  currencyDecimals?: number;
}

/** 45.20 L of 92 for 354.82 by an ordinary member on Wednesday 2026-12-02, unless said otherwise. */
export function inputOf(given: Case = {}): CreditInput {
  const amount = given.amount === undefined ? 35_482 : given.amount;
  return {
    sale: {
      key: saleKey('fp1/1/1000-46200'),
      grade: given.grade ?? '92',
      volume: millilitres(given.ml ?? 45_200),
      amount: amount === null ? null : money(amount),
      price: null,
      quality: amount === null ? 'recovered' : 'seen',
    },
    currencyDecimals: given.currencyDecimals ?? 2,
    member: { id: 'm-1', tier: given.tier ?? 'ordinary' },
    program: program(given.program),
    businessDate: given.date ?? '2026-12-02',
    couponsScanned: given.scanned ?? [],
    couponUses: given.uses ?? {},
  };
}

export const creditOf = (given: Case = {}): Credit => credit(inputOf(given));

/** The words on one rule; undefined when it was not considered. */
export function explained(result: Credit, rule: string): RuleExplanation | undefined {
  return result.explanation.find((each) => each.rule === rule);
}
