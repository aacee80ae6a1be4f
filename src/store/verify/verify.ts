/** Proves the books: every chain unbroken, every row what was sealed, balances what was posted, events and books alike. */
import type { Database } from 'better-sqlite3';
import { ForecourtError } from '../../model/errors.ts';
import { type Stream, streams } from '../../model/events.ts';
import { beginning, type ChainName, type Place } from '../chain.ts';
import { walkBalances } from './balances.ts';
import { createBookReaders } from './books.ts';
import { createEventCheck } from './events.ts';
import { createFindings, type Finding, type Findings, type Slices } from './findings.ts';
import { walkJournal } from './journal.ts';
import { walkRows, walkSeals } from './sealed.ts';

export interface Verification {
  readonly sound: boolean;
  readonly site: string;
  readonly epoch: string;
  /** Rows read. */
  readonly rows: number;
  /** Where each chain ends: to be compared with what head office was sent. */
  readonly chains: readonly { readonly name: string; readonly number: number; readonly chain: string }[];
  /** At most 1,000. */
  readonly findings: readonly Finding[];
  readonly findingCount: number;
}

export interface Progress {
  readonly done: number;
  /** About how many there are. */
  readonly total: number;
}

/**
 * Reads all of the database and changes nothing; yields after each slice of about a millisecond. The books may be written
 * between two slices. Throws STORE_FOREIGN when it is no station's database.
 */
export function* verifyBooks(db: Database): Generator<Progress, Verification> {
  const { site, epoch } = identity(db);
  const findings = createFindings();
  const readHead = db.prepare<[ChainName], Place>('SELECT number, hash FROM chains WHERE name = ?');
  const start = (name: ChainName): Place => beginning(name, site, epoch);
  const head = (name: ChainName): Place => readHead.get(name) ?? start(name);
  const pruned = db.prepare<[Stream], Place>(
    `SELECT row AS number, content AS hash FROM seals WHERE what = ? AND what IN ('business', 'telemetry') ORDER BY number DESC LIMIT 1`,
  );
  const readers = createBookReaders(db);
  const ignore = (): void => {};
  const walks: Slices[] = [
    walkSeals(db, start('seals'), () => head('seals'), readers, findings),
    ...readers.map((reader) => walkRows(db, reader, findings)),
    walkBalances(db, findings),
    ...streams.map((stream) =>
      walkJournal(
        db,
        {
          stream,
          anchor: () => pruned.get(stream) ?? start(stream),
          head: () => head(stream),
          sealsBeginning: start('seals'),
        },
        stream === 'business' ? createEventCheck(db, findings) : ignore,
        findings,
      ),
    ),
  ];

  const total = rowCount(db);
  let done = 0;
  for (const walk of walks) {
    for (const rows of walk) {
      done += rows;
      yield { done, total: Math.max(done, total) };
    }
  }
  checkCursors(db, findings);
  const names: readonly ChainName[] = [...streams, 'seals'];
  return {
    sound: findings.count === 0,
    site,
    epoch,
    rows: total,
    chains: names.map((name) => {
      const { number, hash } = head(name);
      return { name, number, chain: hash.toString('hex') };
    }),
    findings: findings.list,
    findingCount: findings.count,
  };
}

function identity(db: Database): { site: string; epoch: string } {
  const read = db.prepare<[string], string>('SELECT value FROM meta WHERE name = ?').pluck();
  const site = read.get('site');
  const epoch = read.get('epoch');
  if (site === undefined || epoch === undefined) {
    throw new ForecourtError('STORE_FOREIGN', 'the database does not say whose it is');
  }
  return { site, epoch };
}

/** By the highest numbers, which costs nothing; exact enough for a progress line. */
function rowCount(db: Database): number {
  const span = (table: string, key: string): string =>
    `coalesce((SELECT max(${key}) FROM ${table}) - (SELECT min(${key}) FROM ${table}) + 1, 0)`;
  const parts = [
    span('seals', 'number'),
    span('sales', 'id'),
    span('credits', 'sale'),
    span('ledger_transactions', 'number'),
    span('corrections', 'number'),
    span('postings', 'entry'),
    ...streams.map((stream) => span(`journal_${stream}`, 'seq')),
  ];
  return (
    db
      .prepare<[], number>(`SELECT ${parts.join(' + ')}`)
      .pluck()
      .get() ?? 0
  );
}

function checkCursors(db: Database, findings: Findings): void {
  for (const stream of streams) {
    const beyond = db.prepare<[string, string], { name: string; seq: number; head: number }>(
      `SELECT cursors.name, seq, coalesce(number, 0) AS head FROM cursors LEFT JOIN chains ON chains.name = ?
         WHERE stream = ? AND seq > coalesce(number, 0)`,
    );
    for (const { name, seq, head } of beyond.all(stream, stream)) {
      findings.add('cursors', `${stream} ${name}`, `stands at ${seq}, beyond the newest event ${head}`);
    }
  }
}
