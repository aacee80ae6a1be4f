/**
 * A person decides whose a sale is: assigns one of nobody, gives one to another member, or voids it. One transaction: whose
 * it is, the reversal and the new credit as postings of their own, coupons, the audit row and the events. Nothing that was
 * posted is edited. Asked again, it is found done.
 */
import { credit as compute } from '../core/loyalty/credit.ts';
import { ForecourtError } from '../model/errors.ts';
import { type Attribution, type Credit, isVoided, voidedReason } from '../model/sale.ts';
import { type Instant, type Points, points } from '../model/units.ts';
import type { Correction, CorrectionKind, Standing } from '../store/corrections.ts';
import type { SaleRecord } from '../store/sales.ts';
import { type Beneficiary, beneficiaryOf, type Named, scansOf } from './beneficiary.ts';
import type { StationContext } from './context.ts';
import { type Attributed, type PostedCredit, postCredit } from './creditSale.ts';
import { rulesOf } from './rulesInForce.ts';

export interface Decision {
  /** Number or key. */
  readonly sale: number | string;
  readonly what: 'assign' | 'reassign' | 'void';
  /** Not for `void`. */
  readonly to: Named | null;
  readonly reason: string;
  readonly by: string;
  readonly user: string | null;
  /** The asker's id of this request: sent again it is answered, not done again. */
  readonly request: string | null;
}

export interface Reversed {
  readonly credit: Credit;
  readonly balance: Points;
}

export interface Corrected {
  readonly sale: SaleRecord;
  /** null: it stood so already; nothing was posted. */
  readonly done: {
    readonly correction: Correction;
    readonly reversed: Reversed | null;
    readonly posted: PostedCredit | null;
  } | null;
}

const kinds: Record<Decision['what'], CorrectionKind> = {
  assign: 'assigned',
  reassign: 'reassigned',
  void: 'voided',
};

/** Throws NOT_FOUND, CORRECTION_TOO_LATE, CORRECTION_REFUSED, CARD_REFUSED, and what the store throws; nothing is changed then. */
export function correctSale(context: StationContext, decision: Decision): Corrected {
  const { store, board } = context;
  const sale = saleOf(context, decision.sale);
  const kind = kinds[decision.what];
  if (decision.request !== null) {
    const before = store.corrections.byRequest(decision.request);
    if (before !== null && (before.sale !== sale.key || before.kind !== kind))
      throw new ForecourtError('CORRECTION_REFUSED', 'the request id was used for another correction');
    if (before !== null) return { sale, done: null };
  }
  const to = decision.to && beneficiaryOf(context, decision.to);
  if (standsSo(sale.attribution, kind, to)) return { sale, done: null };
  refuseMisfit(sale, decision.what);
  refuseLate(context, sale);
  const done = store.transaction(() => write(context, sale, { ...decision, kind, to }));
  const now = saleOf(context, sale.id);
  board.attributed(now.key, now.attribution);
  return { sale: now, done };
}

function saleOf({ store }: StationContext, id: number | string): SaleRecord {
  const sale = store.sales.get(id);
  if (!sale) throw new ForecourtError('NOT_FOUND', `there is no sale ${id}`);
  return sale;
}

const standsSo = (attribution: Attribution, kind: CorrectionKind, to: Beneficiary | null): boolean =>
  kind === 'voided'
    ? isVoided(attribution)
    : attribution.kind === 'attributed' && attribution.member === to?.member;

function refuseMisfit({ id, attribution }: SaleRecord, what: Decision['what']): void {
  const owned = attribution.kind === 'attributed' ? attribution.member : null;
  if (what === 'assign' && owned !== null) {
    const text = `sale ${id} is ${owned}'s: use \`forecourt sale reassign ${id}\` to give it to another`;
    throw new ForecourtError('CORRECTION_REFUSED', text);
  }
  if (what === 'reassign' && owned === null) {
    const text = `sale ${id} is nobody's: use \`forecourt sale assign ${id}\``;
    throw new ForecourtError('CORRECTION_REFUSED', text);
  }
}

/** A recovered sale may be recorded long after its end: then its time counts from there. */
function refuseLate({ corrections, clock }: StationContext, sale: SaleRecord): void {
  const since = Math.max(sale.endedAt, sale.recordedAt);
  if (clock.now() - since <= corrections.hours * 3_600_000) return;
  const ended = new Date(since).toISOString();
  throw new ForecourtError(
    'CORRECTION_TOO_LATE',
    `sale ${sale.id} ended at ${ended}, more than ${corrections.hours} hours ago`,
  );
}

type Resolved = Omit<Decision, 'to'> & { readonly kind: CorrectionKind; readonly to: Beneficiary | null };

function write(
  context: StationContext,
  sale: SaleRecord,
  decision: Resolved,
): NonNullable<Corrected['done']> {
  const { store, clock } = context;
  const at = clock.now();
  const number = store.corrections.next();
  const before: Standing = { attribution: sale.attribution, credit: store.credits.get(sale.key) };
  const { kind, to } = decision;
  const reversed = before.credit && reverse(context, sale, before.credit, number, at);
  const given = to && credited(context, sale, to, decision, number, at);
  const words = `by ${decision.by}: ${decision.reason}`;
  const attribution: Attribution = given
    ? given.attribution
    : { kind: 'unclaimed', reason: `${voidedReason}${words}` };
  store.sales.setAttribution(sale.key, attribution);
  const correction = {
    ...{ request: decision.request, sale: sale.key, kind, at, by: decision.by, user: decision.user },
    ...{ reason: decision.reason, before, after: { attribution, credit: given?.credit ?? null } },
    notes: given?.notes ?? [],
  };
  store.corrections.add(correction);
  tell(context, sale, { ...correction, number });
  if (reversed) tellReversal(context, sale, reversed, number, at);
  // The first credit of a sale stands with the others; later ones stand with their corrections.
  if (given && !store.credits.has(sale.key)) store.credits.insert(sale.key, given.credit, at);
  const posted =
    given &&
    postCredit(context, {
      id: `credit:${sale.key}:${number}`,
      ...{ sale, card: given.attribution.card, credit: given.credit, at },
    });
  return { correction: { ...correction, number }, reversed, posted };
}

/** Posts the legs of a credit back and gives its coupons free. */
function reverse(
  context: StationContext,
  sale: SaleRecord,
  credit: Credit,
  number: number,
  at: Instant,
): Reversed {
  const { store } = context;
  if (credit.postings.length > 0) {
    const postings = credit.postings.map((leg) => ({ ...leg, points: points(-leg.points) }));
    store.ledger.post({ id: `reversal:${sale.key}:${number}`, sale: sale.key, at, postings });
  }
  store.coupons.release(credit.member, sale.key);
  return { credit, balance: store.ledger.balance(`member:${credit.member}`) };
}

/** The credit by the rules as at the sale, and the scan it stands on: the member's own, or one that says a person named the member. */
function credited(
  context: StationContext,
  sale: SaleRecord,
  { member, card }: Beneficiary,
  decision: Resolved,
  number: number,
  at: Instant,
): { attribution: Attributed; credit: Credit; notes: readonly string[] } {
  const { store } = context;
  const scans = scansOf(context, sale, member);
  const scan = scans.at(-1);
  const claim = scan?.id ?? `correction-${number}`;
  const coupons = [...new Set(scans.flatMap((each) => each.coupons))];
  for (const each of scans) store.claims.put({ ...each, sale: sale.key });
  if (!scan) {
    store.claims.put({
      ...{ id: claim, card, member, refusal: null, reader: 'correction', at, coupons: [] },
      ...{ fuellingPoints: [sale.fuellingPoint], sale: sale.key },
    });
  }
  const { program, tier, notes } = rulesOf(context, member, sale);
  const credit = compute({
    sale,
    currencyDecimals: context.currencyDecimals,
    member: { id: member, tier },
    program,
    businessDate: sale.businessDate,
    couponsScanned: coupons,
    couponUses: coupons.length === 0 ? {} : store.coupons.uses(member),
  });
  const reason = `${decision.kind}: by ${decision.by}: ${decision.reason}`;
  return {
    attribution: { kind: 'attributed', claim, member, card: scan?.card ?? card, reason },
    ...{ credit, notes },
  };
}

const placeOf = (sale: SaleRecord) => ({
  sale: sale.key,
  fuellingPoint: sale.fuellingPoint,
  nozzle: sale.nozzle,
});

function tell(context: StationContext, sale: SaleRecord, correction: Correction): void {
  const { kind, at, by, user, reason, before, after } = correction;
  const was = before.attribution;
  const data = {
    ...placeOf(sale),
    correction: correction.number,
    ...{ by, user, reason },
    before: {
      attribution: was.kind,
      member: was.kind === 'attributed' ? was.member : null,
      reason: was.reason,
    },
  };
  const { journal } = context.store;
  const date = context.businessDate(at);
  if (kind === 'voided') journal.append('sale.voided', sale.fuellingPoint, at, date, data);
  else if (after.attribution.kind === 'attributed') {
    const { member, card, claim } = after.attribution;
    journal.append(`sale.${kind}`, sale.fuellingPoint, at, date, { ...data, member, card, claim });
  }
}

function tellReversal(
  context: StationContext,
  sale: SaleRecord,
  { credit, balance }: Reversed,
  number: number,
  at: Instant,
): void {
  context.store.journal.append('credit.reversed', sale.fuellingPoint, at, context.businessDate(at), {
    ...placeOf(sale),
    correction: number,
    member: credit.member,
    program: credit.program,
    programVersion: credit.programVersion,
    points: credit.earned,
    balance,
    postings: credit.postings.map((leg) => ({ ...leg, points: -leg.points })),
    coupons: credit.coupons.filter((use) => use.status === 'redeemed').map((use) => use.coupon),
  });
}
