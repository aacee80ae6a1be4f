/** A plain modbus-serial loop, block by block, as its README shows; with `--gapMs` a setTimeout between requests. */
import { setTimeout as wait } from 'node:timers/promises';
import modbusSerial from 'modbus-serial';
import { holds, readTask, Tally } from '../busMaster.ts';

const task = readTask(process.argv.slice(2));
const client = new modbusSerial.default();
if (task.path !== undefined) await client.connectRTUBuffered(task.path, { baudRate: task.baud });
else await client.connectTelnet('127.0.0.1', { port: task.port ?? 0 });
client.setTimeout(task.timeoutMs);
client.on('error', () => undefined);

const tally = new Tally(task.units);
const started = performance.now();
for (let unit = 1; ; unit = (unit % task.units) + 1) {
  const now = performance.now();
  if (tally.begunAt === undefined && now - started >= task.warmupS * 1000) tally.begin();
  if (tally.begunAt !== undefined && now - tally.begunAt >= task.seconds * 1000) break;
  client.setID(unit);
  for (const { address, count } of task.blocks) {
    if (task.gapMs > 0) await wait(task.gapMs);
    tally.request();
    try {
      const { data } = await client.readHoldingRegisters(address, count);
      tally.read(unit, holds(unit, address, data));
    } catch {
      // a read that failed counts as a request without a good read
    }
  }
}
tally.end();
process.exit(0);
