/** One row of `bench:gauge`: the session and parser of the driver, or the driver from its start. */
import { parseReply } from '../../src/core/tls/parser.ts';
import { codeOf } from '../../src/core/tls/request.ts';
import { gatheringConnection } from '../../src/drivers/connections/gatheringConnection.ts';
import { createTlsGauge } from '../../src/drivers/gauges/tlsGauge.ts';
import { type TlsSession, tlsSession } from '../../src/drivers/gauges/tlsSession.ts';
import { gaugeSchema } from '../../src/model/config/tanks.ts';
import { instant, monoMs } from '../../src/model/units.ts';

export interface CycleRow {
  readonly way: 'all at once' | 'one by one';
  readonly gapMs: number;
  readonly requests: number;
  readonly bytes: number;
  readonly wireMs: number;
  readonly cycleP50Ms: number;
  readonly cycleP99Ms: number;
  readonly overheadMs: number;
  readonly cpuMs: number;
}

export interface StartRow {
  readonly firstMs: number;
  readonly allMs: number;
  readonly requests: number;
  readonly bytes: number;
  readonly wireMs: number;
}

interface Line {
  readonly path: string;
  readonly baud: number;
  readonly tanks: readonly number[];
}

const bitsPerByte = 10;
const notMeasured = 2;
const clock = { now: () => instant(Date.now()), mono: () => monoMs(performance.now()) };
const none = () => undefined;
const log = { debug: none, info: none, warn: none, error: none };
const settings = ({ path, baud }: Line) =>
  ({ path, baud, dataBits: 8, parity: 'none', stopBits: 1 }) as const;

const quantile = (sorted: readonly number[], fraction: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(fraction * sorted.length) - 1)] ?? Number.NaN;

/** Throws where a reply lacks a tank, or has a wrong level. */
function check(line: Line, read: ReadonlyMap<number, number | null>): void {
  for (const tank of line.tanks)
    if (read.get(tank) !== 5000 + tank) throw new Error(`tank ${tank}: read ${read.get(tank)}`);
}

async function opened(line: Line, gapMs: number): Promise<TlsSession> {
  let session: TlsSession | null = null;
  await new Promise<void>((resolve) => {
    session = tlsSession({
      connect: gatheringConnection(settings(line)),
      clock,
      random: () => 0,
      log,
      securityCode: null,
      commandGapMs: gapMs,
      timeoutMs: 5_000,
      longestPauseMs: 1_000,
      opened: resolve,
      closed: none,
    });
  });
  if (!session) throw new Error('no session');
  return session;
}

export async function measureCycles(
  line: Line & { cycles: number; gapMs: number; way: CycleRow['way'] },
): Promise<CycleRow> {
  const session = await opened(line, line.gapMs);
  const asked = line.way === 'all at once' ? [0] : line.tanks;
  let bytes = 0;
  const untrace = session.trace((event) => {
    bytes += event.bytes.length;
  });
  const cycle = async (): Promise<void> => {
    const read = new Map<number, number | null>();
    for (const tank of asked) {
      const { frame } = await session.exchange({ code: codeOf('i', '201', tank), data: '' });
      if (frame.kind !== 'computer') throw new Error(frame.kind);
      for (const record of parseReply('201', frame.data)) read.set(record.tank, record.volume);
    }
    check(line, read);
  };
  await cycle();
  const wireMs = (bytes * bitsPerByte * 1000) / line.baud;
  const wholeBytes = bytes;
  // Listening costs: the figures are without.
  untrace();
  for (let n = 1; n < notMeasured; n += 1) await cycle();
  const times: number[] = [];
  const cpuBefore = process.cpuUsage();
  for (let n = 0; n < line.cycles; n += 1) {
    const began = performance.now();
    await cycle();
    times.push(performance.now() - began);
  }
  const cpu = process.cpuUsage(cpuBefore);
  await session.stop();
  times.sort((one, other) => one - other);
  const cycleP50Ms = quantile(times, 0.5);
  return {
    way: line.way,
    gapMs: line.gapMs,
    requests: asked.length,
    bytes: wholeBytes,
    wireMs,
    cycleP50Ms,
    cycleP99Ms: quantile(times, 0.99),
    // Cycles follow each other at once: every request waits its gap.
    overheadMs: (cycleP50Ms - wireMs - line.gapMs * asked.length) / asked.length,
    cpuMs: (cpu.user + cpu.system) / 1000 / line.cycles,
  };
}

/** The driver as the station runs it, with its usual gap of 50 ms. */
export async function measureStart(line: Line): Promise<StartRow> {
  const config = gaugeSchema.parse({
    id: 'g1',
    kind: 'tls',
    connection: { kind: 'serial', ...settings(line) },
    pollS: 3_600,
  });
  if (config.kind !== 'tls') throw new Error('not a TLS gauge');
  const began = performance.now();
  const levels = new Set<number>();
  let firstMs = Number.NaN;
  let bytes = 0;
  const gauge = createTlsGauge({
    config,
    securityCode: null,
    tanks: line.tanks,
    local: {
      toInstant: ({ year, month, day, hour, minute }) =>
        instant(Date.UTC(year, month - 1, day, hour, minute)),
      toLocal: () => ({ year: 2026, month: 1, day: 1, hour: 0, minute: 0 }),
    },
    since: () => null,
    clock,
    random: () => 0,
    log,
    onFact(fact) {
      if (fact.kind === 'tank') levels.add(fact.tank);
      if (levels.size === line.tanks.length && Number.isNaN(firstMs)) firstMs = performance.now() - began;
    },
  });
  gauge.trace((event) => {
    bytes += event.bytes.length;
  });
  while (gauge.info().tanks.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const allMs = performance.now() - began;
  const { requests } = gauge.stats();
  await gauge.stop();
  return { firstMs, allMs, requests, bytes, wireMs: (bytes * bitsPerByte * 1000) / line.baud };
}
