/** What a member may look forward to today, for the display at the pump: before it is known what will be bought. */
import type { Program } from '../../model/config/program.ts';
import { notToday } from './multipliers.ts';

/** Short texts, in the program's order. `date` is the station's business date, YYYY-MM-DD. */
export function benefitsDue(program: Program, tier: string, date: string): string[] {
  const isFor = (tiers: readonly string[] | undefined) => tiers === undefined || tiers.includes(tier);
  const runs = (rule: { from: string; to: string }) => rule.from <= date && date <= rule.to;
  return [
    ...program.memberDays
      .filter((rule) => isFor(rule.tiers) && notToday(rule, date) === null)
      .map((rule) => `${rule.id}: points x${rule.multiplier} today`),
    ...program.campaigns
      .filter((rule) => isFor(rule.tiers) && runs(rule))
      .map((rule) => `${rule.id}: ${rule.title ?? 'campaign'}`),
    ...program.discounts
      .filter((rule) => isFor(rule.tiers))
      .map((rule) => `${rule.id}: ${rule.title ?? 'discount'}`),
  ];
}
