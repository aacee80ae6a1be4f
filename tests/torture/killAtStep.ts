/**
 * Loaded into the daemon with `node --import`: numbers the steps of its transactions by what better-sqlite3 is asked to
 * run and what its sockets are asked to write, and ends the process with SIGKILL at the step that was ordered. The
 * product knows nothing of it.
 */
import { openSync, writeSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { Socket } from 'node:net';
import Database from 'better-sqlite3';
import { onSaleComing } from './saleComing.ts';

/** What the runner orders, as JSON in FORECOURT_TORTURE. */
export interface KillOrder {
  /** Steps reached, a line each: `seen STEP`, and `killed STEP` as the last one. */
  readonly file: string;
  /** null: the daemon lives until somebody else kills it. */
  readonly step: string | null;
  /** Times that the step is let pass before. */
  readonly passes: number;
  /** Nobody dies at a step sooner than this after `station.started` was written, milliseconds. */
  readonly graceMs: number;
}

type Run = (...values: unknown[]) => unknown;
type Kind = 'sale' | 'scan' | 'cursor' | 'other';
interface Open {
  kind: Kind;
  readonly times: Map<string, number>;
}

const order = JSON.parse(process.env.FORECOURT_TORTURE ?? '{}') as KillOrder;
const report = openSync(order.file, 'a');
const seen = new Set<string>();
let { passes } = order;
let startedAt = Number.POSITIVE_INFINITY;

function reached(step: string): void {
  if (!seen.has(step)) {
    seen.add(step);
    writeSync(report, `seen ${step}\n`);
  }
  if (step !== order.step || performance.now() < startedAt + order.graceMs || passes-- > 0) return;
  writeSync(report, `killed ${step}\n`);
  process.kill(process.pid, 'SIGKILL');
}

let saleIsComing = false;
let open: Open | null = null;
onSaleComing(() => {
  saleIsComing = true;
});

const at = (step: string): void => {
  if (open !== null && open.kind !== 'other') reached(`${open.kind}: ${step}`);
};

/** What the first statement on these tables says of a transaction. */
const kinds: Readonly<Record<string, Kind>> = { claims: 'scan', cursors: 'cursor' };

/** A journal's row is given in a list that begins with its type, or as an object. */
const eventType = (value: unknown): string =>
  String(typeof value === 'object' && value !== null && 'type' in value ? value.type : value);

function named(sql: string, values: readonly unknown[]): string {
  const [, verb = '', table = ''] = /^\s*(INSERT|UPDATE|DELETE)\s+(?:INTO\s+|FROM\s+)?(\w+)/.exec(sql) ?? [];
  const type = table.startsWith('journal_') ? ` ${eventType(values[0])}` : '';
  const name = `${verb} ${table}${type}`;
  if (open === null) return name;
  if (open.kind === 'other') open.kind = kinds[table] ?? 'other';
  const times = (open.times.get(name) ?? 0) + 1;
  open.times.set(name, times);
  // One transaction may settle many sales: their steps are not all different.
  return times === 1 ? name : `${name} (${times === 2 ? 2 : '3 or more'})`;
}

function stepping(sql: string, run: Run): Run {
  if (sql === 'BEGIN IMMEDIATE') {
    return () => {
      open = { kind: saleIsComing ? 'sale' : 'other', times: new Map() };
      saleIsComing = false;
      at('before BEGIN');
      const result = run();
      at('after BEGIN');
      return result;
    };
  }
  if (sql === 'COMMIT') {
    return () => {
      at('before COMMIT');
      const result = run();
      at('after COMMIT');
      open = null;
      return result;
    };
  }
  return (...values) => {
    const name = named(sql, values);
    const result = run(...values);
    if (name.endsWith('station.started')) startedAt = performance.now();
    at(`after ${name}`);
    return result;
  };
}

const { prepare } = Database.prototype;
Database.prototype.prepare = function wrapped(this: Database.Database, sql: string) {
  const statement = prepare.call(this, sql) as Database.Statement;
  if (!/^\s*(BEGIN|COMMIT|INSERT|UPDATE|DELETE)/.test(sql)) return statement;
  statement.run = stepping(sql, statement.run.bind(statement) as Run) as typeof statement.run;
  // With RETURNING.
  if (statement.reader) statement.get = stepping(sql, statement.get.bind(statement)) as typeof statement.get;
  return statement;
} as typeof prepare;

/** Write Single Register: the acknowledge of the profiles in this station. MBAP: 7 bytes before the function; RTU: 1. */
const isAcknowledge = (bytes: Uint8Array): boolean =>
  (bytes.length === 12 && bytes[2] === 0 && bytes[5] === 6 && bytes[7] === 6) ||
  (bytes.length === 8 && bytes[1] === 6 && bytes[2] === 0);

const { write } = Socket.prototype;
Socket.prototype.write = function watched(this: Socket, ...rest: Parameters<typeof write>) {
  const [chunk] = rest;
  const releases = chunk instanceof Uint8Array && isAcknowledge(chunk);
  const tells = chunk.length > 20 && Buffer.from(chunk as Uint8Array).includes('/events/sale.completed');
  if (releases) reached('acknowledge: before the write');
  if (tells) reached('publish: before sale.completed is sent');
  const result = write.apply(this, rest);
  if (releases) reached('acknowledge: after the write');
  if (tells) setImmediate(() => reached('publish: after sale.completed was sent'));
  return result;
} as typeof write;

const announcing = new URL('./announcedSale.ts', import.meta.url).href;
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    const isSale = found.url.endsWith('/src/core/fuelling/sale.ts') && context.parentURL !== announcing;
    return isSale ? { ...found, url: announcing } : found;
  },
});
