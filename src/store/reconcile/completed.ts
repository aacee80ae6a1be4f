/** The journal has one `sale.completed` for each sale: both were written in one transaction, so they stand in the same order. */
import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { type Slices, slice } from '../verify/findings.ts';
import { type DateRange, inRange, type Tally } from './tally.ts';

interface Event {
  readonly seq: number;
  readonly data: string;
}
interface Sale {
  readonly id: number;
  readonly business_date: string;
  readonly volume: number;
  readonly amount: number | null;
}

const dataSchema = z.object({ sale: z.string(), volumeMl: z.int(), amount: z.int().nullable() });
/** Of one gap. */
const mostMissing = 1000;
const mend = 'Keep the database and run `forecourt verify`.';

/** Sales before the oldest event that is kept are passed over when the journal was pruned. */
export function* walkCompleted(db: Database, range: DateRange, tally: Tally): Slices {
  const page = db.prepare<[number, number], Event>(
    `SELECT seq, data FROM journal_business WHERE seq > ? AND type = 'sale.completed' ORDER BY seq LIMIT ?`,
  );
  const saleOf = db.prepare<[string], Sale>(
    'SELECT id, business_date, volume, amount FROM sales WHERE key = ?',
  );
  const after = db.prepare<[number, number, number], Sale>(
    'SELECT id, business_date, volume, amount FROM sales WHERE id > ? AND id < ? ORDER BY id LIMIT ?',
  );
  const pruned = db.prepare<[], number>(`SELECT 1 FROM seals WHERE what = 'business' LIMIT 1`).pluck();
  const differ = (sale: Sale, problem: string): void => {
    if (inRange(range, sale.business_date))
      tally.differ({ businessDate: sale.business_date, what: `sale ${sale.id}`, problem, mend });
  };
  /** Sales between two ids have no event. */
  const missing = (from: number, to: number): void => {
    for (const sale of after.all(from, to, mostMissing))
      differ(sale, 'the journal has no sale.completed of it');
  };

  let seq = 0;
  let last: number | null = pruned.get() === undefined ? 0 : null;
  for (;;) {
    const events = page.all(seq, slice);
    for (const event of events) {
      seq = event.seq;
      const told = dataOf(event);
      const sale = (told && saleOf.get(told.sale)) ?? null;
      if (told === null || sale === null) {
        const problem = 'tells a sale that is not in the books';
        tally.differ({ businessDate: null, what: `event business/${seq}`, problem, mend });
      } else if (last !== null && sale.id <= last) {
        differ(sale, `the journal tells it once more with event business/${seq}`);
      } else {
        if (last !== null) missing(last, sale.id);
        last = sale.id;
        for (const [name, event, book] of [
          ['volumeMl', told.volumeMl, sale.volume],
          ['amount', told.amount, sale.amount],
        ] as const) {
          if (event !== book) differ(sale, `${name} is ${book}, the journal told ${event}`);
        }
      }
    }
    if (events.length < slice) {
      if (last !== null) missing(last, Number.MAX_SAFE_INTEGER);
      return;
    }
    yield events.length;
  }
}

function dataOf({ data }: Event): z.infer<typeof dataSchema> | null {
  try {
    return dataSchema.parse(JSON.parse(data));
  } catch {
    return null;
  }
}
