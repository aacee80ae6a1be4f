/** Whom a person names as the owner of a sale: by member, or by the number of a card, which is kept nowhere. */
import { afterEndS } from '../core/matching/windows.ts';
import { ForecourtError } from '../model/errors.ts';
import type { CardKey } from '../model/ids.ts';
import { type CardFormat, cardFormats } from '../model/readings.ts';
import type { Claim } from '../model/sale.ts';
import { instant } from '../model/units.ts';
import type { SaleRecord } from '../store/sales.ts';
import type { StationContext } from './context.ts';

export type Named =
  | { readonly member: string }
  /** Without a format every format is tried. */
  | { readonly card: { readonly number: string; readonly format?: CardFormat | undefined } };

export interface Beneficiary {
  readonly member: string;
  /** HMAC of the card, or of the member's name. */
  readonly card: CardKey;
}

/** Throws NOT_FOUND, CARD_REFUSED, or USAGE where a number fits several cards; never with the number in it. */
export function beneficiaryOf({ members }: StationContext, named: Named): Beneficiary {
  if ('member' in named) {
    const member = members.member(named.member);
    if (!member)
      throw new ForecourtError('NOT_FOUND', `there is no member ${named.member} in the members' file`);
    if (member.cards.length > 0 && member.cards.every((card) => card.role === 'attendant'))
      throw new ForecourtError('CARD_REFUSED', `${member.id} has attendant cards only: never the customer`);
    return { member: member.id, card: members.keyOf(member.id) };
  }
  const { number, format } = named.card;
  const reads = (format ? [format] : cardFormats).map((each) =>
    members.identify({ format: each, text: number }),
  );
  const known = new Map(
    reads.filter((read) => read.refusal !== 'unknown').map((read) => [read.card, read] as const),
  );
  const [found] = known.values();
  if (!found) throw new ForecourtError('CARD_REFUSED', 'no member has this card');
  if (known.size > 1) {
    throw new ForecourtError(
      'USAGE',
      `the number fits several cards: add --format (${cardFormats.join(', ')})`,
    );
  }
  if (found.member === null || found.refusal !== null) {
    const whose = found.member ? `the card of ${found.member.id}` : 'the card';
    throw new ForecourtError('CARD_REFUSED', `${whose} is refused: ${found.refusal ?? 'unknown'}`);
  }
  if (members.card(found.card)?.role === 'attendant')
    throw new ForecourtError(
      'CARD_REFUSED',
      `the card of ${found.member.id} is an attendant's: never the customer`,
    );
  return { member: found.member.id, card: found.card };
}

/** Scans that were made at the sale's point in its time, whoever they are of, oldest first. */
export function scansAround({ store, policy }: StationContext, sale: SaleRecord): Claim[] {
  const begin = sale.liftedAt ?? sale.startedAt ?? sale.endedAt;
  const from = instant(begin - policy.beforeS * 1000);
  const to = instant(sale.endedAt + afterEndS(policy) * 1000);
  const weighed = sale.attribution.kind === 'ambiguous' ? sale.attribution.claims : [];
  const around = store.claims
    .between(from, to)
    .filter((claim) => claim.fuellingPoints.includes(sale.fuellingPoint));
  const others = weighed
    .filter((id) => !around.some((claim) => claim.id === id))
    .flatMap((id) => store.claims.get(id) ?? []);
  return [...around, ...others].sort((a, b) => a.at - b.at);
}

/** The member's own scans for this sale that no other sale stands on. */
export function scansOf(context: StationContext, sale: SaleRecord, member: string): Claim[] {
  const standsElsewhere = (claim: Claim): boolean => {
    if (claim.sale === null || claim.sale === sale.key) return false;
    const attribution = context.store.sales.get(claim.sale)?.attribution;
    return attribution?.kind === 'attributed' && attribution.claim === claim.id;
  };
  return scansAround(context, sale).filter(
    (claim) => claim.member === member && claim.refusal === null && !standsElsewhere(claim),
  );
}
