/** `npm run bench:gauge`: all tanks of a 12-tank station over a serial line, against the bytes' own time on the line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { optionsOf } from '../support/options.ts';
import { joinPtys } from '../support/socatPtys.ts';
import { startTlsPeer } from '../support/tlsGaugePeer.ts';
import { type CycleRow, measureCycles, measureStart, type StartRow } from './gaugeRun.ts';

const usage = `npm run bench:gauge -- [options]
  --tanks N      (default 12)
  --cycles N     measured cycles of each row, after two that are not (default 15)
  --baud N       (default 9600)
  --json FILE    all figures
  --help`;

const values = optionsOf(usage, {
  tanks: { type: 'string', default: '12' },
  cycles: { type: 'string', default: '15' },
  baud: { type: 'string', default: '9600' },
  json: { type: 'string' },
});
const tanks = Number(values.tanks);
const cycles = Number(values.cycles);
const baud = Number(values.baud);
const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
  node: process.version,
  /** Of other programs, in the minute before. */
  load: Number((loadavg()[0] ?? 0).toFixed(2)),
  at: new Date().toISOString(),
};
console.log(
  `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, Linux ${machine.kernel}, Node ${machine.node}; load before ${machine.load}`,
);
console.log(
  `A gauge in Python on a pty, ${tanks} tanks, ${baud} baud 8N1 byte by byte, no thinking time of its own; ${cycles} cycles a row.`,
);

const directory = mkdtempSync(join(tmpdir(), 'bench-gauge-'));
const cable = await joinPtys(directory, 'gauge');
const peer = await startTlsPeer('serial', cable.far, String(baud), '--pace');
const numbers = Array.from({ length: tanks }, (_, index) => index + 1);
await peer.set({
  tanks: Object.fromEntries(
    numbers.map((tank) => [
      tank,
      { product: '1', status: 0, floats: [5000 + tank, 4990 + tank, 4000, 1200, 0, 15.5, 0] },
    ]),
  ),
  labels: Object.fromEntries(numbers.map((tank) => [tank, `TANK ${tank}`])),
});

const rows: CycleRow[] = [];
let start: StartRow | null = null;
try {
  for (const gapMs of [0, 50])
    for (const way of ['all at once', 'one by one'] as const)
      rows.push(await measureCycles({ path: cable.near, baud, tanks: numbers, cycles, gapMs, way }));
  start = await measureStart({ path: cable.near, baud, tanks: numbers });
} finally {
  await peer.stop();
  await cable.stop();
  rmSync(directory, { recursive: true, force: true });
}

const table = [
  [
    'i201',
    'gap ms',
    'requests',
    'bytes',
    'wire ms',
    'cycle ms p50',
    'p99',
    'cycle/wire',
    'over a command ms',
    'CPU ms a cycle',
  ],
  ...rows.map((row) => [
    row.way,
    String(row.gapMs),
    String(row.requests),
    String(row.bytes),
    row.wireMs.toFixed(1),
    row.cycleP50Ms.toFixed(1),
    row.cycleP99Ms.toFixed(1),
    (row.cycleP50Ms / row.wireMs).toFixed(3),
    row.overheadMs.toFixed(2),
    row.cpuMs.toFixed(2),
  ]),
];
const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
for (const row of table)
  console.log(
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
console.log(
  '"over a command" is what a request costs beside its bytes and the gap that the gauge wants: (cycle - wire - gaps) / requests.',
);
console.log(
  `The driver from opening the port: first levels after ${start.firstMs.toFixed(0)} ms (clock, units, deliveries and a look at the inventory come first), ` +
    `everything read after ${start.allMs.toFixed(0)} ms, ${start.requests} requests, ${start.bytes} bytes, ${start.wireMs.toFixed(0)} ms of wire.`,
);
if (values.json)
  writeFileSync(values.json, `${JSON.stringify({ machine, tanks, baud, rows, start }, null, 2)}\n`);
