/** `npm run bench:sale`: from the last byte of a dispenser's reply to the durable sale, the API listener and the broker. */
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { optionsOf } from '../support/options.ts';
import { verdictTable } from './busTables.ts';
import { runFloor } from './saleFloorRun.ts';
import { runSales, warmUp } from './saleRun.ts';
import { floorTable, saleTable, saleVerdicts, timesOf, transactionTable } from './saleTables.ts';

const usage = `npm run bench:sale -- [options]
  --sales N       measured sales, by turns at a dispenser with one block and at one with four (default 300)
  --dir DIR       the disk to measure (default: the system's temporary folder)
  --profile DIR   write a CPU profile of the daemon there; the times are worse then
  --json FILE     all figures
  --help`;

const values = optionsOf(usage, {
  sales: { type: 'string', default: '300' },
  dir: { type: 'string', default: tmpdir() },
  profile: { type: 'string' },
  json: { type: 'string' },
});

const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
  node: process.version,
  at: new Date().toISOString(),
};
console.log(
  `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, Linux ${machine.kernel}, Node ${machine.node}`,
);
/** f_type of tmpfs, from linux/magic.h. */
const tmpfs = 0x01021994;
if (statfsSync(values.dir).type === tmpfs)
  console.log(`${values.dir} is memory, not a disk: name one with --dir, these commits cost nothing.`);

const directory = mkdtempSync(join(values.dir, 'forecourt-bench-'));
const measure = async () => {
  const run = await runSales({
    sales: Number(values.sales),
    directory,
    profileTo: values.profile ?? null,
  });
  const floor = await runFloor(directory, join(directory, 'store'), run.transactions, run.bytes, warmUp);
  return { run, floor };
};
const { run, floor } = await measure().finally(() => rmSync(directory, { recursive: true, force: true }));
const times = run.sales.map(timesOf);
const verdicts = saleVerdicts(times);

console.log(
  `${times.length} sales, each with a member's card scanned before; the broker is ${run.broker}.\n` +
    `Modbus TCP, state polled every 40 ms. A sale binds ${run.bytes} bytes; the bare commit inserts as many, next to each sale.\n`,
);
console.log(saleTable(times));
console.log(`\n${transactionTable(run)}`);
console.log(`\nThe floor:\n${floorTable(floor)}`);
console.log(`\nCPU of the daemon: ${(run.cpuMs / 1000).toFixed(1)} s\n`);
console.log(verdictTable(verdicts));

if (values.json)
  writeFileSync(values.json, `${JSON.stringify({ machine, ...run, times, floor, verdicts }, null, 2)}\n`);
