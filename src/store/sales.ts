/** Sales as recorded: the device's facts, when and for which business day, and whose it is. */
import type { Database } from 'better-sqlite3';
import { ForecourtError } from '../model/errors.ts';
import { cardKey, type SaleKey, saleKey } from '../model/ids.ts';
import type { Attribution, FuellingSale, SaleFlag, SaleQuality } from '../model/sale.ts';
import {
  type Instant,
  instant,
  type Millilitres,
  type Money,
  millilitres,
  money,
  unitPrice,
} from '../model/units.ts';

import { type BookRow, contentOf, type Seals } from './seals.ts';
import type { Transactions } from './transactions.ts';

export interface SaleRecord extends FuellingSale {
  /** Short number for people, rising in the order of recording. The sale's identity is its key. */
  readonly id: number;
  readonly businessDate: string;
  readonly recordedAt: Instant;
  readonly attribution: Attribution;
  /** Member whose attendant card was read at this sale. */
  readonly attendant: string | null;
}

export interface Sales {
  /** Returns the new id, or null when a sale with this key is there already. */
  insert(
    sale: FuellingSale,
    extra: {
      businessDate: string;
      recordedAt: Instant;
      attribution: Attribution;
      attendant?: string | null;
    },
  ): number | null;
  get(idOrKey: number | string): SaleRecord | null;
  /** Newest first, below id `before`; with a fuelling point, among the last 20,000 sales of the station. */
  recent(query: { limit: number; fuellingPoint?: string; before?: number }): SaleRecord[];
  /** Sales that ended at or after this instant, oldest first. */
  since(endedAt: Instant): SaleRecord[];
  /** How many sales that ended at or after this instant each business date has. */
  countsByDate(endedAt: Instant): { businessDate: string; count: number }[];
  /** Sales of nobody that ended at or after `since`, newest first. */
  unattributed(query: { since: Instant; fuellingPoint?: string; limit: number }): SaleRecord[];
  /** Highest id; 0 when there is none. */
  newestId(): number;
  /** Throws NOT_FOUND for an unknown key. */
  setAttribution(key: SaleKey, attribution: Attribution): void;
  /** Over all sales; amounts that are unknown count as nothing. Kept by the database, so that asking costs nothing. */
  totals(): { count: number; volume: Millilitres; amount: Money };
  /** Attributed sales of one member by grade. */
  gradeCounts(member: string): Record<string, number>;
}

interface SaleRow {
  id: number;
  key: string;
  fuelling_point: string;
  nozzle: string;
  grade: string;
  tank: string | null;
  volume: number;
  amount: number | null;
  price: number | null;
  lifted_at: number | null;
  started_at: number | null;
  ended_at: number;
  totalizer_start: number;
  totalizer_end: number;
  sale_number: number | null;
  end_code: number | null;
  quality: SaleQuality;
  flags: string;
  business_date: string;
  recorded_at: number;
  attribution: Attribution['kind'];
  reason: string;
  claim: string | null;
  claims: string | null;
  member: string | null;
  card: string | null;
  attendant: string | null;
  seal: number;
}

/** A point that sold nothing for long must not cost a walk through years of sales. */
const searchDepth = 20_000;

const columns = [
  ...['key', 'fuelling_point', 'nozzle', 'grade', 'tank', 'volume', 'amount', 'price'],
  ...['lifted_at', 'started_at', 'ended_at', 'totalizer_start', 'totalizer_end', 'sale_number', 'end_code'],
  ...['quality', 'flags', 'business_date', 'recorded_at'],
  ...['attribution', 'reason', 'claim', 'claims', 'member', 'card', 'attendant', 'seal'],
];

export function createSales(db: Database, transactions: Transactions, seals: Seals): Sales {
  const insert = db.prepare<[Omit<SaleRow, 'id'>], SaleRow & BookRow>(
    `INSERT INTO sales (${columns.join(', ')}) VALUES (${columns.map((name) => `@${name}`).join(', ')})
     ON CONFLICT (key) DO NOTHING RETURNING *`,
  );
  const byId = db.prepare<[number], SaleRow>('SELECT * FROM sales WHERE id = ?');
  const byKey = db.prepare<[string], SaleRow>('SELECT * FROM sales WHERE key = ?');
  const recent = db.prepare<[number, number], SaleRow>(
    'SELECT * FROM sales WHERE id < ? ORDER BY id DESC LIMIT ?',
  );
  const recentAt = db.prepare<[{ before: number; after: number; point: string; limit: number }], SaleRow>(
    'SELECT * FROM sales WHERE id < @before AND id > @after AND fuelling_point = @point ORDER BY id DESC LIMIT @limit',
  );
  const newest = db.prepare<[], number | null>('SELECT max(id) FROM sales').pluck();
  const since = db.prepare<[number], SaleRow>(
    'SELECT * FROM sales WHERE ended_at >= ? ORDER BY ended_at, id',
  );
  const unattributed = db.prepare<[{ since: number; point: string | null; limit: number }], SaleRow>(
    `SELECT * FROM sales WHERE ended_at >= @since AND attribution <> 'attributed'
       AND (@point IS NULL OR fuelling_point = @point) ORDER BY ended_at DESC, id DESC LIMIT @limit`,
  );
  const attribute = db.prepare<
    [ReturnType<typeof attributionColumns> & { key: string; seal: number }],
    SaleRow & BookRow
  >(
    `UPDATE sales SET attribution = @attribution, reason = @reason, claim = @claim, claims = @claims, member = @member, card = @card, seal = @seal
     WHERE key = @key RETURNING *`,
  );
  const countsByDate = db.prepare<[number], { businessDate: string; count: number }>(
    'SELECT business_date AS businessDate, count(*) AS count FROM sales WHERE ended_at >= ? GROUP BY business_date ORDER BY 1',
  );
  const totals = db.prepare<[], { count: number; volume: number; amount: number }>(
    'SELECT count, volume, amount FROM sale_totals',
  );
  const grades = db.prepare<[string], { grade: string; count: number }>(
    'SELECT grade, count(*) AS count FROM sales WHERE member = ? GROUP BY grade',
  );

  return {
    insert: (sale, extra) =>
      transactions.atomic(() => {
        const row = insert.get({
          key: sale.key,
          fuelling_point: sale.fuellingPoint,
          nozzle: sale.nozzle,
          grade: sale.grade,
          tank: sale.tank,
          volume: sale.volume,
          amount: sale.amount,
          price: sale.price,
          lifted_at: sale.liftedAt,
          started_at: sale.startedAt,
          ended_at: sale.endedAt,
          totalizer_start: sale.totalizerStart,
          totalizer_end: sale.totalizerEnd,
          sale_number: sale.saleNumber,
          end_code: sale.endCode,
          quality: sale.quality,
          flags: JSON.stringify(sale.flags),
          business_date: extra.businessDate,
          recorded_at: extra.recordedAt,
          ...attributionColumns(extra.attribution),
          attendant: extra.attendant ?? null,
          seal: seals.next(),
        });
        if (row === undefined) return null;
        seals.add('sale', row.id, contentOf(row));
        return row.id;
      }),
    get(idOrKey) {
      const row = typeof idOrKey === 'number' ? byId.get(idOrKey) : byKey.get(idOrKey);
      return row === undefined ? null : saleRecord(row);
    },
    recent({ limit, fuellingPoint, before = Number.MAX_SAFE_INTEGER }) {
      if (fuellingPoint === undefined) return recent.all(before, limit).map(saleRecord);
      const top = Math.min(before, (newest.get() ?? 0) + 1);
      return recentAt
        .all({ before: top, after: top - searchDepth, point: fuellingPoint, limit })
        .map(saleRecord);
    },
    since: (endedAt) => since.all(endedAt).map(saleRecord),
    unattributed: ({ since: from, fuellingPoint: point = null, limit }) =>
      unattributed.all({ since: from, point, limit }).map(saleRecord),
    newestId: () => newest.get() ?? 0,
    setAttribution(key, attribution) {
      transactions.atomic(() => {
        const row = attribute.get({ key, seal: seals.next(), ...attributionColumns(attribution) });
        if (row === undefined) throw new ForecourtError('NOT_FOUND', `no sale has the key ${key}`, { key });
        seals.add('sale', row.id, contentOf(row));
      });
    },
    countsByDate: (endedAt) => countsByDate.all(endedAt),
    totals() {
      const sum = totals.get() ?? { count: 0, volume: 0, amount: 0 };
      return { count: sum.count, volume: millilitres(sum.volume), amount: money(sum.amount) };
    },
    gradeCounts: (member) => Object.fromEntries(grades.all(member).map(({ grade, count }) => [grade, count])),
  };
}

function attributionColumns(attribution: Attribution) {
  const none = { claim: null, claims: null, member: null, card: null };
  const { kind, reason } = attribution;
  switch (kind) {
    case 'attributed': {
      const { claim, member, card } = attribution;
      return { ...none, attribution: kind, reason, claim, member, card: card as string };
    }
    case 'ambiguous':
      return { ...none, attribution: kind, reason, claims: JSON.stringify(attribution.claims) };
    case 'unclaimed':
      return { ...none, attribution: kind, reason, claim: attribution.claim ?? null };
  }
}

function attributionOf(row: SaleRow): Attribution {
  const { attribution: kind, reason } = row;
  if (kind === 'ambiguous') return { kind, reason, claims: JSON.parse(row.claims ?? '[]') as string[] };
  if (kind === 'unclaimed') return { kind, reason, ...(row.claim === null ? {} : { claim: row.claim }) };
  if (row.claim === null || row.member === null || row.card === null) {
    throw new ForecourtError('STORE_CORRUPT', `sale ${row.id} is attributed to nobody`, { id: row.id });
  }
  return { kind, reason, claim: row.claim, member: row.member, card: cardKey(row.card) };
}

function saleRecord(row: SaleRow): SaleRecord {
  return {
    id: row.id,
    key: saleKey(row.key),
    fuellingPoint: row.fuelling_point,
    nozzle: row.nozzle,
    grade: row.grade,
    tank: row.tank,
    volume: millilitres(row.volume),
    amount: row.amount === null ? null : money(row.amount),
    price: row.price === null ? null : unitPrice(row.price),
    liftedAt: row.lifted_at === null ? null : instant(row.lifted_at),
    startedAt: row.started_at === null ? null : instant(row.started_at),
    endedAt: instant(row.ended_at),
    totalizerStart: millilitres(row.totalizer_start),
    totalizerEnd: millilitres(row.totalizer_end),
    saleNumber: row.sale_number,
    endCode: row.end_code,
    quality: row.quality,
    flags: JSON.parse(row.flags) as SaleFlag[],
    businessDate: row.business_date,
    recordedAt: instant(row.recorded_at),
    attribution: attributionOf(row),
    attendant: row.attendant,
  };
}
