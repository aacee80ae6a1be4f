/** What OPC UA costs a station that has none. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { freePort } from '../support/freePort.ts';
import { runStation, writeStation } from '../support/station.ts';

const preload = fileURLToPath(new URL('../support/moduleLog.ts', import.meta.url));
const ofOpcua = /\/node_modules\/node-opcua/;

async function modulesOf(station: object, wanted: RegExp | null): Promise<string[]> {
  const file = writeStation({ station });
  const log = join(file.directory, 'modules.txt');
  const daemon = await runStation(file, { preload, env: { MODULE_LOG: log } });
  const lines = () => (existsSync(log) ? readFileSync(log, 'utf8').split('\n') : []);
  if (wanted)
    await vi.waitFor(() => expect(lines().some((line) => wanted.test(line))).toBe(true), {
      timeout: 40_000,
      interval: 200,
    });
  await daemon.stop();
  return lines();
}

describe('node-opcua', () => {
  it('is not loaded by a station that has no OPC UA device', { timeout: 60_000 }, async () => {
    const modules = await modulesOf({}, null);
    expect(modules.length).toBeGreaterThan(100);
    expect(modules.filter((line) => ofOpcua.test(line))).toEqual([]);
  });

  it('is loaded by one that has, and in a thread of its own alone', { timeout: 90_000 }, async () => {
    const port = await freePort();
    const modules = await modulesOf(
      {
        grades: [{ id: '92' }],
        opcua: [{ id: 'plc', endpoint: `opc.tcp://127.0.0.1:${port}`, profile: 'generic-opcua' }],
        gauges: [{ id: 'G1', kind: 'opcua', server: 'plc' }],
        tanks: [{ id: 'T1', grade: '92', capacityLitres: 20_000, gauge: { gauge: 'G1', tank: 1 } }],
      },
      ofOpcua,
    );
    expect(modules.filter((line) => line.startsWith('main') && ofOpcua.test(line))).toEqual([]);
  });
});
