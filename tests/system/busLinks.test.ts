/** Lines that go away and come back, devices that fall silent, and a process that stands still. */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBus, type HealthEvent, type PollResult } from '../../src/drivers/bus/bus.ts';
import { seededRandom } from '../../src/simulator/physics/random.ts';
import {
  busRig,
  codeOf,
  lineTo,
  patientDevice,
  quickDevice,
  silentLog,
  systemClock,
  until,
} from '../support/busRig.ts';
import { type EmulatedLineOptions, emulatedRegister, startEmulatedLine } from '../support/emulatedLine.ts';
import { bridgePty } from '../support/ptyBridge.ts';
import { rightAnswer, type Script, startScriptedSlave } from '../support/scriptedSlave.ts';
import { tempDirectory } from '../support/tempStore.ts';

const answers: Script = (request) => [{ afterMs: 1, bytes: rightAnswer(request) }];
const range = { table: 'holding', address: 16, count: 3 } as const;

describe('a line that goes away', () => {
  it('comes back after its TCP connection was dropped, and tells everybody', async () => {
    const { bus, slave } = await busRig('rtu-over-tcp', answers);
    const results: PollResult[] = [];
    const health: HealthEvent[] = [];
    bus.onHealth((event) => health.push(event));
    bus
      .device(patientDevice(1))
      .poll({ name: 'watched', ranges: [range], intervalMs: 5 }, (result) => results.push(result));
    bus.start();
    await until('readings', () => results.length >= 3);
    slave.drop();
    await until('the loss to be told', () => results.some((result) => codeOf(result) === 'LINE_CLOSED'));
    await until('readings again', () => results.at(-1)?.ok === true);
    expect(bus.stats()).toMatchObject({ open: true, reconnects: 1 });
    expect(health.map((event) => event.online)).toEqual([true, false, true]);
  });

  it('waits for a server that is not there yet, and for one that is started again', async () => {
    const first = await startScriptedSlave(answers);
    await first.stop();
    const line = lineTo('rtu-over-tcp', first.port, '');
    const bus = createBus(line, { clock: systemClock, random: seededRandom(1), log: silentLog });
    onTestFinished(() => bus.stop());
    const results: PollResult[] = [];
    bus
      .device(quickDevice(1))
      .poll({ name: 'watched', ranges: [range], intervalMs: 5 }, (result) => results.push(result));
    bus.start();
    await until('the failure to be told', () => codeOf(results[0]) === 'LINE_OPEN');
    expect(bus.stats()).toMatchObject({ open: false, lastError: { code: 'LINE_OPEN' } });
    for (let round = 0; round < 2; round++) {
      const slave = await startScriptedSlave(answers, { port: first.port });
      await until('readings', () => results.at(-1)?.ok === true);
      await slave.stop();
      await until('the loss to be told', () => results.at(-1)?.ok === false);
    }
    expect(bus.stats().reconnects).toBe(1);
  });

  it('comes back when the serial adapter is pulled out and put in again', async () => {
    const { bus, slave, bridge } = await busRig('pty', answers);
    const results: PollResult[] = [];
    bus
      .device(patientDevice(1))
      .poll({ name: 'watched', ranges: [range], intervalMs: 5 }, (result) => results.push(result));
    bus.start();
    await until('readings', () => results.length >= 3);
    await bridge?.stop();
    await until('the loss to be told', () => results.at(-1)?.ok === false);
    const again = await bridgePty(bridge?.path ?? '', slave.port);
    onTestFinished(() => again.stop());
    await until('readings again', () => results.at(-1)?.ok === true);
    expect(bus.stats().reconnects).toBe(1);
  });

  it('refuses a port that is no serial port or is locked by another', async () => {
    const slave = await startScriptedSlave(answers);
    const bridge = await bridgePty(join(tempDirectory(), 'port'), slave.port);
    onTestFinished(async () => {
      await bridge.stop();
      await slave.stop();
    });
    const open = (path: string) => {
      const bus = createBus(lineTo('pty', 0, path), {
        clock: systemClock,
        random: seededRandom(1),
        log: silentLog,
      });
      onTestFinished(() => bus.stop());
      const results: PollResult[] = [];
      bus
        .device(patientDevice(1))
        .poll({ name: 'watched', ranges: [range], intervalMs: 5 }, (result) => results.push(result));
      bus.start();
      return results;
    };
    const owner = open(bridge.path);
    await until('readings', () => owner.at(-1)?.ok === true);
    const [second, none] = [open(bridge.path), open('/dev/null')];
    await until('both to fail', () => codeOf(second[0]) === 'LINE_OPEN' && codeOf(none[0]) === 'LINE_OPEN');
    const before = owner.length;
    await until('the owner to go on', () => owner.length > before + 3 && owner.at(-1)?.ok === true);
  });

  it('is opened anew when it is open but nothing is heard any more', async () => {
    let deaf = false;
    const { bus, slave } = await busRig('rtu-over-tcp', (request) => (deaf ? [] : answers(request)), {
      silentLineMs: 200,
    });
    const results: PollResult[] = [];
    bus
      .device(quickDevice(1))
      .poll({ name: 'watched', ranges: [range], intervalMs: 5 }, (result) => results.push(result));
    bus.start();
    await until('readings', () => results.length >= 3);
    deaf = true;
    await until('a new connection', () => bus.stats().reconnects >= 1);
    expect(bus.stats().lastError?.message).toContain('nothing was heard');
    deaf = false;
    await until('readings again', () => results.at(-1)?.ok === true);
    expect(slave.connections()).toBe(1);
  });
});

describe('a dead device', () => {
  it('is backed off, costs the others little, and is found when it returns', async () => {
    let dead = true;
    const { bus, slave } = await busRig('rtu-over-tcp', (request) =>
      dead && request.unit === 2 ? [] : answers(request),
    );
    const good = [0, 0, 0];
    const health: HealthEvent[] = [];
    bus.onHealth((event) => health.push(event));
    const devices = [1, 2, 3].map((unit, index) => {
      const device = bus.device(quickDevice(unit));
      device.poll({ name: 'watched', ranges: [range], intervalMs: 1 }, (result) => {
        if (result.ok) good[index] = (good[index] ?? 0) + 1;
      });
      return device;
    });
    bus.start();
    await until('the device to be given up', () => devices[1]?.stats().state === 'offline');
    const asked = slave.requests.length;
    await until('many readings of the others', () => (good[0] ?? 0) > 80 && (good[2] ?? 0) > 80);
    const probes = slave.requests.slice(asked).filter((request) => request.unit === 2).length;
    expect(probes).toBeLessThanOrEqual(3);
    expect(good[1]).toBe(0);
    expect(devices[1]?.stats().backoffMs).toBeGreaterThanOrEqual(750);
    dead = false;
    await until('the device to be back', () => (good[1] ?? 0) > 3);
    const told = health.filter((event) => event.device === 'unit-2').map((event) => event.online);
    expect(told).toEqual([false, true]);
  });
});

describe('a process that stands still', () => {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const stand = (ms: number) => Atomics.wait(cell, 0, 0, ms);

  // The devices run in a process of their own, so their answers arrive while this one stands still.
  for (const tcp of [false, true]) {
    it(`takes no answer that came meanwhile for a late one (${tcp ? 'TCP' : 'pty'})`, async () => {
      const options: EmulatedLineOptions = { baud: 19_200, units: 3, deviceDelayMs: 5, tcp };
      const emulated = await startEmulatedLine(options);
      const { end } = emulated;
      const line =
        'path' in end
          ? { ...lineTo('pty', 0, end.path), baud: options.baud }
          : { ...lineTo('rtu-over-tcp', end.port, ''), baud: options.baud };
      const bus = createBus(line, { clock: systemClock, random: seededRandom(1), log: silentLog });
      onTestFinished(async () => {
        await bus.stop();
        await emulated.stop();
      });
      let [good, wrong, failed, sent] = [0, 0, 0, 0];
      for (const unit of [1, 2, 3]) {
        bus
          .device(quickDevice(unit, { timeoutMs: 500 }))
          .poll({ name: 'watched', ranges: [range], intervalMs: 1 }, (result) => {
            if (!result.ok) failed++;
            else if (result.image.register('holding', 17) === emulatedRegister(unit, 17)) good++;
            else wrong++;
          });
      }
      bus.trace((event) => {
        // Right after the request is on its way.
        if (event.direction === 'tx' && ++sent % 7 === 0) stand(sent === 7 ? 1_200 : 600);
      });
      bus.start();
      // And at any moment of an exchange.
      const anywhere = setInterval(() => stand(110), 137);
      onTestFinished(() => clearInterval(anywhere));
      await until('readings', () => sent >= 24);
      expect({ wrong, failed }).toEqual({ wrong: 0, failed: 0 });
      expect(good).toBeGreaterThan(18);
      expect(bus.stats().devices.every((device) => device.timeouts + device.badFrames === 0)).toBe(true);
      expect((await emulated.stats()).early).toBe(0);
    });
  }
});
