/** Discount lines: of the rules that fit, the one that is best for the member. */
import type { Program } from '../../model/config/program.ts';
import type { DiscountLine } from '../../model/sale.ts';
import { money } from '../../model/units.ts';
import { type Fraction, fraction, fromDecimal, multiply, round } from './fraction.ts';
import type { Tally } from './tally.ts';
import { amountUnknown, fixed, litresText, misfit, type Terms } from './terms.ts';

type Discount = Program['discounts'][number];

interface Offer {
  readonly id: string;
  readonly rule: string;
  /** Minor units. */
  readonly amount: bigint;
  readonly text: string;
}

/** At most one line, in minor units rounded half up, never above the sale's amount. */
export function discountLines(program: Program, terms: Terms, tally: Tally): DiscountLine[] {
  const offers: Offer[] = [];
  for (const discount of program.discounts) {
    const rule = `discount:${discount.id}`;
    const offer = offerOf(discount, terms);
    if (typeof offer === 'string') tally.skip(rule, offer);
    else offers.push({ id: discount.id, rule, ...offer });
  }
  const [first, ...others] = offers;
  if (first === undefined) return [];
  let best = first;
  for (const other of others) if (other.amount > best.amount) best = other;
  for (const offer of offers) {
    if (offer === best) tally.note(offer.rule, offer.text);
    else tally.skip(offer.rule, `${offer.text}; ${best.rule} is better or equal, and only one counts`);
  }
  return [{ rule: best.id, amount: money(Number(best.amount)), text: best.text }];
}

/** What the discount would give, or why it gives nothing. */
function offerOf(discount: Discount, terms: Terms): { amount: bigint; text: string } | string {
  const reason = misfit(discount, terms);
  if (reason !== null) return reason;
  // Also one by the litre needs the amount, which it must never exceed.
  if (terms.amount === null) return amountUnknown;
  const exact = exactOf(discount, terms, terms.amount);
  if (exact === null) return 'has neither `perLitre` nor `percent`';
  const scale = fraction(10n ** BigInt(terms.currencyDecimals));
  const most = round(multiply(terms.amount, scale), 'down');
  const rounded = round(multiply(exact.value, scale), 'half-up');
  const amount = rounded > most ? most : rounded;
  if (amount <= 0n) return `${exact.text} comes to nothing`;
  const told = fixed(fraction(amount, scale.n), terms.currencyDecimals);
  return { amount, text: `${exact.text} = ${told}${rounded > most ? ', held at the amount' : ''}` };
}

function exactOf(
  discount: Discount,
  terms: Terms,
  amount: Fraction,
): { value: Fraction; text: string } | null {
  const { perLitre, percent } = discount;
  if (perLitre !== undefined) {
    return {
      value: multiply(terms.litres, fromDecimal(perLitre)),
      text: `${litresText(terms)} x ${perLitre}/L`,
    };
  }
  if (percent !== undefined) {
    return {
      value: multiply(amount, multiply(fromDecimal(percent), fraction(1, 100))),
      text: `${percent} % of ${fixed(amount, terms.currencyDecimals)}`,
    };
  }
  return null;
}
