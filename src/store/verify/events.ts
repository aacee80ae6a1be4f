/** What events of the journal say of sales and credits, against the books. */
import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { legsOf } from './books.ts';
import type { Findings } from './findings.ts';

const instantOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

const saleSchema = z.object({ sale: z.string() });
const postingsSchema = z.object({
  sale: z.string(),
  postings: z.array(z.object({ account: z.string(), points: z.int() })),
});

type SaleRow = Record<string, string | number | null> & { id: number };

/** What never changes in a sale once it is recorded, by the name it has in the event. */
function told(sale: SaleRow): Record<string, unknown> {
  return {
    fuellingPoint: sale.fuelling_point,
    nozzle: sale.nozzle,
    grade: sale.grade,
    tank: sale.tank,
    volumeMl: sale.volume,
    amount: sale.amount,
    price: sale.price,
    liftedAt: instantOf(sale.lifted_at as number | null),
    startedAt: instantOf(sale.started_at as number | null),
    endedAt: instantOf(sale.ended_at as number),
    businessDate: sale.business_date,
    totalizerStartMl: sale.totalizer_start,
    totalizerEndMl: sale.totalizer_end,
    saleNumber: sale.sale_number,
    endCode: sale.end_code,
    quality: sale.quality,
  };
}

/** Takes the events of the business stream one by one. */
export function createEventCheck(
  db: Database,
  findings: Findings,
): (type: string, data: string, seq: number) => void {
  const saleOf = db.prepare<[string], SaleRow>('SELECT * FROM sales WHERE key = ?');
  const entriesOf = db
    .prepare<[string], number>('SELECT number FROM ledger_transactions WHERE sale = ?')
    .pluck();
  const legs = legsOf(db);

  function completed(data: unknown, seq: number): void {
    const { sale: key } = saleSchema.parse(data);
    const sale = saleOf.get(key);
    if (sale === undefined) {
      findings.add('sales', key, `removed: event ${seq} of the journal tells this sale`);
      return;
    }
    const event = data as Record<string, unknown>;
    for (const [name, value] of Object.entries(told(sale))) {
      if (event[name] !== value) {
        findings.add(
          'sales',
          sale.id,
          `${name} is ${value}, event ${seq} of the journal told ${event[name]}`,
        );
      }
    }
  }

  function posted(data: unknown, seq: number): void {
    const { sale, postings } = postingsSchema.parse(data);
    if (postings.length === 0) return;
    const wanted = postings.map(({ account, points }) => `${account} ${points}`).join('; ');
    const there = entriesOf.all(sale).some(
      (entry) =>
        legs(entry)
          .map(({ account, points }) => `${account} ${points}`)
          .join('; ') === wanted,
    );
    if (!there) findings.add('ledger_transactions', sale, `event ${seq} of the journal told ${wanted}`);
  }

  return (type, data, seq) => {
    try {
      if (type === 'sale.completed') completed(JSON.parse(data), seq);
      else if (type === 'credit.posted' || type === 'credit.reversed') posted(JSON.parse(data), seq);
    } catch {
      findings.add('journal_business', seq, 'changed: its data cannot be read');
    }
  };
}
