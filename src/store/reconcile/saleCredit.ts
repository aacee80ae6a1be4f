/** One sale against its credit and its postings: M52's law for it. */
import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import type { Tally } from './tally.ts';

export interface BookedSale {
  readonly id: number;
  readonly key: string;
  readonly attribution: 'attributed' | 'unclaimed' | 'ambiguous';
  readonly member: string | null;
  readonly business_date: string;
}

const creditSchema = z.object({
  member: z.string(),
  earned: z.int(),
  postings: z.array(z.object({ account: z.string(), points: z.int() })),
});
type CreditInForce = z.infer<typeof creditSchema>;

/**
 * Returns the check of one sale: an attributed one has one credit in force, the member's, whose legs sum to zero and are what
 * all its ledger transactions (corrections too) come to; any other has none and comes to nothing. It returns the points credited.
 */
export function createCreditCheck(db: Database, tally: Tally): (sale: BookedSale) => number {
  const first = db.prepare<[number], string>('SELECT credit FROM credits WHERE sale = ?').pluck();
  const corrected = db
    .prepare<[string], string | null>(
      'SELECT credit FROM corrections WHERE sale = ? ORDER BY number DESC LIMIT 1',
    )
    .pluck();
  const net = db.prepare<[string], { account: string; points: number }>(
    `SELECT account, sum(points) AS points FROM ledger_transactions JOIN postings ON entry = number
       WHERE sale = ? GROUP BY account HAVING sum(points) <> 0 ORDER BY account`,
  );

  function inForce(sale: BookedSale): CreditInForce | null {
    const last = corrected.get(sale.key);
    const text = last === undefined ? first.get(sale.id) : last;
    return text === undefined || text === null ? null : creditSchema.parse(JSON.parse(text));
  }

  return (sale) => {
    const { id, member } = sale;
    const differ = (problem: string, mend: string): void =>
      tally.differ({ businessDate: sale.business_date, what: `sale ${id}`, problem, mend });
    const keep = 'Keep the database and run `forecourt verify`: the books contradict each other.';
    let credit: CreditInForce | null;
    try {
      credit = inForce(sale);
    } catch {
      differ('its credit cannot be read', keep);
      return 0;
    }
    const posted = net.all(sale.key).map(({ account, points }) => `${account} ${points}`);
    if (sale.attribution !== 'attributed') {
      const owner = `is ${sale.attribution}`;
      if (credit !== null)
        differ(`${owner}, but has a credit of ${credit.earned} for ${credit.member}`, keep);
      if (posted.length > 0) differ(`${owner}, but is posted: ${posted.join(', ')}`, keep);
      return credit?.earned ?? 0;
    }
    if (credit === null) {
      differ(
        `is ${member}'s, but has no credit`,
        `Void it and give it again: \`forecourt sale void ${id}\`, \`forecourt sale assign ${id}\`.`,
      );
      if (posted.length > 0) differ(`has no credit, but is posted: ${posted.join(', ')}`, keep);
      return 0;
    }
    if (credit.member !== member) differ(`is ${member}'s, but credited to ${credit.member}`, keep);
    const sum = credit.postings.reduce((all, leg) => all + leg.points, 0);
    if (sum !== 0) differ(`the legs of its credit sum to ${sum}, not to zero`, keep);
    const wanted = summed(credit.postings);
    if (wanted.join() !== posted.join()) {
      differ(
        `its credit says ${wanted.join(', ') || 'nothing'}, the ledger ${posted.join(', ') || 'nothing'}`,
        keep,
      );
    }
    return credit.earned;
  };
}

/** By account in SQLite's order, without those that come to nothing. */
function summed(legs: CreditInForce['postings']): string[] {
  const sums = new Map<string, number>();
  for (const { account, points } of legs) sums.set(account, (sums.get(account) ?? 0) + points);
  return [...sums]
    .filter(([, points]) => points !== 0)
    .sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
    .map(([account, points]) => `${account} ${points}`);
}
