import { describe, expect, it } from 'vitest';
import { imageOf } from '../../../src/core/registers/image.ts';
import { dispenserEncoder } from '../../../src/core/registers/profileWrites.ts';
import { createDispenser } from '../../../src/drivers/modbus/dispenser.ts';
import { deviceSchema } from '../../../src/model/config/station.ts';
import { ForecourtError } from '../../../src/model/errors.ts';
import type { DispenserReading } from '../../../src/model/readings.ts';
import { boundedBus } from '../../../src/station/boundedBus.ts';
import { createBoundaries } from '../../../src/station/deviceFaults.ts';
import { FakeBus } from '../../support/fakeBus.ts';
import { dispenserProfile } from '../../support/profiles.ts';
import { manualClock, recordingLog } from '../../support/tempStore.ts';

const profile = dispenserProfile('generic-be32');
const idle = dispenserEncoder(profile, 1, 2).encodeLive({
  ...{ state: 'idle', hose: null, volume: null, amount: null, price: null },
});
/** A device driver that throws while it decodes: a part of the answer is not there. */
const hostile = new Map<string, number>();

/** Two dispensers, each on a bus of its own that the test answers. */
function twoDispensers() {
  const clock = manualClock();
  const log = recordingLog();
  const boundaries = createBoundaries(clock, log);
  const readings = new Map<string, DispenserReading[]>();
  const start = (id: string, unit: number) => {
    const bus = new FakeBus();
    readings.set(id, []);
    createDispenser({
      bus: boundedBus(bus, boundaries),
      config: deviceSchema.parse({ id, profile: profile.profile, line: 'bus', unit }),
      profile,
      points: [1],
      currencyDecimals: 2,
      log,
      onReading: (_, reading) => readings.get(id)?.push(reading),
    });
    return bus;
  };
  return { clock, log, boundaries, readings, sick: start('sick', 1), well: start('well', 2) };
}

describe('the boundary of a device', () => {
  it('keeps what throws in it from its neighbour and the daemon, counts it and tells it once', () => {
    const { sick, well, boundaries, readings, log } = twoDispensers();
    expect(() => imageOf(hostile).register('holding', 0)).toThrow(ForecourtError);
    for (let n = 1; n <= 5; n++) {
      sick.job('live 1').answer(hostile, n * 100);
      well.job('live 1').answer(idle, n * 100);
    }
    expect(readings.get('well')).toHaveLength(5);
    expect(readings.get('sick')).toEqual([]);
    expect(boundaries.of('well')).toEqual({ count: 0, last: null, lastAt: null });
    expect(boundaries.of('sick')).toMatchObject({ count: 3, last: expect.stringContaining('INTERNAL') });
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('leaves a device alone for longer each time, and works with it again once it is well', () => {
    const { sick, boundaries, readings, clock } = twoDispensers();
    const answer = (map: Map<string, number>): void => sick.job('live 1').answer(map, clock.mono());
    for (let n = 0; n < 3; n++) answer(hostile);
    answer(idle);
    expect(readings.get('sick')).toEqual([]);
    clock.advance(1_001);
    answer(hostile);
    clock.advance(1_001);
    answer(hostile);
    expect(boundaries.of('sick').count).toBe(4);
    clock.advance(1_000);
    answer(idle);
    expect(readings.get('sick')).toHaveLength(1);
    answer(hostile);
    answer(idle);
    expect(readings.get('sick')).toHaveLength(2);
  });

  it('lets through that a device is gone, however often it threw', () => {
    const { clock, log } = twoDispensers();
    const boundaries = createBoundaries(clock, log);
    const bus = new FakeBus();
    const told: boolean[] = [];
    const fail = (): never => {
      throw new TypeError('62E3086CED');
    };
    for (let n = 0; n < 9; n++) boundaries.run('sick', fail);
    boundedBus(bus, boundaries).onHealth(({ online }) => told.push(online));
    bus.health({ device: 'sick', online: false, reason: 'silent' });
    expect(told).toEqual([false]);
    // A foreign error may quote a card's number.
    expect(boundaries.of('sick').last).toBe('INTERNAL');
  });
});
