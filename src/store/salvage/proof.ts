/** What of the rows that could be read is proved by the chains, what is missing, and what is not as it was written. */
import { beginning, type ChainName, journalLink, sealLink } from '../chain.ts';
import { type BookRow, contentOf, type Leg } from '../seals.ts';
import { books } from '../verify/books.ts';
import type { Forest } from './forest.ts';
import { createRanges, missing, type Range } from './ranges.ts';
import type { Row } from './shapes.ts';
import { lostOfTanks } from './tanks.ts';

export interface Proof {
  /** By table: numbers of rows that were there and could not be read. */
  readonly lost: ReadonlyMap<string, readonly Range[]>;
  /** Balances that the journal tells and that could not be read: `stock period first-date`. */
  readonly lostBalances: readonly string[];
  /** By chain: rows whose hash follows from the row before. */
  readonly proved: Readonly<Record<ChainName, readonly Range[]>>;
  /** Rows that were read and are not what was written. */
  readonly doubts: readonly { readonly table: string; readonly row: number }[];
}

interface Seal {
  readonly what: string;
  readonly row: number;
  readonly content: Buffer;
}

const bytes = (row: Row | null, name: string): Buffer => {
  const value = row?.[name];
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
};
const number = (row: Row | null, name: string): number => Number(row?.[name] ?? 0);
const text = (row: Row | null, name: string): string => String(row?.[name] ?? '');

export function proveRows(forest: Forest): Proof {
  const lost = new Map<string, readonly Range[]>();
  const doubts: { table: string; row: number }[] = [];
  const site = text(forest.row('meta', '["site"]'), 'value');
  const epoch = text(forest.row('meta', '["epoch"]'), 'value');
  const head = (name: ChainName): number => number(forest.row('chains', JSON.stringify([name])), 'number');
  const start = (name: ChainName): Buffer | null =>
    site === '' || epoch === '' ? null : beginning(name, site, epoch).hash;

  function walk(
    table: string,
    name: ChainName,
    from: number,
    before: Buffer | null,
    link: (before: Buffer, row: Row, n: number) => Buffer,
    each: (row: Row, n: number) => void,
  ): readonly Range[] {
    const numbers = forest.keys(table).map(Number);
    const proved = createRanges();
    let last = from;
    let hash = before;
    for (const n of numbers) {
      const row = forest.row(table, n);
      if (row === null) continue;
      if (n === last + 1 && hash !== null) {
        if (link(hash, row, n).equals(bytes(row, 'chain'))) proved.add(n);
        else doubts.push({ table, row: n });
      }
      each(row, n);
      last = n;
      hash = bytes(row, 'chain');
    }
    lost.set(table, missing(numbers, from + 1, Math.max(head(name), numbers.at(-1) ?? 0)));
    return proved.list;
  }

  const seals = new Map<number, Seal>();
  const pruned = {
    business: { number: 0, hash: start('business') },
    telemetry: { number: 0, hash: start('telemetry') },
  };
  const told = new Map<string, Set<number>>(books.map(({ what }) => [what, new Set()]));
  const proved = {
    seals: walk(
      'seals',
      'seals',
      0,
      start('seals'),
      (before, row, n) => sealLink(before, n, text(row, 'what'), number(row, 'row'), bytes(row, 'content')),
      (row, n) => {
        const seal = { what: text(row, 'what'), row: number(row, 'row'), content: bytes(row, 'content') };
        if (seal.what === 'business' || seal.what === 'telemetry')
          pruned[seal.what] = { number: seal.row, hash: seal.content };
        else {
          seals.set(n, seal);
          told.get(seal.what)?.add(seal.row);
        }
      },
    ),
    ...{ business: [] as readonly Range[], telemetry: [] as readonly Range[] },
  };
  for (const stream of ['business', 'telemetry'] as const) {
    proved[stream] = walk(
      `journal_${stream}`,
      stream,
      pruned[stream].number,
      pruned[stream].hash,
      (before, row, seq) =>
        journalLink(before, stream, {
          seq,
          type: text(row, 'type'),
          at: number(row, 'at'),
          business_date: text(row, 'business_date'),
          subject: text(row, 'subject'),
          data: text(row, 'data'),
          sealed: bytes(row, 'sealed'),
        }),
      () => {},
    );
  }
  const legs = legsByEntry(forest);
  for (const { what, table } of books) {
    const numbers = forest.keys(table).map(Number);
    const wanted = [...(told.get(what) ?? [])].sort((one, other) => one - other);
    const dense = what !== 'credit';
    const there = new Set(numbers);
    const gone = createRanges();
    if (!dense) for (const each of wanted) if (!there.has(each)) gone.add(each);
    lost.set(
      table,
      dense ? missing(numbers, 1, Math.max(numbers.at(-1) ?? 0, wanted.at(-1) ?? 0)) : gone.list,
    );
    for (const each of numbers) {
      const row = forest.row(table, each);
      const seal = seals.get(number(row, 'seal'));
      if (row === null || seal === undefined) continue;
      const content = contentOf(row as BookRow, what === 'ledger' ? (legs.get(each) ?? []) : []);
      if (seal.what !== what || seal.row !== each || !content.equals(seal.content))
        doubts.push({ table, row: each });
    }
  }
  const tanks = lostOfTanks(forest);
  for (const [table, ranges] of tanks.numbers) lost.set(table, ranges);
  return { lost, lostBalances: tanks.balances, proved, doubts };
}

function legsByEntry(forest: Forest): Map<number, Leg[]> {
  const legs = new Map<number, Leg[]>();
  for (const key of forest.keys('postings')) {
    const row = forest.row('postings', key);
    const entry = number(row, 'entry');
    const leg = { leg: number(row, 'leg'), account: text(row, 'account'), points: number(row, 'points') };
    legs.set(
      entry,
      [...(legs.get(entry) ?? []), leg].sort((one, other) => one.leg - other.leg),
    );
  }
  return legs;
}
