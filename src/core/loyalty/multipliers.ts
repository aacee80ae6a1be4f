/**
 * Multipliers: the tier first, on what the earn rules gave; then the occasions (one member day, campaigns), which do
 * not multiply each other unless the program says `stacking: multiply`.
 */
import type { Program } from '../../model/config/program.ts';
import { compare, type Fraction, fromDecimal, multiply, one, subtract, toText, zero } from './fraction.ts';
import type { Tally } from './tally.ts';
import { misfit, type Terms } from './terms.ts';

type MemberDay = Program['memberDays'][number];
type Campaign = Program['campaigns'][number];

interface Occasion {
  readonly id: string;
  readonly rule: string;
  readonly multiplier: string;
}

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** What `x1.5` adds to `base`. */
const extra = (base: Fraction, multiplier: string): Fraction =>
  multiply(base, subtract(fromDecimal(multiplier), one));

export function applyTier(program: Program, terms: Terms, tally: Tally): void {
  const rule = `tier:${terms.tier}`;
  const tier = program.tiers.find(({ id }) => id === terms.tier);
  if (tier === undefined) {
    tally.skip(rule, `the program has no tier "${terms.tier}": counted as x1`);
    return;
  }
  const base = tally.total;
  const change = extra(base, tier.multiplier);
  const after = multiply(base, fromDecimal(tier.multiplier));
  tally.apply(rule, change, `tier ${tier.id}: ${toText(base)} x ${tier.multiplier} = ${toText(after)}`);
}

/** Applies the member day and campaign multipliers; returns the ids of the campaigns that gave something. */
export function applyOccasions(program: Program, terms: Terms, tally: Tally): string[] {
  const candidates = [
    ...bestMemberDay(program.memberDays, terms, tally),
    ...fittingCampaigns(program.campaigns, terms, tally),
  ].filter((occasion) => giving(occasion, tally));
  const occasions = program.stacking === 'highest' ? onlyHighest(candidates, tally) : candidates;

  const base = tally.total;
  for (const { rule, multiplier } of occasions) {
    const on = program.stacking === 'multiply' ? tally.total : base;
    const change = extra(on, multiplier);
    tally.apply(rule, change, `x${multiplier} on ${toText(on)} points: ${toText(change)} more`);
  }
  return occasions.filter(({ rule }) => rule.startsWith('campaign:')).map(({ id }) => id);
}

function bestMemberDay(days: readonly MemberDay[], terms: Terms, tally: Tally): Occasion[] {
  const fitting: Occasion[] = [];
  for (const day of days) {
    const rule = `member-day:${day.id}`;
    const reason = notToday(day, terms.date) ?? misfit(day, terms);
    if (reason === null) fitting.push({ id: day.id, rule, multiplier: day.multiplier });
    else tally.skip(rule, reason);
  }
  return onlyHighest(fitting, tally);
}

/** Why a member day is not on `date`; null when it is. Weekdays and days of the month given together must both hold. */
export function notToday(day: MemberDay, date: string): string | null {
  const instant = new Date(`${date}T00:00:00Z`);
  const weekday = weekdays[instant.getUTCDay()];
  if (day.weekdays && !day.weekdays.some((name) => name === weekday)) {
    return `is on ${day.weekdays.join(', ')}, ${date} is a ${weekday}`;
  }
  if (day.monthDays && !day.monthDays.includes(instant.getUTCDate())) {
    return `is on day ${day.monthDays.join(', ')} of the month, the sale is of ${date}`;
  }
  return null;
}

function fittingCampaigns(campaigns: readonly Campaign[], terms: Terms, tally: Tally): Occasion[] {
  const fitting: Occasion[] = [];
  for (const { multiplier, ...campaign } of campaigns) {
    if (multiplier === undefined) continue;
    const rule = `campaign:${campaign.id}`;
    const reason = misfit(campaign, terms);
    if (reason === null) fitting.push({ id: campaign.id, rule, multiplier });
    else tally.skip(rule, reason);
  }
  return fitting;
}

/** An occasion never takes points away, and none counts where there is nothing to multiply. */
function giving({ rule, multiplier }: Occasion, tally: Tally): boolean {
  if (compare(fromDecimal(multiplier), one) <= 0) {
    tally.skip(rule, `x${multiplier} would add nothing`);
    return false;
  }
  if (compare(tally.total, zero) <= 0) {
    tally.skip(rule, `x${multiplier} fits, but there are no points to multiply`);
    return false;
  }
  return true;
}

/** The first of the greatest in the file's order, so that the answer does not hang on what was edited last. */
function onlyHighest(occasions: readonly Occasion[], tally: Tally): Occasion[] {
  const [first, ...others] = occasions;
  if (first === undefined) return [];
  let best = first;
  for (const other of others) {
    if (compare(fromDecimal(other.multiplier), fromDecimal(best.multiplier)) > 0) best = other;
  }
  for (const other of occasions) {
    if (other !== best)
      tally.skip(
        other.rule,
        `x${other.multiplier} fits, but ${best.rule} gives x${best.multiplier} and only the highest counts`,
      );
  }
  return [best];
}
