import { describe, expect, it } from 'vitest';
import type { RegisterMap } from '../../../src/core/registers/image.ts';
import { gaugeEncoder } from '../../../src/core/registers/tankEncoder.ts';
import { createModbusGauge } from '../../../src/drivers/modbus/gauge.ts';
import type { GaugeFact } from '../../../src/model/tank.ts';
import { FakeBus, fakeLog } from '../../support/fakeBus.ts';
import { gaugeProfile } from '../../support/profiles.ts';

const profile = gaugeProfile('generic-gauge');
const encoder = gaugeEncoder(profile);
const values = {
  ...{ volume: 12_000_000, correctedVolume: 11_950_000, ullage: 8_000_000, height: 12_000, water: 100 },
  ...{ waterVolume: 50_000, temperature: 1_834, density: 741_200 },
};

function registers(tank: number, density: number | null = 741_200): RegisterMap {
  const shown = { values: { ...values, density }, delivery: false, leakTest: false, standing: [] };
  return encoder.tank(tank, shown, encoder.gauge({ standing: [], beat: 1 }));
}

function started(tanks: readonly number[] = [1, 3]) {
  const bus = new FakeBus();
  const log = fakeLog();
  const facts: GaugeFact[] = [];
  const config = { id: 'g-device', profile: profile.profile, line: 'l1', unit: 4, writes: false };
  const options = {
    bus,
    config,
    gauge: 'G1',
    profile,
    tanks,
    log,
    onFact: (fact: GaugeFact) => facts.push(fact),
  };
  const gauge = createModbusGauge(options);
  const told = () =>
    facts.splice(0).map((fact) => ('tank' in fact ? `${fact.kind} ${fact.tank}` : fact.kind));
  return { bus, log, facts, gauge, told };
}

describe('a Modbus gauge', () => {
  it('polls each tank with what it reads of the whole gauge, as the profile says', () => {
    const { bus } = started();
    expect(bus.specs).toMatchObject([{ id: 'g-device', unit: 4, timing: { timeoutMs: 500 } }]);
    expect(bus.jobs.map(({ name, intervals, ranges }) => ({ name, intervals, ranges }))).toEqual([
      {
        name: 'tank 1',
        intervals: [5000],
        ranges: [
          { table: 'holding', address: 0, count: 2, whole: true },
          { table: 'holding', address: 10, count: 16, whole: true },
        ],
      },
      {
        name: 'tank 3',
        intervals: [5000],
        ranges: [
          { table: 'holding', address: 0, count: 2, whole: true },
          { table: 'holding', address: 58, count: 16, whole: true },
        ],
      },
    ]);
  });

  it('tells that it answers, its readings, and when all tanks were looked at', () => {
    const { bus, facts, told } = started();
    bus.job('tank 1').answer(registers(1), 1000);
    expect(facts[1]).toEqual({
      ...{ kind: 'tank', at: 1000, mono: 1000, tank: 1, source: 'live', quality: 'good', reason: '' },
      ...values,
      ...{ reference: 1500, deliveryInProgress: false, leakTestInProgress: false, gaugeClock: null },
    });
    expect(told()).toEqual(['health', 'tank 1']);
    bus.job('tank 3').answer(registers(3), 1010);
    expect(told()).toEqual(['tank 3', 'alarms-complete']);
  });

  it('its loss is told once, when the bus has given it up, and its return with the first answer', () => {
    const { bus, facts, told } = started();
    bus.job('tank 1').answer(registers(1), 0);
    told();
    bus.job('tank 1').fail('REPLY_TIMEOUT', 5000);
    expect(told()).toEqual([]);
    bus.health({ device: 'another', online: false, reason: 'no answer' });
    bus.health({ device: 'g-device', online: false, reason: 'no answer' });
    bus.job('tank 3').fail('REPLY_TIMEOUT', 5500);
    bus.job('tank 1').fail('REPLY_TIMEOUT', 9000);
    expect(facts).toEqual([{ kind: 'health', online: false, reason: 'no answer', at: 5000, mono: 5000 }]);
    facts.length = 0;
    bus.health({ device: 'g-device', online: true, reason: '' });
    bus.job('tank 3').answer(registers(3), 20_000);
    expect(facts[0]).toEqual({ kind: 'health', online: true, reason: '', at: 20_000, mono: 20_000 });
    expect(told()).toEqual(['health', 'tank 3']);
  });

  it('a tank that it refuses is bad, and the others go on; warned once a minute', () => {
    const { bus, facts, log, gauge } = started();
    bus.job('tank 3').fail('REPLY_EXCEPTION', 0);
    bus.job('tank 3').fail('REPLY_EXCEPTION', 5000);
    bus.job('tank 1').answer(registers(1), 5000);
    expect(facts.filter((fact) => fact.kind === 'tank').map(({ tank, quality }) => [tank, quality])).toEqual([
      [3, 'bad'],
      [3, 'bad'],
      [1, 'good'],
    ]);
    expect(log.warnings).toHaveLength(1);
    expect(gauge.stats()).toMatchObject({
      device: 'g-device',
      looks: 1,
      refusals: 2,
      badFields: 0,
      lastLookAt: 5000,
    });
  });

  it('a value that cannot be is counted and warned of with its field', () => {
    const { bus, log, gauge } = started();
    bus.job('tank 1').answer(registers(1, 200_000), 0);
    bus.job('tank 1').answer(registers(1, 200_000), 5000);
    expect(gauge.stats().badFields).toBe(2);
    expect(log.warnings).toMatchObject([
      { fields: { code: 'FIELD_UNDECODABLE', gauge: 'G1', tank: 1, field: 'density', times: 1 } },
    ]);
  });

  it('is silent after its stop', () => {
    const { bus, facts, gauge } = started();
    gauge.stop();
    bus.job('tank 1').answer(registers(1), 0);
    expect(facts).toEqual([]);
    expect(bus.listening).toBe(0);
    expect(bus.jobs.every((job) => job.cancelled)).toBe(true);
  });

  it('has no tank beyond its profile', () => {
    expect(() => started([1, 17])).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});
