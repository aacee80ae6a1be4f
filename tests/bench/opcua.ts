/**
 * `npm run bench:opcua`: whether a busy OPC UA session disturbs the pumps. The sale benchmark's daemon runs by turns without
 * OPC UA, with a session in its thread, with the same session in another process (the same load on the machine), and with
 * the same session on its main thread.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { get } from '../../src/cli/client.ts';
import { viewCertificate } from '../../src/drivers/opcua/pki/certificate.ts';
import { openTrustStore } from '../../src/drivers/opcua/pki/trustStore.ts';
import { optionsOf } from '../support/options.ts';
import { table } from './busTables.ts';
import { busyStation } from './opcuaSession.ts';
import { runSales } from './saleRun.ts';
import { quantile, timesOf } from './saleTables.ts';

const usage = `npm run bench:opcua -- [options]
  --sales N       measured sales of each kind in each round (default 60)
  --rounds N      rounds, each with every kind in another order (default 4)
  --json FILE     all figures
  --help`;
const values = optionsOf(usage, {
  sales: { type: 'string', default: '60' },
  rounds: { type: 'string', default: '4' },
  json: { type: 'string' },
});

const kinds = ['without', 'thread', 'apart', 'main'] as const;
type Kind = (typeof kinds)[number];
const titles: Record<Kind, string> = {
  without: 'no OPC UA',
  thread: "busy session in the station's thread",
  apart: 'the same session in another process',
  main: 'the same session on the main thread',
};

interface Measured {
  readonly saleMs: number[];
  /** Of each round and each dispenser, as the daemon counts them. */
  readonly pollP50Ms: number[];
  readonly pollP99Ms: number[];
  readonly rssMb: number[];
  readonly cpuMs: number[];
}
const measured = Object.fromEntries(
  kinds.map((kind) => [kind, { saleMs: [], pollP50Ms: [], pollP99Ms: [], rssMb: [], cpuMs: [] }]),
) as unknown as Record<Kind, Measured>;

const script = (name: string): string => fileURLToPath(import.meta.resolve(`./${name}`));
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

const peer = fork(script('opcuaPeer.ts'));
const [{ endpoint, certificate, nodes }] = (await once(peer, 'message')) as [
  { endpoint: string; certificate: string; nodes: number },
];
const values200: string = `${nodes} nodes watched at 100 ms, each another value at every look`;

async function round(kind: Kind): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'forecourt-bench-'));
  const into = measured[kind];
  let apart: ChildProcess | null = null;
  try {
    const pki = join(directory, kind === 'thread' ? 'store/pki/client' : 'pki');
    openTrustStore(pki).trust(viewCertificate(certificate));
    process.env.OPCUA_BENCH = JSON.stringify({ endpoint, directory: pki });
    if (kind === 'apart') apart = fork(script('opcuaMain.ts'));
    const run = await runSales({
      ...{ sales: Number(values.sales), directory, profileTo: null },
      station: kind === 'thread' ? busyStation(endpoint) : {},
      imports: kind === 'main' ? [script('opcuaMain.ts')] : [],
      atStart: async (socket) => {
        if (kind === 'thread') await untilRead(socket);
        // the others' sessions have begun by then, too
        else await sleep(4_000);
      },
      async atEnd({ pid, socket }) {
        into.rssMb.push(residentMb(pid));
        const devices = await get<{ rttP50Ms: number | null; rttP99Ms: number | null }[]>(
          socket,
          '/v1/devices',
        );
        for (const { rttP50Ms, rttP99Ms } of devices) {
          if (rttP50Ms !== null) into.pollP50Ms.push(rttP50Ms);
          if (rttP99Ms !== null) into.pollP99Ms.push(rttP99Ms);
        }
        if (kind === 'thread') await untilRead(socket);
      },
    });
    into.saleMs.push(...run.sales.map((sale) => timesOf(sale).fromHangUp));
    into.cpuMs.push(run.cpuMs);
  } finally {
    apart?.disconnect();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A session that was not there would disturb nobody. */
async function untilRead(socket: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const tanks = await get<{ quality: string }[]>(socket, '/v1/tanks');
    const read = tanks.filter(({ quality }) => quality === 'good').length;
    if (read > 0 && read === tanks.length) return;
    if (tries === 30)
      throw new Error(
        `${read} of ${tanks.length} tanks are read: ${JSON.stringify([tanks[0], await get(socket, '/v1/gauges')])}`,
      );
    await sleep(500);
  }
}

const residentMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024;

for (let n = 0; n < Number(values.rounds); n += 1) {
  const order = kinds.map((_, index) => kinds[(index + n) % kinds.length] ?? 'without');
  for (const kind of order) {
    await round(kind);
    console.log(`round ${n + 1}: ${titles[kind]}`);
  }
}
peer.disconnect();

const mean = (list: readonly number[]): number => list.reduce((sum, each) => sum + each, 0) / list.length;
const summary = kinds.map((kind) => {
  const { saleMs, pollP50Ms, pollP99Ms, rssMb, cpuMs } = measured[kind];
  return {
    kind,
    sales: saleMs.length,
    saleP50Ms: quantile(saleMs, 0.5),
    saleP99Ms: quantile(saleMs, 0.99),
    pollP50Ms: mean(pollP50Ms),
    pollP99Ms: mean(pollP99Ms),
    rssMb: mean(rssMb),
    cpuMs: mean(cpuMs),
  };
});
const base = summary[0];
const ratio = (value: number, of: number | undefined): string =>
  `${value.toFixed(2)} (x ${(value / (of ?? Number.NaN)).toFixed(2)})`;
console.log(
  `\n${values200}. ${base?.sales} sales of each kind. Times in ms; in brackets against no OPC UA.\n`,
);
console.log(
  table(
    ['', 'sale p50', 'sale p99', 'poll p50', 'poll p99', 'resident MB', 'CPU ms'],
    summary.map((row) => [
      titles[row.kind],
      ratio(row.saleP50Ms, base?.saleP50Ms),
      ratio(row.saleP99Ms, base?.saleP99Ms),
      ratio(row.pollP50Ms, base?.pollP50Ms),
      ratio(row.pollP99Ms, base?.pollP99Ms),
      row.rssMb.toFixed(0),
      row.cpuMs.toFixed(0),
    ]),
  ),
);
if (values.json) writeFileSync(values.json, JSON.stringify({ machine, nodes, summary, measured }, null, 2));
