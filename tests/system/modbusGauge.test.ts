/**
 * The driver of Modbus gauges against gauges held by pymodbus, over every kind of line; both ends real. Registers are laid
 * out by hand from the printed maps, not by the code under test.
 */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createBus } from '../../src/drivers/bus/bus.ts';
import { createModbusGauge } from '../../src/drivers/modbus/gauge.ts';
import type { GaugeProfile } from '../../src/model/config/gaugeProfile.ts';
import { lineSchema } from '../../src/model/config/station.ts';
import type { GaugeAlarm, GaugeFact, GaugeHealth, TankReading } from '../../src/model/tank.ts';
import { seededRandom } from '../../src/simulator/physics/random.ts';
import { silentLog, systemClock } from '../support/busRig.ts';
import { type LineKind, type ModbusSlave, startSlave } from '../support/modbusSlave.ts';
import { gaugeProfile } from '../support/profiles.ts';

const patience = { timeout: 25_000, interval: 20 };
const kinds: readonly LineKind[] = ['serial', 'rtu-over-tcp', 'modbus-tcp'];

/** The profile as it is, polled as often as a test can wait for. */
const quick = (name: string, pollMs = 100): GaugeProfile => {
  const profile = gaugeProfile(name);
  return { ...profile, timing: { ...profile.timing, pollMs } };
};

function startGauge(slave: ModbusSlave, profile: GaugeProfile, tanks: readonly number[]) {
  const line = lineSchema.parse({ id: 'bus', ...slave.line });
  const bus = createBus(line, { clock: systemClock, random: seededRandom(7), log: silentLog });
  const facts: GaugeFact[] = [];
  const gauge = createModbusGauge({
    bus,
    config: { id: 'g', profile: profile.profile, line: 'bus', unit: 1, writes: false },
    gauge: 'G1',
    profile,
    tanks,
    log: silentLog,
    onFact: (fact) => facts.push(fact),
  });
  bus.start();
  onTestFinished(async () => {
    gauge.stop();
    await bus.stop();
  });
  const of = <K extends GaugeFact['kind']>(kind: K) =>
    facts.filter((fact): fact is Extract<GaugeFact, { kind: K }> => fact.kind === kind);
  /** The latest fact of a kind that fits, when there is one since the last call. */
  let seen = 0;
  const comes = async <F extends GaugeFact>(fits: (fact: GaugeFact) => fact is F): Promise<F> => {
    const found = await vi.waitFor(() => {
      const index = facts.findIndex((fact, n) => n >= seen && fits(fact));
      if (index < 0) throw new Error(`not told: ${JSON.stringify(facts.slice(-3))}`);
      seen = index + 1;
      return facts[index] as F;
    }, patience);
    return found;
  };
  return { gauge, of, comes };
}

const tankIs =
  (tank: number, quality: string) =>
  (fact: GaugeFact): fact is TankReading =>
    fact.kind === 'tank' && fact.tank === tank && fact.quality === quality;
const alarmIs =
  (code: string, active: boolean) =>
  (fact: GaugeFact): fact is GaugeAlarm =>
    fact.kind === 'alarm' && fact.code === code && fact.active === active;
const healthIs =
  (online: boolean) =>
  (fact: GaugeFact): fact is GaugeHealth =>
    fact.kind === 'health' && fact.online === online;
const complete = (fact: GaugeFact): fact is Extract<GaugeFact, { kind: 'alarms-complete' }> =>
  fact.kind === 'alarms-complete';

describe('tank gauges held by pymodbus', () => {
  for (const kind of kinds) {
    it(`Franklin on a ${kind} line: volumes, deliveries, alarms that come and go, loss and return`, {
      timeout: 60_000,
    }, async () => {
      const slave = await startSlave('pymodbus', kind);
      // tank 1: 9876.5 gallons, as the printed example; tank 2 with low product
      await slave.setInput(1, {
        200: [0, 0, 0, 0, 0x81cd, 0x0001],
        236: [2, 0, 8, 0, 5000, 0],
      });
      const { comes, gauge } = startGauge(slave, quick('franklin-ts550'), [1, 2]);
      expect(await comes(healthIs(true))).toMatchObject({ reason: '' });
      expect(await comes(tankIs(1, 'good'))).toMatchObject({ volume: 37_386_619, deliveryInProgress: false });
      expect(await comes(tankIs(2, 'good'))).toMatchObject({ volume: 1_892_706, deliveryInProgress: true });
      expect(await comes(alarmIs('alarms.3', true))).toMatchObject({ tank: 2, alarm: 'low' });
      await comes(complete);

      // tank 2 is filled: its alarm is over
      await slave.setInput(1, { 238: [0, 0, 9000, 0] });
      expect(await comes(alarmIs('alarms.3', false))).toMatchObject({ tank: 2 });
      // no probe at tank 1 any more, and a new one
      await slave.setInput(1, { 202: [0x1000, 0, 0xffff, 0x7fff] });
      expect(await comes(tankIs(1, 'bad'))).toMatchObject({ volume: null, reason: 'there is no probe' });
      await slave.setInput(1, { 202: [0, 0, 0x81cd, 0x0001] });
      expect(await comes(alarmIs('alarms.12', false))).toMatchObject({ tank: 1, alarm: 'probe-lost' });

      await slave.mute(1);
      expect((await comes(healthIs(false))).reason).not.toBe('');
      await slave.unmute(1);
      await comes(healthIs(true));
      expect(await comes(tankIs(1, 'good'))).toMatchObject({ volume: 37_386_619 });
      expect(slave.written).toEqual([]);
      expect(gauge.stats()).toMatchObject({ state: 'online', badFields: 0, refusals: 0 });
    });
  }

  it('Pneumercator that loses its processor: full scale is no volume and no alarm', async () => {
    const slave = await startSlave('pymodbus', 'modbus-tcp');
    // 40001 status; tank 1: 71.2 in, 9876 gallons gross, 9800 net, 65.3 degF, 0.4 in of water, ullage 2124
    const tank = [0, 0x80, 0, 712, 0, 9876, 0, 9800, 0, 823, 0, 653, 0, 4, 0, 2124];
    await slave.set(1, { 0: [0, ...tank] });
    const { comes, of } = startGauge(slave, quick('pneumercator-tms'), [1]);
    const good = { volume: 37_384_727, correctedVolume: 37_097_035, reference: 1556, height: 18_085 };
    expect(await comes(tankIs(1, 'good'))).toMatchObject({ ...good, water: 102, temperature: 1_850 });
    await slave.set(1, { 0: [1, ...tank.map(() => 0xffff)] });
    expect(await comes(tankIs(1, 'bad'))).toMatchObject({
      ...{ volume: null, height: null, deliveryInProgress: null, reason: 'the level processor is lost' },
    });
    expect(await comes(alarmIs('gauge.0', true))).toMatchObject({ tank: null, alarm: 'gauge-alarm' });
    await slave.set(1, { 0: [0, ...tank] });
    expect(await comes(tankIs(1, 'good'))).toMatchObject(good);
    await comes(alarmIs('gauge.0', false));
    expect(new Set(of('alarm').map(({ code }) => code))).toEqual(new Set(['gauge.0']));
  });

  it('a tank that the gauge has not is bad, and no other tank’s; a heartbeat that stands is stale', async () => {
    const slave = await startSlave('pymodbus', 'rtu-over-tcp');
    const u32 = (value: number) => [Math.floor(value / 65_536), value % 65_536];
    // generic gauge: 12345.6 l, 1543.2 mm; tank 3 has no registers
    const tank = [0, 0, ...[123_456, 122_999, 76_544, 15_432, 215, 412].flatMap(u32), 1834, 7412];
    await slave.set(1, { 0: [0, 1], 10: tank });
    const profile = quick('generic-gauge');
    const heartbeat = profile.device.heartbeat && { ...profile.device.heartbeat, staleS: 1 };
    const { comes, of } = startGauge(slave, { ...profile, device: { ...profile.device, heartbeat } }, [1, 3]);
    const values = { volume: 12_345_600, height: 15_432, water: 215, temperature: 1_834, density: 741_200 };
    expect(await comes(tankIs(1, 'good'))).toMatchObject(values);
    expect((await comes(tankIs(3, 'bad'))).reason).toBe('the gauge does not show this tank');
    expect((await comes(tankIs(1, 'bad'))).reason).toMatch(/^stale: the heartbeat stands/);
    await slave.set(1, { 1: [2] });
    expect(await comes(tankIs(1, 'good'))).toMatchObject(values);
    expect(of('tank').every(({ tank: n, volume }) => n === 1 || volume === null)).toBe(true);
    expect(of('health')).toHaveLength(1);
  });
});
