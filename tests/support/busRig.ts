/** A bus on a scripted line, serial or TCP, put away when the test ends. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock, Log } from '../../src/core/ports.ts';
import {
  type Bus,
  type BusDeps,
  createBus,
  type DeviceSpec,
  type PollResult,
} from '../../src/drivers/bus/bus.ts';
import type { LineConfig } from '../../src/model/config/station.ts';
import { instant, monoMs } from '../../src/model/units.ts';
import { seededRandom } from '../../src/simulator/physics/random.ts';
import { bridgePty, type PtyBridge } from './ptyBridge.ts';
import { type Script, type ScriptedSlave, type SlaveOptions, startScriptedSlave } from './scriptedSlave.ts';
import { tempDirectory } from './tempStore.ts';

export type RigKind = 'pty' | 'rtu-over-tcp' | 'modbus-tcp';

export interface BusRig {
  readonly bus: Bus;
  readonly slave: ScriptedSlave;
  /** Only for a pty. */
  readonly bridge: PtyBridge | null;
}

export const systemClock: Clock = { now: () => instant(Date.now()), mono: () => monoMs(performance.now()) };

const silent = (): void => undefined;
export const silentLog: Log = { debug: silent, info: silent, warn: silent, error: silent };

/** Short times: a time-out of 40 ms, replies at most 160 ms later. */
export function quickDevice(unit: number, timing: Partial<DeviceSpec['timing']> = {}): DeviceSpec {
  return {
    id: `unit-${unit}`,
    unit,
    timing: { timeoutMs: 40, lateReplyMs: 160, minGapMs: 0, ...timing },
    limits: { maxRegisters: 125, maxGap: 16 },
  };
}

/** A time-out that no stall of a busy machine reaches, for tests in which nothing may fail. */
export const patientDevice = (unit: number): DeviceSpec => quickDevice(unit, { timeoutMs: 1_500 });

export function lineTo(kind: RigKind, port: number, path: string): LineConfig {
  const id = 'line';
  if (kind === 'pty')
    return { id, kind: 'serial', path, baud: 115_200, dataBits: 8, parity: 'none', stopBits: 1 };
  if (kind === 'modbus-tcp') return { id, kind, host: '127.0.0.1', port };
  return { id, kind, host: '127.0.0.1', port, baud: 115_200 };
}

/** The bus is not started: tests add their devices first. */
export async function busRig(
  kind: RigKind,
  script: Script,
  options: SlaveOptions & Partial<BusDeps> = {},
): Promise<BusRig> {
  const { quarantine = true, silentLineMs = 30_000, log = silentLog, clock = systemClock } = options;
  const slave = await startScriptedSlave(script, { ...options, mbap: kind === 'modbus-tcp' });
  const path = join(tempDirectory(), 'port');
  const bridge = kind === 'pty' ? await bridgePty(path, slave.port) : null;
  const random = seededRandom(7);
  const bus = createBus(lineTo(kind, slave.port, path), {
    clock,
    random,
    log,
    quarantine,
    silentLineMs,
  });
  onTestFinished(async () => {
    await bus.stop();
    await bridge?.stop();
    await slave.stop();
  });
  return { bus, slave, bridge };
}

/** Waits on a condition; fails loudly after ten seconds, or after `seconds`. */
export async function until(what: string, condition: () => boolean, seconds = 10): Promise<void> {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > seconds * 1_000)
      throw new Error(`waited ${seconds} seconds for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export const codeOf = (result: PollResult | undefined): string | undefined =>
  result && !result.ok ? result.error.code : undefined;
