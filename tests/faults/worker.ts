/**
 * A process whose disk is faulty: runs one script after another in `DIRECTORY`, one for each line of JSON on its standard
 * input. Each acknowledged sale goes out on a line of its own, and into `MARKS`, the moment it is acknowledged.
 * `SABOTAGE` takes a safeguard away, to show that the instrument sees what is missing: `normal` (commits do not wait for the
 * disk), `no-renewal` (the log is trusted although a sync failed).
 */
import { openSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { faultStation } from './books.ts';
import { runScript } from './script.ts';

const [directory = '', marks = ''] = process.argv.slice(2);
const markFile = marks === '' ? null : openSync(marks, 'a', 0o600);

/** Written at once: what a stream keeps back would be lost with the process. */
function tell(line: object): void {
  const text = `${JSON.stringify(line)}\n`;
  if (markFile !== null) writeSync(markFile, text);
  writeSync(1, text);
}

const honest = Database.prototype.pragma;
if (process.env.SABOTAGE === 'normal') {
  Database.prototype.pragma = function (source, options) {
    if (source === 'synchronous = FULL') return honest.call(this, 'synchronous = NORMAL', options);
    return source === 'synchronous' ? 2 : honest.call(this, source, options);
  };
} else if (process.env.SABOTAGE === 'no-renewal') {
  Database.prototype.pragma = function (source, options) {
    return source === 'wal_checkpoint(TRUNCATE)' ? [] : honest.call(this, source, options);
  };
}

const station = faultStation();
tell({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const { sales, restartEvery } = JSON.parse(line) as { sales: number; restartEvery: number };
  const end = await runScript(station, {
    directory,
    sales,
    restartEvery,
    onAcknowledged: (acknowledged) => tell({ acknowledged }),
    onSold: (soldMl, number) => tell({ soldMl, number }),
  });
  tell({ end });
}
