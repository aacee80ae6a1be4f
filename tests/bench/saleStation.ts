/**
 * The daemon of the sale benchmark, in a process of its own: `startStation` as `forecourt run` calls it. The statements
 * of the store are stamped from outside, by wrapping what better-sqlite3 prepares; nothing of the product knows of it.
 */
import Database from 'better-sqlite3';
import pino from 'pino';
import { version } from '../../src/cli/version.ts';
import { loadStation } from '../../src/station/configuration/load.ts';
import { problemText } from '../../src/station/configuration/problem.ts';
import { startStation } from '../../src/station/station.ts';
import { systemClock } from '../../src/station/systemClock.ts';
import {
  type FromStation,
  monotonicMs,
  type ToStation,
  type Transaction,
  type Write,
} from './saleMessages.ts';

type Run = (...values: unknown[]) => Database.RunResult;
type Open = { begunAt: number; events: string[]; sale: Transaction['sale']; bytes: number; writes: Write[] };

const transactions: Transaction[] = [];
let counting = true;
let open: Open | null = null;

/** Bytes of the values that a statement is given: text as UTF-8, numbers as eight. */
function bytesOf(value: unknown): number {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Buffer.isBuffer(value)) return value.length;
  if (typeof value === 'object')
    return Object.values(value).reduce((sum: number, each) => sum + bytesOf(each), 0);
  return 8;
}

function stamped(sql: string, run: Run): Run {
  if (sql === 'BEGIN IMMEDIATE') {
    return () => {
      open = { begunAt: monotonicMs(), events: [], sale: null, bytes: 0, writes: [] };
      return run();
    };
  }
  if (sql === 'COMMIT') {
    return () => {
      const workedAt = monotonicMs();
      const result = run();
      const committedAt = monotonicMs();
      if (open) {
        const writes = open.sale || open.events.includes('card.scanned') ? open.writes : [];
        transactions.push({ ...open, writes, workedAt, committedAt, bytes: counting ? open.bytes : null });
      }
      open = null;
      return result;
    };
  }
  const isJournal = sql.startsWith('INSERT INTO journal_');
  const isSale = sql.startsWith('INSERT INTO sales ');
  return (...values) => {
    if (open && counting) open.bytes += values.reduce((sum: number, value) => sum + bytesOf(value), 0);
    open?.writes.push({ sql, values });
    if (open && isJournal) open.events.push((values[0] as { type: string }).type);
    if (open && isSale) {
      const row = values[0] as { fuelling_point: string; sale_number: number };
      open.sale = { fuellingPoint: row.fuelling_point, saleNumber: row.sale_number };
    }
    return run(...values);
  };
}

const { prepare } = Database.prototype;
Database.prototype.prepare = function wrapped(this: Database.Database, sql: string) {
  const statement = prepare.call(this, sql) as Database.Statement;
  if (!/^(BEGIN|COMMIT|INSERT|UPDATE|DELETE)/.test(sql)) return statement;
  // One with RETURNING is read, not run.
  if (statement.reader)
    statement.get = stamped(sql, statement.get.bind(statement) as Run) as typeof statement.get;
  else statement.run = stamped(sql, statement.run.bind(statement) as Run) as typeof statement.run;
  return statement;
} as typeof prepare;

const tell = (message: FromStation): void => {
  process.send?.(message);
};

const [file = ''] = process.argv.slice(2);
const { station: loaded, problems } = loadStation(file);
if (!loaded) throw new Error(problems.map(problemText).join('\n'));
const station = await startStation(loaded, {
  clock: systemClock,
  random: Math.random,
  log: pino({ level: loaded.config.log.level }, pino.destination(`${file}.log`)),
  env: process.env,
  version,
});

process.on('message', (message: ToStation) => {
  if (message.kind === 'stop-counting') counting = false;
  else if (message.kind === 'report') {
    const { user, system } = process.cpuUsage();
    tell({ kind: 'report', transactions, cpuMs: (user + system) / 1000 });
  } else void station.stop('the benchmark ends').then(() => process.disconnect());
});
tell({ kind: 'running' });
