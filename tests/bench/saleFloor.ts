/**
 * The least that any program in this language can take for the same sale: a process that waits for a reply as the daemon
 * does, then binds the very statements that the daemon wrote, and commits. It reads no bytes, decides nothing, makes no JSON.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import Database from 'better-sqlite3';
import { type FromFloor, monotonicMs, type ToFloor, type Write } from './saleMessages.ts';

const [model = '', path = ''] = process.argv.slice(2);
const tell = (message: FromFloor): void => {
  process.send?.(message);
};

const db = new Database(path);
db.pragma('locking_mode = EXCLUSIVE');
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
copySchema();

const prepared = new Map<string, Database.Statement>();
const [begin, commit] = [db.prepare('BEGIN IMMEDIATE'), db.prepare('COMMIT')];
let queue: readonly (readonly Write[])[] = [];
let next = 0;

const server = createServer((socket) => {
  socket.setNoDelay(true);
  socket.on('data', () => {
    begin.run();
    for (const { sql, values } of queue[next++] ?? []) write(sql, values);
    commit.run();
    tell({ kind: 'committed', at: monotonicMs() });
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

process.on('message', (message: ToFloor) => {
  if (message.kind === 'begin') {
    queue = message.transactions;
    for (const { sql } of queue.flat()) if (!prepared.has(sql)) prepared.set(sql, db.prepare(sql));
    tell({ kind: 'ready' });
    return;
  }
  db.close();
  server.close();
  process.disconnect();
});
tell({ kind: 'listening', port: (server.address() as AddressInfo).port });

function write(sql: string, values: readonly unknown[]): void {
  const statement = prepared.get(sql);
  if (statement?.reader) statement.get(...values);
  else statement?.run(...values);
}

/** The tables and indexes of the daemon's own store, empty. */
function copySchema(): void {
  const source = new Database(model, { readonly: true });
  const steps = source
    .prepare<[], string>(`SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'`)
    .pluck()
    .all();
  source.close();
  for (const sql of steps) db.exec(sql);
}
