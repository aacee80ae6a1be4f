/** The driver against an independent gauge in Python, over TCP. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { instant, millilitres } from '../../src/model/units.ts';
import { startTlsPeer, type TlsPeer } from '../support/tlsGaugePeer.ts';
import { printed, watchGauge } from '../support/watchedGauge.ts';

const minute = 60_000;
const hour = 60 * minute;
const diesel = { product: '1', status: 0, floats: [5329.5, 5413, 4699, 1203.4, 12, 18.39, 31] };
const petrol = { product: '2', status: 1, floats: [800, 795, 9200, 310.5, 0, 21, 0] };

async function peer(state: object): Promise<TlsPeer> {
  const gauge = await startTlsPeer('tcp');
  onTestFinished(() => gauge.stop());
  await gauge.set({ tanks: { 1: diesel, 2: petrol }, labels: { 1: 'DIESEL', 2: 'SUPER 95' }, ...state });
  return gauge;
}

const at = (gauge: TlsPeer) => ({
  connection: { kind: 'tcp', host: '127.0.0.1', port: gauge.port } as const,
  timeoutMs: 800,
  commandGapMs: 0,
  pollS: 1,
});

const withVolume = (litres: number, status = 0) => ({
  1: { product: '1', status, floats: [litres, litres, 5000, 1000, 0, 15, 0] },
});
const delivered = (startMs: number, endMs: number, from: number, to: number) => ({
  start: printed(startMs),
  end: printed(endMs),
  floats: [from, from - 10, 0, 15, to, to - 20, 0, 16, 500, 1500],
});

describe('a TLS gauge over TCP', () => {
  it('tells the inventory of the tanks in use, with the time of the gauge', async () => {
    const gauge = await peer({ clock: 3600 });
    const watched = watchGauge(at(gauge), { tanks: [1, 2] });
    await watched.until(() => watched.of('tank').length >= 2);
    const [first, second] = watched.of('tank');
    expect(watched.of('health')[0]).toMatchObject({ online: true, reason: '' });
    expect(first).toMatchObject({
      tank: 1,
      source: 'live',
      quality: 'good',
      volume: 5_329_500,
      correctedVolume: 5_413_000,
      reference: 1556,
      ullage: 4_699_000,
      height: 12_034,
      water: 120,
      waterVolume: 31_000,
      temperature: 1839,
      density: null,
      deliveryInProgress: false,
      leakTestInProgress: false,
    });
    expect(second).toMatchObject({ tank: 2, volume: 800_000, deliveryInProgress: true });
    const ahead = (first?.gaugeClock ?? 0) - (first?.at ?? 0);
    expect(ahead).toBeGreaterThan(hour - minute - 1_000);
    expect(ahead).toBeLessThanOrEqual(hour);
    expect(watched.gauge.stats()).toMatchObject({ format: 'computer', inventory: 'i201' });
  });

  it('labels, limits and units are read; US units and centimetres are converted', async () => {
    const gauge = await peer({ units: 1, limits: { 604: { 1: 10_000 }, 624: { 1: 2 } } });
    const watched = watchGauge({ ...at(gauge), heightUnit: 'cm' }, { tanks: [1] });
    await watched.until(() => watched.gauge.info().tanks.length > 0);
    expect(watched.of('tank')[0]).toMatchObject({
      volume: Math.round(5329.5 * 3785.411784),
      height: 120_340,
      temperature: Math.round(((Math.fround(18.39) - 32) * 500) / 9),
    });
    expect(watched.gauge.info()).toMatchObject({
      units: 'us',
      unitsFrom: 'gauge',
      tanks: [{ tank: 1, label: 'DIESEL', fullVolume: 37_854_118, highWater: 200, lowLimit: null }],
    });
  });

  it('i214 where there is no i201', async () => {
    const tanks = { 1: { ...diesel, weighed: [5329, 4450, 835, 1203, 0, 18] } };
    const gauge = await peer({ unknown: ['201'], tanks });
    const watched = watchGauge(at(gauge));
    await watched.until(() => watched.of('tank').length > 0);
    expect(watched.of('tank')[0]).toMatchObject({ volume: 5_329_000, density: 835_000, quality: 'good' });
    expect(watched.gauge.stats()).toMatchObject({ inventory: 'i214' });
  });

  it('a tank of ? is bad, one that is left out is asked for alone, one that is unknown is bad', async () => {
    const gauge = await peer({ tanks: { 1: null, 2: petrol }, left_out: [2] });
    const watched = watchGauge(at(gauge), { tanks: [1, 2, 3] });
    await watched.until(() => watched.of('tank').length >= 6);
    const readings = watched.of('tank').slice(0, 3);
    expect(readings.map(({ tank, quality, reason, volume }) => [tank, quality, reason, volume])).toEqual([
      [1, 'bad', 'the gauge shows neither volume nor height', null],
      [2, 'good', '', 800_000],
      [3, 'bad', 'the gauge does not show this tank', null],
    ]);
  });
});

describe('a gauge that does not answer for everything', () => {
  it.each([
    ['refused', 'unknown'],
    ['passed over in silence', 'mute'],
  ])('a tank that is %s costs the others nothing', async (_, how) => {
    const gauge = await peer({ [how]: ['i20103'] });
    const watched = watchGauge(at(gauge), { tanks: [1, 2, 3] });
    await watched.until(() => watched.of('tank').length >= 9);
    const readings = watched.of('tank').slice(3, 6);
    expect(readings.map(({ tank, quality, reason }) => [tank, quality, reason])).toEqual([
      [1, 'good', ''],
      [2, 'good', ''],
      [3, 'bad', 'the gauge does not show this tank'],
    ]);
    expect(watched.of('health').map(({ online }) => online)).toEqual([true]);
    expect(watched.gauge.stats()).toMatchObject({ inventory: 'i201', format: 'computer' });
  });

  it('questions for all tanks refused, with a checksum: each is asked for by itself, its deliveries too', async () => {
    const made = delivered(-30 * minute, -20 * minute, 1000, 9000);
    const refused = ['201', '214', '21A', '202', '20C', '205', '602'].map((name) => `${name}00`);
    const gauge = await peer({
      refusal: '9999&&FECF',
      unknown: [...refused, '101', 'I201', '20103', '20203'],
      deliveries: { 2: [made] },
    });
    const watched = watchGauge(at(gauge), {
      tanks: [1, 2, 3],
      since: () => instant(Date.now() - hour),
    });
    await watched.until(() => watched.of('tank').length >= 6 && watched.gauge.info().tanks.length > 0);
    expect(watched.of('tank').map(({ tank, volume }) => [tank, volume])).toEqual(
      [...Array(2)].flatMap(() => [
        [1, 5_329_500],
        [2, 800_000],
        [3, null],
      ]),
    );
    expect(watched.of('delivery')).toMatchObject([{ tank: 2, gaugeStart: `20${made.start}` }]);
    expect(watched.gauge.info().tanks.map(({ label }) => label)).toEqual(['DIESEL', 'SUPER 95', null]);
    const stats = watched.gauge.stats();
    expect(stats).toMatchObject({ online: true, format: 'computer', badFrames: 0, timeouts: 0 });
    expect(stats.quirks).toContain('answers for one tank at a time only');
  });

  it('silence to all further questions does not hide that the inventory was refused', async () => {
    const gauge = await peer({ unknown: ['20100', '21400', '21A00', 'I201'], mute: ['i20101'] });
    const watched = watchGauge({ ...at(gauge), format: 'computer' });
    await watched.until(() => watched.of('health').length > 0);
    expect(watched.of('health')[0]?.reason).toMatch(/knows no function that gives an inventory/);
  });

  it('checksums that are wrong: nothing is believed, and that is what is told', async () => {
    const gauge = await peer({ checksum: 1 });
    const watched = watchGauge(at(gauge));
    await watched.until(() => watched.of('health').length > 0);
    expect(watched.of('health')[0]?.reason).toMatch(/i\d+: a reply does not agree with its checksum/);
    expect(watched.of('tank')).toEqual([]);
  });
});

describe('a gauge with a security code', () => {
  it('silence is told as what it may be', async () => {
    const gauge = await peer({ code: 'SECRET' });
    const watched = watchGauge(at(gauge));
    await watched.until(() => watched.of('health').length > 0);
    expect(watched.of('health')[0]).toMatchObject({ online: false });
    expect(watched.of('health')[0]?.reason).toMatch(/security code.*set `securityCode`/);
    expect(watched.of('tank')).toEqual([]);
  });

  it('one that the gauge does not have is told as what it may be', async () => {
    const gauge = await peer({});
    const watched = watchGauge(at(gauge), { securityCode: 'ABCDEF' });
    await watched.until(() => watched.of('health').length > 0);
    expect(watched.of('health')[0]?.reason).toMatch(
      /no function that gives an inventory; a gauge without a security code/,
    );
    expect(watched.of('tank')).toEqual([]);
  });

  it('a wrong one is told, the right one is never shown', async () => {
    const gauge = await peer({ code: 'SECRET' });
    const wrong = watchGauge(at(gauge), { securityCode: 'ABCDEF' });
    await wrong.until(() => wrong.of('health').length > 0);
    expect(wrong.of('health')[0]?.reason).toMatch(/wrong security code.*check `securityCode`/);

    const right = watchGauge(at(gauge), { securityCode: 'SECRET' });
    const traced: string[] = [];
    right.gauge.trace(({ direction, bytes, text }) =>
      traced.push(`${direction} ${Buffer.from(bytes).toString('latin1')} ${text}`),
    );
    await right.until(() => right.of('tank').length > 0);
    expect(traced.some((line) => line.startsWith('tx \x01******i20100 '))).toBe(true);
    expect([...traced, ...right.logged].join('\n')).not.toContain('SECRET');
  });
});

describe('clones that print for people', () => {
  it.each([
    ['silent to computer format, with SOH, ETX and NULs', 'mute', {}],
    [
      '9999FF1B to computer format, bare LF, no SOH or ETX',
      'unknown',
      { eol: '\n', nul: 0, soh: false, etx: false, date: '%m/%d/%Y %H:%M' },
    ],
  ])('%s', async (_, how, form) => {
    const lower = ['501', '517', '505', '201', '214', '21A', '202', '20C', '101', '205', '602', '610', '102'];
    const display = { eol: '\r\n', nul: 6, soh: true, etx: true, date: '%b %d, %Y %I:%M %p', ...form };
    const made = delivered(-30 * minute, -20 * minute, 1000, 9000);
    const gauge = await peer({
      display,
      deliveries: { 1: [made] },
      alarms: ['020401'],
      [how]: lower.map((name) => `i${name}`),
    });
    const watched = watchGauge(
      { ...at(gauge), units: 'metric' },
      { tanks: [1, 2], since: () => instant(Date.now() - hour) },
    );
    await watched.until(() => watched.of('alarms-complete').length > 0);
    expect(watched.of('tank')[0]).toMatchObject({
      volume: 5_330_000,
      height: 12_034,
      temperature: 1839,
      deliveryInProgress: null,
    });
    expect(watched.of('delivery')).toMatchObject([
      { tank: 1, startVolume: 1_000_000, endVolume: 9_000_000, gaugeStart: `20${made.start}` },
    ]);
    expect(watched.of('alarm')[0]).toMatchObject({ tank: 1, alarm: 'overfill', code: '0204' });
    expect(watched.gauge.stats()).toMatchObject({ format: 'display', inventory: 'I201' });
  });
});

describe('a line with faults', () => {
  it('a late reply is never taken for the next one', async () => {
    const gauge = await peer({ tanks: withVolume(1000) });
    const watched = watchGauge(at(gauge));
    await watched.until(() => watched.gauge.info().tanks.length > 0);
    await gauge.set({ faults: [{ late: 1_500 }] });
    await watched.until(() => watched.gauge.stats().timeouts > 0);
    // The reply under way still holds 1000 litres.
    await gauge.set({ tanks: withVolume(2000) });
    await watched.until(() => watched.of('tank').at(-1)?.volume === 2_000_000);
    await watched.until(() => watched.gauge.stats().lateReplies > 0);
    const volumes = watched.of('tank').map(({ volume }) => volume);
    const first = volumes.indexOf(millilitres(2_000_000));
    expect(volumes.slice(first).every((volume) => volume === 2_000_000)).toBe(true);
    expect(watched.of('health').filter(({ online }) => !online)).toEqual([]);
  });

  it('noise, pieces, an echo: nothing is lost; what is damaged is counted and never believed', async () => {
    const gauge = await peer({ echo: true, tanks: withVolume(1000) });
    const watched = watchGauge(at(gauge));
    await watched.until(() => watched.gauge.info().tanks.length > 0);
    const faults = [
      { noise: '55aa00ff' },
      { pieces: 3 },
      { corrupt: 15 },
      {},
      {},
      { half: 9 },
      {},
      {},
      { noise: '0169' },
    ];
    await gauge.set({ faults });
    const before = watched.of('tank').length;
    await watched.until(() => watched.of('tank').length >= before + 4);
    expect(new Set(watched.of('tank').map(({ volume }) => volume))).toEqual(new Set([1_000_000]));
    const stats = watched.gauge.stats();
    expect(stats.badFrames).toBeGreaterThanOrEqual(3);
    expect(stats.quirks).toContain('echoes what it is asked');
    expect(watched.of('health').map(({ online }) => online)).toEqual([true]);
  });

  it('power lost in the middle of a reply: told, connected again, the line believed anew', async () => {
    const gauge = await peer({ tanks: withVolume(1000) });
    const watched = watchGauge(at(gauge));
    await watched.until(() => watched.gauge.info().tanks.length > 0);
    await gauge.set({ tanks: withVolume(2000), faults: [{ half: 30, drop: true }] });
    await watched.until(() => watched.of('tank').at(-1)?.volume === 2_000_000);
    expect(watched.of('health').map(({ online }) => online)).toEqual([true, false, true]);
    expect(watched.of('health')[1]?.reason).toMatch(/no connection/);
    expect(watched.gauge.stats().reconnects).toBe(1);
  });

  it('a gauge that falls silent is lost, and found again', async () => {
    const gauge = await peer({ tanks: withVolume(1000) });
    const watched = watchGauge(at(gauge));
    await watched.until(() => watched.of('tank').length > 0);
    await gauge.set({ silent: true });
    await watched.until(() => watched.of('health').length === 2);
    expect(watched.of('health')[1]?.reason).toMatch(/no answer to i\w+ within 800 ms/);
    await gauge.set({ silent: false });
    await watched.until(() => watched.of('health').length === 3);
    expect(watched.gauge.stats()).toMatchObject({ online: true, backoffMs: 0 });
  });
});

describe('deliveries and alarms', () => {
  it('a delivery is told once, when the gauge says that it is over', async () => {
    const old = delivered(-30 * hour, -29 * hour, 100, 900);
    const gauge = await peer({ tanks: withVolume(1000, 1), deliveries: { 1: [old] } });
    const watched = watchGauge(at(gauge));
    await watched.until(() => watched.of('tank').some(({ deliveryInProgress }) => deliveryInProgress));
    const made = delivered(-20 * minute, 2 * minute, 1000, 8000);
    // i21B: start, end, adjusted volume, the same corrected, heights and six temperatures each, dispensed, two means
    const temperatures = [15, 15, 15, 15, 15, 15];
    const moments = [500, ...temperatures, 1500, ...temperatures];
    const adjusted = { ...made, floats: [1000, 8000, 7120.5, 7100, ...moments, 120.5, 15, 16] };
    await gauge.set({ tanks: withVolume(8000), deliveries: { 1: [old, made] }, adjusted: { 1: [adjusted] } });
    await watched.until(() => watched.of('delivery').length > 0);
    const polls = watched.of('tank').length;
    await watched.until(() => watched.of('tank').length >= polls + 2);
    expect(watched.of('delivery')).toMatchObject([
      {
        tank: 1,
        gaugeStart: `20${made.start}`,
        gaugeEnd: `20${made.end}`,
        startVolume: 1_000_000,
        endVolume: 8_000_000,
        startCorrected: 990_000,
        endTemperature: 1600,
        startHeight: 5_000,
        endHeight: 15_000,
        dispensed: 120_500,
      },
    ]);
  });

  it('what happened while nobody asked is told before the present, by the station clock', async () => {
    const ahead = 30 * minute;
    const before = delivered(-10 * hour + ahead, -9 * hour + ahead, 100, 900);
    const away = delivered(-3 * hour + ahead, -2 * hour + ahead, 1000, 8000);
    const moment = (ms: number, litres: number) => ({ time: printed(ms + ahead), floats: [litres, litres] });
    const gauge = await peer({
      clock: ahead / 1000,
      tanks: withVolume(7500),
      deliveries: { 1: [before, away] },
      history: { 1: [moment(-6 * hour, 500), moment(-4 * hour, 1000), moment(-hour, 7900)] },
      alarm_history: [
        `0200040102${printed(-2.5 * hour + ahead)}`,
        `0200040101${printed(-hour + ahead)}`,
        `0200030102${printed(-20 * hour + ahead)}`,
      ],
    });
    const since = instant(Date.now() - 5 * hour);
    const watched = watchGauge(at(gauge), { since: () => since });
    await watched.until(() => watched.of('tank').some(({ source }) => source === 'live'));
    const live = watched.facts.findIndex((fact) => fact.kind === 'tank' && fact.source === 'live');
    const past = watched.facts.slice(0, live);
    expect(past.map((fact) => fact.kind)).toEqual(['tank', 'alarm', 'delivery', 'tank', 'alarm']);
    const hoursAgo = past.map((fact) => Math.round((Date.now() - fact.at) / hour + 0.05));
    expect(hoursAgo).toEqual([4, 3, 2, 1, 1]);
    expect(watched.of('tank').slice(0, 2)).toMatchObject([
      { source: 'history', volume: 1_000_000 },
      { source: 'history', volume: 7_900_000 },
    ]);
    const [delivery] = watched.of('delivery');
    expect(delivery).toMatchObject({ gaugeStart: `20${away.start}`, startVolume: 1_000_000 });
    const offBy = Math.abs((delivery?.startedAt ?? 0) - (Date.now() - 3 * hour));
    expect(offBy).toBeLessThan(2.5 * minute);
    expect(watched.of('alarm').slice(0, 2)).toMatchObject([
      { source: 'history', alarm: 'overfill', active: true },
      { source: 'history', alarm: 'overfill', active: false },
    ]);
  });

  it('a delivery made while the connection was down is told after it', async () => {
    const gauge = await peer({ tanks: withVolume(1000) });
    const newest = { at: instant(Date.now() - 10 * minute) };
    const watched = watchGauge(at(gauge), { since: () => newest.at });
    await watched.until(() => watched.of('tank').length > 0);
    await gauge.set({ silent: true });
    await watched.until(() => watched.of('health').at(-1)?.online === false);
    const made = delivered(-8 * minute, -2 * minute, 1000, 6000);
    await gauge.set({ silent: false, tanks: withVolume(6000), deliveries: { 1: [made] } });
    await watched.until(() => watched.of('tank').at(-1)?.volume === 6_000_000);
    expect(watched.of('delivery')).toMatchObject([{ gaugeStart: `20${made.start}`, endVolume: 6_000_000 }]);
  });

  it('what stands is told, then that it was all; tanks that are not ours are left out', async () => {
    const gauge = await peer({ alarms: ['020301', '020502', '030205', '020901'] });
    const watched = watchGauge(at(gauge), { tanks: [1] });
    await watched.until(() => watched.of('alarms-complete').length > 0);
    expect(
      watched.of('alarm').map(({ tank, code, alarm, active, source }) => [tank, code, alarm, active, source]),
    ).toEqual([
      [1, '0203', 'water', true, 'live'],
      [null, '0302/05', 'gauge-alarm', true, 'live'],
      [1, '0209', 'probe-lost', true, 'live'],
    ]);
  });
});

describe("the gauge's clock", () => {
  it('is measured, and set only when somebody says so', async () => {
    const gauge = await peer({ clock: -2 * 3600 });
    const watched = watchGauge(at(gauge));
    await watched.until(() => watched.of('tank').length >= 2);
    const offset = watched.gauge.stats().clockOffsetMs ?? 0;
    expect(Math.abs(offset + 2 * hour)).toBeLessThanOrEqual(minute);
    expect(await gauge.setClocks()).toEqual([]);
    await watched.gauge.setClock();
    const [set] = await gauge.setClocks();
    const nearest = [-30_000, 0, 30_000].map((ms) => printed(ms));
    expect(nearest).toContain(set);
    expect(Math.abs(watched.gauge.stats().clockOffsetMs ?? hour)).toBeLessThanOrEqual(minute);
  });

  it('a gauge that knows no such function refuses', async () => {
    const gauge = await peer({ unknown: ['s501'] });
    const watched = watchGauge(at(gauge));
    await watched.until(() => watched.of('tank').length > 0);
    await expect(watched.gauge.setClock()).rejects.toMatchObject({ code: 'GAUGE_UNKNOWN_FUNCTION' });
  });
});
