import { describe, expect, it } from 'vitest';
import { dispenserEncoder } from '../../../src/core/registers/profileWrites.ts';
import { createDispenser } from '../../../src/drivers/modbus/dispenser.ts';
import type { DispenserProfile } from '../../../src/model/config/profile.ts';
import { ForecourtError } from '../../../src/model/errors.ts';
import type { DispenserReading, Wants } from '../../../src/model/readings.ts';
import { millilitres, money, unitPrice } from '../../../src/model/units.ts';
import { FakeBus, fakeLog } from '../../support/fakeBus.ts';
import { dispenserProfile } from '../../support/profiles.ts';

const be32 = dispenserProfile('generic-be32');
const c5000 = dispenserProfile('compac-c5000');
const idleWants: Wants = { live: 'normal', totals: 'slow', 'last-sale': 'off', price: 'slow' };

function started(profile: DispenserProfile = be32, options: { points?: number[]; writes?: boolean } = {}) {
  const bus = new FakeBus();
  const log = fakeLog();
  const readings: [number, DispenserReading][] = [];
  const dispenser = createDispenser({
    bus,
    config: { id: 'd1', profile: profile.profile, line: 'l1', unit: 7, writes: options.writes ?? false },
    profile,
    points: options.points ?? [1],
    currencyDecimals: 2,
    log,
    onReading: (point, reading) => readings.push([point, reading]),
  });
  return { bus, log, readings, dispenser };
}

const live = (point = 1) =>
  dispenserEncoder(be32, point, 2).encodeLive({
    state: 'fuelling',
    hose: 1,
    volume: millilitres(42_130),
    amount: money(33_068),
    price: unitPrice(7849),
  });

describe('polling', () => {
  it('makes one job a point and group, silent until wanted, with the limits of the profile', () => {
    const { bus } = started(be32, { points: [1, 2] });
    expect(bus.specs).toEqual([{ id: 'd1', unit: 7, timing: be32.timing, limits: be32.limits }]);
    const groups = ['live and totals and last-sale', 'live', 'totals', 'last-sale', 'price'];
    expect(bus.jobs.map((job) => job.name)).toEqual(
      [1, 2].flatMap((point) => groups.map((group) => `${group} ${point}`)),
    );
    expect(bus.jobs.map((job) => job.intervals)).toEqual(bus.jobs.map(() => [null]));
    expect(bus.job('live 2').ranges).toEqual([{ table: 'holding', address: 40, count: 8, whole: true }]);
  });

  it('turns urgency into intervals, and tells the bus only of changes', () => {
    const { bus, dispenser } = started();
    dispenser.want(1, idleWants);
    dispenser.want(1, idleWants);
    dispenser.want(1, { ...idleWants, live: 'fast', totals: 'off' });
    expect(bus.job('live 1').intervals).toEqual([null, 1000, null]);
    expect(bus.job('live and totals and last-sale 1').intervals).toEqual([null, 250]);
    expect(bus.job('totals 1').intervals).toEqual([null, 30_000, null]);
    expect(bus.job('last-sale 1').intervals).toEqual([null]);
    expect(bus.jobs.every((job) => job.requests === 0)).toBe(true);
  });

  it('one reply tells a hang-up whole where totals and last sale lie beside the live fields', () => {
    const { bus, dispenser, readings } = started();
    dispenser.want(1, { ...idleWants, live: 'fast', totals: 'off', 'last-sale': 'off' });
    const block = live();
    const encoder = dispenserEncoder(be32, 1, 2);
    encoder.encodeTotals([{ hose: 1, volume: millilitres(1_000_000), amount: money(5) }], block);
    encoder.encodeLastSale(
      {
        number: 7,
        hose: 1,
        volume: millilitres(42_130),
        amount: money(33_068),
        price: unitPrice(7849),
        endCode: 1,
      },
      block,
    );
    bus.job('live and totals and last-sale 1').answer(block, 1234);
    expect(readings.map(([, reading]) => [reading.kind, reading.mono])).toEqual([
      ['live', 1234],
      ['totals', 1234],
      ['last-sale', 1234],
    ]);
  });

  it('where the whole comes in parts only the live state is taken, and it is asked for alone from then on', () => {
    const { bus, dispenser, readings } = started();
    dispenser.want(1, { ...idleWants, live: 'fast', totals: 'off', 'last-sale': 'off' });
    const whole = bus.job('live and totals and last-sale 1');
    const alone = bus.job('live 1');
    expect(alone.intervals.at(-1)).toBe(null);
    whole.answer(live(), 1234, 3);
    expect(readings.map(([, reading]) => reading.kind)).toEqual(['live']);
    expect(whole.cancelled).toBe(true);
    expect(alone.intervals.at(-1)).toBe(250);
  });

  it('`now` asks at once, goes on fast, and asks at once again only after something else', () => {
    const { bus, dispenser } = started();
    const now: Wants = { ...idleWants, totals: 'now' };
    dispenser.want(1, now);
    dispenser.want(1, now);
    expect(bus.job('totals 1')).toMatchObject({ requests: 1, intervals: [null, 250] });
    dispenser.want(1, { ...idleWants, totals: 'fast' });
    dispenser.want(1, now);
    expect(bus.job('totals 1')).toMatchObject({ requests: 2, intervals: [null, 250] });
  });

  it('passes over groups and points that are not there', () => {
    const { bus, dispenser } = started(c5000);
    dispenser.want(2, idleWants);
    dispenser.want(1, { ...idleWants, price: 'now' });
    expect(bus.job('price 1').requests).toBe(1);
    expect(() => started(be32, { points: [3] })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  it('falls silent when stopped', () => {
    const { bus, dispenser, readings } = started();
    dispenser.stop();
    expect(bus.jobs.every((job) => job.cancelled)).toBe(true);
    expect(bus.listening).toBe(0);
    bus.job('live 1').answer(live(), 1);
    dispenser.want(1, { ...idleWants, live: 'now' });
    expect(readings).toEqual([]);
    expect(bus.job('live 1').requests).toBe(0);
  });
});

describe('readings', () => {
  it("come in the product's units, with the time of the reply, from their own point", () => {
    const { bus, readings } = started(be32, { points: [1, 2] });
    bus.job('live 2').answer(live(2), 1234);
    const values = { state: 'fuelling', hose: 1, volume: 42_130, amount: 33_068, price: 7849 };
    expect(readings).toEqual([[2, { kind: 'live', at: 1234, mono: 1234, ...values }]]);
  });

  it('tells with the reading that digits were lost', () => {
    const { bus, readings } = started(c5000);
    const map = new Map([1, 0, 12_345, 0, 27_036].map((value, n) => [`holding:${124 + n}`, value]));
    bus.job('last-sale 1').answer(map, 1);
    expect(readings[0]?.[1]).toMatchObject({ amount: 2704, rounded: true });
  });

  it('M173: registers that hold no reading are counted, logged once a minute, and no reading is delivered', () => {
    const { bus, log, readings, dispenser } = started();
    const broken = live().set('holding:1', 5);
    bus.job('live 1').answer(broken, 0);
    bus.job('live 1').answer(broken, 59_999);
    bus.job('live 1').answer(broken, 60_000);
    expect(readings).toEqual([]);
    expect(dispenser.stats()).toMatchObject({ device: 'd1', undecodable: 3 });
    expect(log.warnings.map(({ fields }) => fields)).toEqual([
      {
        code: 'FIELD_UNDECODABLE',
        device: 'd1',
        point: 1,
        group: 'live',
        field: 'hose',
        reason: 'hose 5 of 1',
        times: 1,
      },
      expect.objectContaining({ times: 2 }),
    ]);
  });

  it('a record that the device says it has not is no trouble', () => {
    const { bus, log, readings, dispenser } = started();
    bus.job('last-sale 1').answer(dispenserEncoder(be32, 1, 2).encodeLastSale(null), 0);
    expect([readings, log.warnings, dispenser.stats().undecodable]).toEqual([[], [], 0]);
  });
});

describe('M173: an outage', () => {
  const offline = { device: 'd1', online: false, reason: 'no answer' };
  const online = { device: 'd1', online: true, reason: '' };

  it('gives one lost reading a point, after the bus gave the device up', () => {
    const { bus, readings } = started(be32, { points: [1, 2] });
    bus.job('live 1').fail('REPLY_TIMEOUT', 10);
    expect(readings).toEqual([]);
    bus.health(offline);
    expect(readings).toEqual([[1, { kind: 'lost', at: 10, mono: 10, reason: 'no answer' }]]);
    bus.job('live 1').fail('REPLY_TIMEOUT', 20);
    bus.job('totals 1').fail('REPLY_TIMEOUT', 21);
    bus.job('live 2').fail('REPLY_TIMEOUT', 30);
    expect(readings.slice(1)).toEqual([[2, { kind: 'lost', at: 30, mono: 30, reason: 'no answer' }]]);
  });

  it('ends with a good reading; the next outage is told again', () => {
    const { bus, readings } = started();
    const outage = (ms: number) => {
      bus.job('live 1').fail('REPLY_TIMEOUT', ms);
      bus.health(offline);
      bus.health(online);
    };
    outage(10);
    outage(20); // the device was proved, and no reading came between
    bus.job('live 1').answer(live(), 30);
    outage(40);
    expect(readings.map(([, { kind, at }]) => [kind, at])).toEqual([
      ['lost', 10],
      ['live', 30],
      ['lost', 40],
    ]);
  });

  it('is not what another device does, nor a single lost reply, nor a refused block', () => {
    const { bus, log, readings } = started();
    bus.job('live 1').fail('REPLY_TIMEOUT', 1);
    bus.health({ ...offline, device: 'd2' });
    bus.job('totals 1').fail('REPLY_EXCEPTION', 2);
    bus.job('totals 1').fail('REPLY_EXCEPTION', 3);
    bus.health(offline);
    expect(readings).toEqual([]);
    expect(log.warnings).toHaveLength(1);
    expect(log.warnings[0]?.fields).toMatchObject({ device: 'd1', group: 'totals' });
  });
});

describe('release', () => {
  it("writes the sale number to the point's own register", async () => {
    const { bus, dispenser } = started(be32, { points: [1, 2], writes: true });
    await dispenser.release(2, 4711);
    expect(bus.writes).toEqual([{ function: 'write-register', address: 64, values: [4711] }]);
  });

  it('writes a fixed value, the base taken off', async () => {
    const acknowledge = { function: 'write-coil', address: 17, value: 1 } as const;
    const { bus, dispenser } = started(
      { ...dispenserProfile('generic-cdab'), acknowledge },
      { writes: true },
    );
    await dispenser.release(1, null);
    expect(bus.writes).toEqual([{ function: 'write-coil', address: 16, values: [1] }]);
  });

  it('writes nothing where writes are off or the model has no acknowledge', async () => {
    const off = started(be32);
    await off.dispenser.release(1, 4711);
    const none = started(c5000, { writes: true });
    await none.dispenser.release(1, null);
    expect([...off.bus.writes, ...none.bus.writes]).toEqual([]);
  });

  it("is refused without the sale number it needs, and passes the bus's refusal on", async () => {
    const { bus, dispenser } = started(be32, { writes: true });
    await expect(dispenser.release(1, null)).rejects.toMatchObject({ code: 'REQUEST_REFUSED' });
    expect(bus.writes).toEqual([]);
    bus.writeError = new ForecourtError('REPLY_TIMEOUT', 'no answer');
    await expect(dispenser.release(1, 1)).rejects.toMatchObject({ code: 'REPLY_TIMEOUT' });
  });
});
