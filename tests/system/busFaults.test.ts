/** The bus on lines that misbehave: echo, noise, damaged and foreign frames, copies, refusals, silence. */
import { describe, expect, it } from 'vitest';
import type { BusDevice, PollResult, TraceEvent } from '../../src/drivers/bus/bus.ts';
import { instant, monoMs } from '../../src/model/units.ts';
import { busRig, codeOf, patientDevice, quickDevice, type RigKind, until } from '../support/busRig.ts';
import {
  asMbap,
  exceptionAnswer,
  rightAnswer,
  type Script,
  type SlaveRequest,
  scriptedRegister,
  withCrc,
} from '../support/scriptedSlave.ts';

const soon = (bytes: Buffer) => [{ afterMs: 1, bytes }];
const answers: Script = (request) => soon(rightAnswer(request));
interface HoldingRange {
  readonly table: 'holding';
  readonly address: number;
  readonly count: number;
}
const holding = (address: number, count = 3): HoldingRange => ({ table: 'holding', address, count });
const range = holding(16);
const serialKinds = ['pty', 'rtu-over-tcp'] satisfies RigKind[];

/** Polls as often as possible; every value is checked as it comes. */
function watch(device: BusDevice, unit: number, ranges = [range], intervalMs: number | null = 1) {
  const seen = { good: 0, wrong: 0, results: [] as PollResult[] };
  const job = device.poll({ name: 'watched', ranges, intervalMs }, (result) => {
    seen.results.push(result);
    if (!result.ok) return;
    seen.good++;
    for (const { table, address, count } of ranges) {
      const values = result.image.registers(table, address, count);
      if (values.some((value, index) => value !== scriptedRegister(unit, address + index))) seen.wrong++;
    }
  });
  return { seen, job };
}

describe('a healthy line', () => {
  for (const kind of ['pty', 'rtu-over-tcp', 'modbus-tcp'] satisfies RigKind[]) {
    it(`reads all tables and writes over ${kind}`, async () => {
      const { bus, slave } = await busRig(kind, (request) => {
        const answer = rightAnswer(request);
        return soon(kind === 'modbus-tcp' ? asMbap(request, answer) : answer);
      });
      const device = bus.device(patientDevice(9));
      const images: PollResult[] = [];
      const ranges = [
        { table: 'holding', address: 0, count: 2 },
        { table: 'holding', address: 300, count: 125 },
        { table: 'input', address: 7, count: 1 },
        { table: 'coil', address: 0, count: 20 },
        { table: 'discrete', address: 9, count: 3 },
      ] as const;
      device.poll({ name: 'all', ranges, intervalMs: 1 }, (result) => images.push(result));
      bus.start();
      await until('two readings', () => images.length >= 2);
      const [first] = images;
      if (!first?.ok) throw new Error('the first reading failed');
      expect(first.image.register('holding', 1)).toBe(scriptedRegister(9, 1));
      expect(first.image.registers('holding', 300, 125)[124]).toBe(scriptedRegister(9, 424));
      expect(first.image.register('input', 7)).toBe(scriptedRegister(9, 7));
      expect([18, 19].map((address) => first.image.bit('coil', address))).toEqual([true, false]);
      expect([9, 10].map((address) => first.image.bit('discrete', address))).toEqual([true, false]);
      await device.write({ function: 'write-register', address: 4, values: [77] });
      await device.write({ function: 'write-registers', address: 5, values: [1, 2] });
      await device.write({ function: 'write-coil', address: 6, values: [1] });
      const writes = slave.requests.filter((request) => request.function > 4);
      expect(writes.map(({ function: fn, address }) => [fn, address])).toEqual([
        [6, 4],
        [16, 5],
        [5, 6],
      ]);
      expect(bus.stats().leastGapMarginMs).toBeGreaterThanOrEqual(0);
      expect(device.stats()).toMatchObject({ state: 'online', timeouts: 0, badFrames: 0, strays: 0 });
    });
  }

  it('reads on request only where no interval is given, and stops when cancelled', async () => {
    const { bus, slave } = await busRig('rtu-over-tcp', answers);
    const { seen, job } = watch(bus.device(patientDevice(1)), 1, [range], null);
    const other = watch(bus.device(patientDevice(2)), 2);
    bus.start();
    await until('readings of the other device', () => other.seen.good >= 5);
    expect(seen.results).toEqual([]);
    job.request();
    await until('the requested reading', () => seen.good === 1);
    job.cancel();
    job.request();
    const before = slave.requests.length;
    await until('more readings of the other device', () => slave.requests.length > before + 5);
    expect(slave.requests.filter((request) => request.unit === 1)).toHaveLength(1);
  });

  it('goes on when a listener throws', async () => {
    const errors: string[] = [];
    const quiet = (): void => undefined;
    const log = {
      debug: quiet,
      info: quiet,
      warn: quiet,
      error: (_: object, text: string) => errors.push(text),
    };
    const { bus } = await busRig('rtu-over-tcp', answers, { log });
    let calls = 0;
    bus.device(patientDevice(1)).poll({ name: 'clumsy', ranges: [range], intervalMs: 1 }, () => {
      calls++;
      throw new Error('listener');
    });
    bus.start();
    await until('several calls', () => calls >= 3);
    expect(errors[0]).toContain('clumsy');
  });

  it('falls silent when stopped and rejects what waits', async () => {
    const { bus, slave } = await busRig('rtu-over-tcp', () => []);
    const device = bus.device(quickDevice(1, { timeoutMs: 5_000 }));
    const { seen } = watch(device, 1);
    bus.start();
    await until('a request in flight', () => slave.requests.length === 1);
    const write = device.write({ function: 'write-register', address: 1, values: [1] });
    const rejected = expect(write).rejects.toMatchObject({ code: 'LINE_CLOSED', details: { sent: false } });
    await bus.stop();
    await rejected;
    expect(seen.results).toEqual([]);
  });
});

describe('a line with faults', () => {
  for (const kind of serialKinds) {
    it(`that echoes, reads and writes all the same over ${kind}`, async () => {
      const { bus, slave } = await busRig(kind, (request) => [
        { afterMs: 0, bytes: request.frame },
        { afterMs: 3, bytes: rightAnswer(request) },
      ]);
      const device = bus.device(patientDevice(5));
      // The write comes first: a read must teach the bus about the echo before.
      const written = device.write({ function: 'write-register', address: 2, values: [9] });
      const { seen, job } = watch(device, 5);
      bus.start();
      await written;
      await until('readings', () => seen.good >= 5);
      expect(seen.wrong).toBe(0);
      expect(bus.stats().echo).toBe('yes');
      // The device falls silent: the echo of a write must not pass for its answer.
      job.cancel();
      await device.write({ function: 'write-coil', address: 2, values: [0] });
      slave.script = (request) => [{ afterMs: 0, bytes: request.frame }];
      const unanswered = device.write({ function: 'write-coil', address: 2, values: [1] });
      await expect(unanswered).rejects.toMatchObject({ details: { sent: true } });
    });

    it(`that is noisy, gives right values over ${kind}`, async () => {
      let turn = 0;
      const { bus } = await busRig(kind, (request) => {
        const answer = rightAnswer(request);
        turn++;
        if (turn % 3 === 0) return soon(Buffer.concat([Buffer.from([0x00, 0xff]), answer]));
        if (turn % 3 === 1) return [...soon(answer), { afterMs: 3, bytes: Buffer.from([0xfe]) }];
        return soon(answer);
      });
      const { seen } = watch(bus.device(patientDevice(5)), 5);
      bus.start();
      await until('readings', () => seen.good >= 12);
      expect(seen.wrong).toBe(0);
      expect(bus.stats().noiseBytes).toBeGreaterThan(4);
    });
  }

  it('with damaged frames counts them, proves the device and goes on', async () => {
    const { bus, slave } = await busRig('rtu-over-tcp', (request) => {
      const answer = rightAnswer(request);
      if (slave.requests.length % 5 === 0) answer[4] = (answer[4] ?? 0) ^ 0x10;
      return soon(answer);
    });
    const { seen } = watch(bus.device(quickDevice(5)), 5);
    bus.start();
    await until('two failures and readings after them', () => {
      const failures = seen.results.filter((result) => !result.ok);
      return failures.length >= 2 && seen.results.at(-1)?.ok === true;
    });
    expect(seen.wrong).toBe(0);
    expect(new Set(seen.results.filter((result) => !result.ok).map(codeOf))).toEqual(
      new Set(['REPLY_BAD_FRAME']),
    );
    expect(bus.stats().devices[0]?.badFrames).toBeGreaterThanOrEqual(2);
  });

  it('ends the hold of a device when its late answer goes by, even while nobody asks for anything', async () => {
    let late = true;
    const { bus } = await busRig('modbus-tcp', (request) => {
      const afterMs = late ? 120 : 1;
      late = false;
      return [{ afterMs, bytes: asMbap(request, rightAnswer(request)) }];
    });
    const device = bus.device(quickDevice(1, { lateReplyMs: 30_000 }));
    const { seen } = watch(device, 1);
    bus.start();
    await until('a reading', () => seen.good >= 3);
    expect(device.stats()).toMatchObject({ timeouts: 1, lateReplies: 1 });
  });

  it('where a device answers for another, believes neither', async () => {
    const { bus, slave } = await busRig('rtu-over-tcp', (request) => {
      const unit = request.unit === 1 ? 2 : request.unit;
      return soon(rightAnswer({ ...request, unit }));
    });
    const one = watch(bus.device(quickDevice(1)), 1);
    const two = watch(bus.device(quickDevice(2)), 2);
    bus.start();
    await until('time-outs of the one', () => one.seen.results.length >= 3);
    expect(one.seen.good).toBe(0);
    expect(two.seen.wrong).toBe(0);
    slave.script = answers;
    await until('both to answer', () => one.seen.good > 2 && two.seen.good > 2);
    expect(one.seen.wrong + two.seen.wrong).toBe(0);
  });

  it('where a device answers everything twice, gives right values', async () => {
    const { bus } = await busRig('rtu-over-tcp', (request) => {
      const answer = rightAnswer(request);
      return [...soon(answer), { afterMs: 12, bytes: answer }];
    });
    const ranges = [0, 100, 200].map((address) => holding(address));
    const first = watch(bus.device(quickDevice(1)), 1);
    const device = bus.device(quickDevice(2));
    const others = ranges.map((each) => watch(device, 2, [each]));
    bus.start();
    await until('readings of all', () => first.seen.good >= 6 && others.every(({ seen }) => seen.good >= 6));
    expect(first.seen.wrong).toBe(0);
    expect(others.map(({ seen }) => seen.good > 0)).toEqual([true, true, true]);
  });

  it.each(serialKinds)(
    'believes no copy of another answer in the place of one that is late or lost, not even the first time, over %s',
    async (kind) => {
      const other = holding(64);
      let traps = 0;
      let asked = 0;
      const { bus } = await busRig(kind, (request) => {
        const bytes = rightAnswer(request);
        if (request.count !== other.count) return soon(bytes);
        asked++;
        if (request.address !== other.address || asked < 60 || asked % 5 !== 0) return soon(bytes);
        traps++;
        const copy = { afterMs: 2, bytes: rightAnswer({ ...request, address: range.address }) };
        // Later than the time-out, or never.
        return traps % 2 === 0 ? [copy] : [copy, { afterMs: 70, bytes }];
      });
      const device = bus.device(quickDevice(3));
      const one = watch(device, 3, [range], 25);
      const two = watch(device, 3, [other], 25);
      bus.start();
      await until('twelve traps', () => traps >= 12, 50);
      const before = two.seen.good;
      await until('right answers after them', () => two.seen.good > before + 10, 50);
      expect([one.seen.wrong, two.seen.wrong]).toEqual([0, 0]);
      expect(bus.stats().devices[0]?.badFrames).toBeGreaterThan(0);
    },
  );

  it('where a copy of an earlier answer comes just before the true one, believes neither without proof', async () => {
    let previous: Buffer | null = null;
    const { bus, slave } = await busRig('rtu-over-tcp', (request) => {
      const bytes = rightAnswer(request);
      const copy =
        slave.requests.length % 6 === 0 && previous !== null ? [{ afterMs: 2, bytes: previous }] : [];
      previous = bytes;
      return [...copy, { afterMs: 5, bytes }];
    });
    const device = bus.device(quickDevice(1));
    const watched = [0, 100, 200].map((address) => watch(device, 1, [holding(address)]).seen);
    bus.start();
    await until('readings of all', () => watched.every((seen) => seen.good >= 5));
    expect(watched.map((seen) => seen.wrong)).toEqual([0, 0, 0]);
  });

  it('takes no frame for an answer that came sooner than the device ever answered', async () => {
    const forged = withCrc([1, 3, 6, 0xde, 0xad, 0xde, 0xad, 0xde, 0xad]);
    const { bus, slave } = await busRig('rtu-over-tcp', (request) => {
      // So late that a stall of a busy machine does not make the forged one look as late.
      const true_ = { afterMs: 60, bytes: rightAnswer(request) };
      return slave.requests.length === 45 ? [{ afterMs: 0, bytes: forged }, true_] : [true_];
    });
    const device = bus.device(patientDevice(1));
    const { seen } = watch(device, 1);
    bus.start();
    await until('readings', () => slave.requests.length > 50 && seen.results.at(-1)?.ok === true);
    expect(seen.wrong).toBe(0);
    expect(device.stats().strays).toBe(1);
  });

  it('believes a device that has become faster', async () => {
    const { bus, slave } = await busRig('rtu-over-tcp', (request) => [
      { afterMs: slave.requests.length < 45 ? 12 : 0, bytes: rightAnswer(request) },
    ]);
    const { seen } = watch(bus.device(quickDevice(1)), 1);
    bus.start();
    await until('fast readings', () => slave.requests.length > 70 && seen.results.at(-1)?.ok === true);
    expect(seen.wrong).toBe(0);
    expect(seen.results.filter((result) => !result.ok).length).toBeLessThan(5);
  });

  it('where a merged block is refused, reads it in parts from then on', async () => {
    const forbidden = 5;
    const { bus, slave } = await busRig('rtu-over-tcp', (request) => {
      const hits = request.address <= forbidden && forbidden < request.address + request.count;
      return soon(hits ? exceptionAnswer(request, 2) : rightAnswer(request));
    });
    const ranges = [0, 8].map((address) => holding(address, 4));
    const { seen } = watch(bus.device(patientDevice(1)), 1, ranges);
    bus.start();
    await until('readings', () => seen.good >= 4);
    expect(seen.results.every((result) => result.ok)).toBe(true);
    expect(seen.wrong).toBe(0);
    const asked = slave.requests.map(({ address, count }) => `${address}+${count}`);
    expect(asked.slice(0, 3)).toEqual(['0+12', '0+4', '8+4']);
    expect(asked.filter((each) => each === '0+12')).toHaveLength(1);
  });

  it('tells jobs of a refused range, and leaves the device online', async () => {
    const { bus } = await busRig('rtu-over-tcp', (request) =>
      soon(request.address === 500 ? exceptionAnswer(request, 2) : rightAnswer(request)),
    );
    const device = bus.device(patientDevice(1));
    const good = watch(device, 1);
    const refused = watch(device, 1, [holding(500)]);
    bus.start();
    await until('results of both', () => good.seen.good >= 3 && refused.seen.results.length >= 3);
    expect(refused.seen.results[0]).toMatchObject({
      ok: false,
      error: { code: 'REPLY_EXCEPTION', details: { exception: 2 } },
    });
    expect(device.stats()).toMatchObject({ state: 'online', timeouts: 0 });
  });

  it('holds a device when its gateway says that it did not answer', async () => {
    const { bus, slave } = await busRig('modbus-tcp', (request) =>
      soon(asMbap(request, exceptionAnswer(request, 11))),
    );
    const device = bus.device(quickDevice(1));
    const { seen } = watch(device, 1);
    bus.start();
    await until('the device to be given up', () => device.stats().state === 'offline');
    expect(seen.good).toBe(0);
    slave.script = (request) => soon(asMbap(request, rightAnswer(request)));
    await until('readings', () => seen.good >= 3);
    expect(seen.wrong).toBe(0);
  });
});

describe('writes', () => {
  const writes = (requests: readonly SlaveRequest[]) => requests.filter((request) => request.function === 6);

  it('are sent once: a time-out is told as such, and a late answer is not taken for the next one', async () => {
    let lost = true;
    const { bus, slave } = await busRig('rtu-over-tcp', (request) => {
      if (request.function !== 6 || !lost) return soon(rightAnswer(request));
      lost = false;
      return [{ afterMs: 90, bytes: rightAnswer(request) }];
    });
    const device = bus.device(quickDevice(3));
    const { seen } = watch(device, 3);
    bus.start();
    await until('a reading', () => seen.good > 0);
    const write = { function: 'write-register', address: 8, values: [1] } as const;
    await expect(device.write(write)).rejects.toMatchObject({
      code: 'REPLY_TIMEOUT',
      details: { sent: true },
    });
    expect(writes(slave.requests)).toHaveLength(1);
    expect(device.stats().state).toBe('held');
    await device.write({ ...write, values: [2] });
    expect(writes(slave.requests).map((request) => request.count)).toEqual([1, 2]);
    expect(device.stats().lateReplies).toBe(1);
  });

  it('that the device refuses say so', async () => {
    const { bus } = await busRig('rtu-over-tcp', (request) =>
      soon(request.function === 6 ? exceptionAnswer(request, 4) : rightAnswer(request)),
    );
    const device = bus.device(patientDevice(3));
    bus.start();
    const write = device.write({ function: 'write-register', address: 8, values: [1] });
    await expect(write).rejects.toMatchObject({ code: 'REPLY_EXCEPTION', details: { exception: 4 } });
  });

  it('are not believed when another value comes back', async () => {
    const { bus } = await busRig('rtu-over-tcp', (request) =>
      soon(request.function === 6 ? withCrc([3, 6, 0, 8, 0, 2]) : rightAnswer(request)),
    );
    const device = bus.device(quickDevice(3));
    bus.start();
    const write = device.write({ function: 'write-register', address: 8, values: [1] });
    await expect(write).rejects.toMatchObject({
      code: expect.stringMatching(/^REPLY_/),
      details: { sent: true },
    });
  });

  it('that cannot be sent for ten seconds are given back unsent', async () => {
    const passed = { ms: 0 };
    const clock = {
      now: () => instant(Date.now()),
      mono: () => monoMs(performance.now() + passed.ms),
    };
    const { bus, slave } = await busRig('rtu-over-tcp', () => [], { clock });
    const device = bus.device(quickDevice(3));
    watch(device, 3);
    bus.start();
    await until('the device to be given up', () => device.stats().state === 'offline');
    const write = device.write({ function: 'write-registers', address: 8, values: [1] });
    const rejected = expect(write).rejects.toMatchObject({
      code: 'DEVICE_QUARANTINED',
      details: { sent: false },
    });
    passed.ms = 10_001;
    // Anything that wakes the line will do.
    device.poll({ name: 'waker', ranges: [range], intervalMs: null }, () => undefined);
    await rejected;
    expect(slave.requests.every((request) => request.function === 3)).toBe(true);
  });
});

describe('the tap', () => {
  it('shows requests, answers, late replies and the quarantine in words', async () => {
    let late = true;
    const { bus } = await busRig('rtu-over-tcp', (request) => {
      const bytes = rightAnswer(request);
      if (request.count !== 3 || !late) return soon(bytes);
      late = false;
      return [{ afterMs: 90, bytes }];
    });
    const events: TraceEvent[] = [];
    const stop = bus.trace((event) => events.push(event));
    const { seen } = watch(bus.device(quickDevice(3)), 3);
    bus.start();
    await until('a reading', () => seen.good > 0);
    stop();
    const told = events.length;
    await until('more readings', () => seen.good > 3);
    expect(events).toHaveLength(told);
    const texts = events.map((event) => event.text);
    for (const wanted of [
      'line open',
      'read holding 16+3 of unit 3',
      'answer to read holding 16+3 of unit 3',
      /quarantine: unit 3 is held 1\d\d ms/,
      'late reply of unit 3 discarded',
      'quarantine: unit 3 must answer holding 16+1',
      'quarantine: unit 3 is proved',
    ]) {
      expect(texts).toContainEqual(typeof wanted === 'string' ? wanted : expect.stringMatching(wanted));
    }
    const sent = events.find((event) => event.direction === 'tx');
    expect(Buffer.from(sent?.bytes ?? [])).toEqual(withCrc([3, 3, 0, 16, 0, 3]));
  });
});
