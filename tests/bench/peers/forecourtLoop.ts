/** Forecourt's own bus, every device polled as often as the line allows. */
import type { Clock, Log } from '../../../src/core/ports.ts';
import { createBus, type PollResult } from '../../../src/drivers/bus/bus.ts';
import type { LineConfig } from '../../../src/model/config/station.ts';
import { instant, monoMs } from '../../../src/model/units.ts';
import { type Block, holds, readTask, Tally } from '../busMaster.ts';

const task = readTask(process.argv.slice(2));
const id = 'bench';
const line: LineConfig =
  task.path === undefined
    ? { id, kind: 'rtu-over-tcp', host: '127.0.0.1', port: task.port ?? 0, baud: task.baud }
    : { id, kind: 'serial', path: task.path, baud: task.baud, dataBits: 8, parity: 'none', stopBits: 1 };
const clock: Clock = { now: () => instant(Date.now()), mono: () => monoMs(performance.now()) };
const quiet = (): void => undefined;
const log: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

const bus = createBus(line, { clock, random: Math.random, log, quarantine: task.quarantine });
const tally = new Tally(task.units);
const started = performance.now();
let lastResultAt = started;
let failed = 0;

/** Counting begins at a result and ends at the last one, so that the time holds whole polls only. */
function onResult(unit: number, blocks: readonly Block[], result: PollResult): void {
  lastResultAt = performance.now();
  if (tally.begunAt === undefined) {
    if (lastResultAt - started >= task.warmupS * 1000) tally.begin();
    return;
  }
  if (!result.ok) {
    failed++;
    return;
  }
  const { image } = result;
  const right = blocks.every(({ address, count }) =>
    holds(unit, address, image.registers('holding', address, count)),
  );
  tally.read(unit, right);
}

for (let unit = 1; unit <= task.units; unit++) {
  const device = bus.device({
    id: `unit-${unit}`,
    unit,
    timing: { timeoutMs: task.timeoutMs, lateReplyMs: task.lateReplyMs, minGapMs: 0 },
    limits: { maxRegisters: 125, maxGap: task.maxGap },
  });
  const polls = task.pollEach ? task.blocks.map((block) => [block]) : [task.blocks];
  for (const [index, blocks] of polls.entries()) {
    const ranges = blocks.map(({ address, count }) => ({ table: 'holding' as const, address, count }));
    device.poll({ name: `poll-${index}`, ranges, intervalMs: 1 }, (result) => onResult(unit, blocks, result));
  }
}
bus.start();
setTimeout(
  async () => {
    const { noiseBytes, strayFrames, leastGapMarginMs } = bus.stats();
    const notes = { failed, noiseBytes, strayFrames, leastGapMarginMs: leastGapMarginMs ?? 0 };
    tally.end(null, lastResultAt - (tally.begunAt ?? lastResultAt), notes);
    await bus.stop();
    process.exit(0);
  },
  (task.warmupS + task.seconds) * 1000,
);
