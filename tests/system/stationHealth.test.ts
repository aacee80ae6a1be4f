/** Devices that go and come back: what status, CLI and feed tell, and what becomes of sales meanwhile. */
import { describe, expect, it, vi } from 'vitest';
import { eventSchemas } from '../../src/model/events.ts';
import { deviceStateSchema, fuellingPointStateSchema } from '../../src/model/states.ts';
import type { DeviceView } from '../../src/station/view.ts';
import { startSlave } from '../support/modbusSlave.ts';
import { startMosquitto, subscribe } from '../support/mosquitto.ts';
import { be32Dispenser, watched } from '../support/peerDispensers.ts';
import { shellReader } from '../support/shellReader.ts';
import { type Daemon, runStation, writeStation } from '../support/station.ts';
import { fill, fortyLitres } from '../support/walk.ts';

const patience = { timeout: 40_000, interval: 20 };

const stateOf = async (daemon: Daemon, id: string) =>
  (await daemon.api<DeviceView[]>('/v1/devices')).find((device) => device.id === id)?.state;
const deviceReaches = (daemon: Daemon, id: string, state: string) =>
  vi.waitFor(async () => expect(await stateOf(daemon, id)).toBe(state), patience);

describe('a device', () => {
  it('M167 M173: without power is told in status, devices and feed; its neighbour sells on; its own sale is recovered', {
    timeout: 90_000,
  }, async () => {
    const broker = await startMosquitto();
    const office = await subscribe(broker.port, 'forecourt/v1/S1/#');
    const slave = await startSlave('pymodbus', 'rtu-over-tcp');
    const [one, two] = [await be32Dispenser(slave, 1), await be32Dispenser(slave, 2)];
    const daemon = await runStation(
      writeStation({
        station: {
          lines: [{ id: 'bus', ...slave.line }],
          devices: [1, 2].map((unit) => ({ id: `d${unit}`, profile: 'generic-be32', line: 'bus', unit })),
          fuellingPoints: [1, 2].map((n) => ({
            ...{ id: `FP${n}`, device: `d${n}`, nozzles: [{ id: `${n}`, grade: '92' }] },
          })),
          mqtt: { host: '127.0.0.1', port: broker.port },
        },
      }),
    );
    await daemon.reaches('FP1', 'idle');
    await daemon.reaches('FP2', 'idle');
    await Promise.all([watched(one), watched(two)]);

    await one.mute();
    await daemon.reaches('FP1', 'lost');
    await deviceReaches(daemon, 'd1', 'offline');
    expect(await stateOf(daemon, 'd2')).toBe('online');
    const healthOf = (online: boolean) =>
      vi.waitFor(() => {
        const event = office
          .json('/events/device.health-changed')
          .map((each) => eventSchemas['device.health-changed'].data.parse(each.data))
          .findLast(({ device }) => device === 'd1');
        expect(event).toMatchObject({ device: 'd1', line: 'bus', online });
        const state = deviceStateSchema.parse(office.json('/state/devices/d1').at(-1));
        expect(state.online).toBe(online);
        return event?.reason;
      }, patience);
    expect(await healthOf(false)).not.toBe('');

    const neighbour = await fill(daemon, 'FP2', two);
    expect(neighbour).toMatchObject({ fuellingPoint: 'FP2', volumeMl: 40_000, quality: 'seen', flags: [] });

    await one.hangUp({ ...fortyLitres, volumeMl: 12_340, amount: 9687 });
    await one.cleared();
    await one.unmute();
    await daemon.reaches('FP1', 'idle');
    await deviceReaches(daemon, 'd1', 'online');
    await healthOf(true);
    const [recovered] = await daemon.sold(2);
    expect(recovered).toMatchObject({
      ...{ fuellingPoint: 'FP1', volumeMl: 12_340, amount: 9687, quality: 'recovered', saleNumber: 8 },
      ...{ totalizerStartMl: 1_000_000, totalizerEndMl: 1_012_340, attribution: 'unclaimed' },
    });
    // Every retained state that was ever told is as the contract says.
    const told = office
      .json('/state/fuelling-points/FP1')
      .map((state) => fuellingPointStateSchema.parse(state).state);
    expect(new Set(told)).toEqual(new Set(['idle', 'lost']));
  });

  it('M167: a link lost in mid-fill and back before the end: one sale, with its whole volume', {
    timeout: 60_000,
  }, async () => {
    const slave = await startSlave('pymodbus', 'modbus-tcp');
    const dispenser = await be32Dispenser(slave, 1);
    const daemon = await runStation(
      writeStation({
        station: {
          lines: [{ id: 'bus', ...slave.line }],
          devices: [{ id: 'd1', profile: 'generic-be32', line: 'bus', unit: 1 }],
          fuellingPoints: [{ id: 'FP1', device: 'd1', nozzles: [{ id: '1', grade: '92' }] }],
        },
      }),
    );
    await daemon.reaches('FP1', 'idle');
    await watched(dispenser);
    await dispenser.lift(7850);
    await daemon.reaches('FP1', 'calling');
    await dispenser.flow({ volumeMl: 5000, amount: 3925, price: 7850 });
    await daemon.reaches('FP1', 'fuelling');
    await dispenser.mute();
    await daemon.reaches('FP1', 'lost');
    await dispenser.flow({ volumeMl: 30_000, amount: 23_550, price: 7850 });
    await dispenser.unmute();
    await daemon.reaches('FP1', 'fuelling');
    await dispenser.hangUp(fortyLitres);
    const [sale, another] = await daemon.sold(1);
    expect(another).toBeUndefined();
    expect(sale).toMatchObject({ volumeMl: 40_000, amount: 31_400, saleNumber: 8, flags: ['link-lost'] });
  });

  it('M167: a card reader that is unplugged is told in status', { timeout: 60_000 }, async () => {
    const reader = await shellReader();
    const slave = await startSlave('pymodbus', 'modbus-tcp');
    await be32Dispenser(slave, 1);
    const daemon = await runStation(
      writeStation({
        station: {
          lines: [{ id: 'bus', ...slave.line }],
          devices: [{ id: 'd1', profile: 'generic-be32', line: 'bus', unit: 1 }],
          fuellingPoints: [{ id: 'FP1', device: 'd1', nozzles: [{ id: '1', grade: '92' }] }],
          readers: [{ id: 'R1', kind: 'rdm6300', fuellingPoints: ['FP1'], connection: reader.connection }],
        },
      }),
    );
    const online = (yes: boolean) =>
      vi.waitFor(
        async () => expect((await daemon.status()).readers).toMatchObject([{ id: 'R1', online: yes }]),
        patience,
      );
    await online(true);
    await reader.unplug();
    await online(false);
  });
});
