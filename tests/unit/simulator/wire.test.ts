import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc16 } from '../../../src/core/modbus/crc16.ts';
import { type FaultPlan, faultKinds, faultPresets } from '../../../src/simulator/faults.ts';
import { seededRandom } from '../../../src/simulator/physics/random.ts';
import { answer, type RegisterBank } from '../../../src/simulator/slave.ts';
import { newTally } from '../../../src/simulator/tally.ts';
import { deliver, drawFault } from '../../../src/simulator/wire/disturbance.ts';
import { Conversation } from '../../../src/simulator/wire/line.ts';
import { MbapRequests, mbapFrame } from '../../../src/simulator/wire/mbapRequests.ts';
import { RtuRequests, rtuFrame } from '../../../src/simulator/wire/rtuRequests.ts';
import { virtualTime } from '../../support/virtualTime.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

/** Registers 0-9 hold their address; coils 0-9 the lowest bit of it; register 5 takes values up to 99. */
function testBank(): RegisterBank & { written: (readonly number[])[] } {
  const written: (readonly number[])[] = [];
  return {
    written,
    powered: () => true,
    hasHoles: (_, address, count) => address <= 3 && address + count > 3,
    read: (table, address, count) =>
      address + count > 10
        ? 'illegal-address'
        : Array.from({ length: count }, (_, n) =>
            table === 'coil' || table === 'discrete' ? (address + n) & 1 : address + n,
          ),
    write(_, address, values) {
      if (address !== 5) return 'illegal-address';
      if (values.some((value) => value > 99)) return 'illegal-value';
      written.push(values);
      return null;
    },
  };
}

describe('CRC-16/MODBUS', () => {
  it('has the check value of the catalogue', () => {
    expect(crc16(new TextEncoder().encode('123456789'))).toBe(0x4b37);
  });
  it('is zero over a frame with its CRC', () => {
    expect(crc16(bytes('01 03 00 00 00 0A C5 CD'))).toBe(0); // the specification's example
  });
});

describe('a slave', () => {
  it.each([
    ['reads registers', '03 0002 0003', '03 06 0002 0003 0004'],
    ['reads input registers', '04 0009 0001', '04 02 0009'],
    ['reads coils', '01 0000 000A', '01 02 AA 02'],
    ['reads discretes', '02 0001 0001', '02 01 01'],
    ['writes a register', '06 0005 0063', '06 0005 0063'],
    ['writes a coil', '05 0005 FF00', '05 0005 FF00'],
    ['writes registers', '10 0005 0002 04 0001 0002', '10 0005 0002'],
    ['writes coils', '0F 0005 0003 01 05', '0F 0005 0003'],
    ['refuses an unknown function', '2B 0E 01 00', 'AB 01'],
    ['refuses an address', '03 0009 0002', '83 02'],
    ['refuses an address beyond 65535', '03 FFFF 0002', '83 02'],
    ['refuses a count of nothing', '03 0000 0000', '83 03'],
    ['refuses too many', '03 0000 007E', '83 03'],
    ['refuses a value', '06 0005 0064', '86 03'],
    ['refuses a coil that is neither', '05 0005 0001', '85 03'],
    ['refuses a byte count that does not fit', '10 0005 0002 03 0001 02', '90 03'],
    ['refuses a read of odd length', '03 0000', '83 03'],
    ['refuses a write elsewhere', '06 0004 0001', '86 02'],
    ['answers an empty request', '', '80 01'],
  ])('%s', (_, request, reply) => {
    expect(hex(answer(testBank(), bytes(request)))).toBe(hex(bytes(reply)));
  });

  it('writes coils lowest bit first', () => {
    const bank = testBank();
    answer(bank, bytes('0F 0005 0003 01 05'));
    expect(bank.written).toEqual([[1, 0, 1]]);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 260 }), (pdu) => answer(testBank(), pdu).length >= 2));
  });
});

describe('RTU requests in a stream', () => {
  const read = rtuFrame(3, bytes('03 0000 0002'));
  const write = rtuFrame(3, bytes('10 0005 0002 04 0001 0002'));

  it('are found whatever the pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 30, maxLength: 30 }), (sizes) => {
        const stream = Buffer.concat([read, write, read]);
        const requests = new RtuRequests([3]);
        const found: string[] = [];
        for (let at = 0, n = 0; at < stream.length; n++) {
          const size = sizes[n % sizes.length] ?? 1;
          for (const { frame } of requests.push(stream.subarray(at, at + size))) found.push(hex(frame));
          at += size;
        }
        expect(found).toEqual([hex(read), hex(write), hex(read)]);
      }),
    );
  });

  it('are found behind and between garbage, which is counted', () => {
    const requests = new RtuRequests([3]);
    const found = requests.push(Buffer.concat([bytes('00 FF 03'), read, bytes('03 10 00'), write]));
    expect(found.map(({ frame }) => hex(frame))).toEqual([hex(read), hex(write)]);
    expect(requests.takeGarbage()).toBe(6);
    expect(requests.takeGarbage()).toBe(0);
  });

  it('are not held up by the head of a frame that never comes', () => {
    const requests = new RtuRequests([3]);
    expect(requests.push(bytes('03 10 0000 007B F6 01'))).toEqual([]);
    expect(requests.push(read)).toHaveLength(1);
  });

  it('for other units are passed over, and bad CRCs refused', () => {
    const requests = new RtuRequests([4]);
    expect(requests.push(read)).toEqual([]);
    const bad = rtuFrame(4, bytes('03 0000 0002'));
    bad[3] = 9;
    expect(requests.push(bad)).toEqual([]);
  });

  it('leave no more than a frame of garbage in memory', () => {
    const requests = new RtuRequests([3]);
    for (let n = 0; n < 100; n++) requests.push(new Uint8Array(100).fill(0xff));
    expect(requests.takeGarbage()).toBe(10_000 - 256);
  });
});

describe('Modbus TCP requests in a stream', () => {
  const first = mbapFrame(7, 1, bytes('03 0000 0002'));
  const second = mbapFrame(8, 2, bytes('06 0005 0001'));

  it('are cut where they end', () => {
    const requests = new MbapRequests();
    const stream = Buffer.concat([first, second]);
    const found = [stream.subarray(0, 5), stream.subarray(5, 14), stream.subarray(14)].flatMap(
      (part) => requests.push(part) ?? [],
    );
    expect(found.map(({ transaction, unit, pdu }) => [transaction, unit, hex(pdu)])).toEqual([
      [7, 1, '0300000002'],
      [8, 2, '0600050001'],
    ]);
  });

  it.each([
    ['another protocol', '0001 0001 0006 01'],
    ['no length', '0001 0000 0001 01'],
    ['too much', '0001 0000 00FF 01'],
  ])('%s ends the connection', (_, header) => {
    expect(new MbapRequests().push(bytes(header))).toBeNull();
  });
});

describe('faults', () => {
  const request = rtuFrame(1, bytes('03 0000 0002'));
  const reply = rtuFrame(1, bytes('03 04 0001 0002'));
  const pieces = (fault: Parameters<typeof deliver>[0]) =>
    deliver(fault, request, reply, 3, faultPresets.harsh, seededRandom(5)).pieces.map(
      ({ delayMs, bytes: b }) => [delayMs, hex(b)],
    );

  it('change what goes out, each in its way', () => {
    expect(pieces(null)).toEqual([[3, hex(reply)]]);
    expect(pieces('silence')).toEqual([]);
    expect(pieces('link-drop')).toEqual([]);
    expect(pieces('echo')).toEqual([
      [0, hex(request)],
      [3, hex(reply)],
    ]);
    expect(pieces('duplicate').map(([, text]) => text)).toEqual([hex(reply), hex(reply)]);
    const [late] = pieces('late');
    expect(late?.[1]).toBe(hex(reply));
    expect(late?.[0]).toBeGreaterThanOrEqual(260);
    expect(late?.[0]).toBeLessThanOrEqual(600);
    const truncated = String(pieces('truncated')[0]?.[1]);
    expect(hex(reply).startsWith(truncated) && truncated.length < hex(reply).length).toBe(true);
    const flipped = bytes(String(pieces('bad-crc')[0]?.[1]));
    expect(flipped).toHaveLength(reply.length);
    expect(crc16(flipped)).not.toBe(0);
    expect(pieces('noise').map(([, text]) => text)).toContain(hex(reply));
    expect(pieces('noise')).toHaveLength(2);
  });

  it('come as often as the plan says, and only those that a framing can have', () => {
    const random = seededRandom(3);
    const plan = { ...faultPresets.off, rates: { late: 0.1, noise: 0.2 } };
    const rtu = Array.from({ length: 5_000 }, () => drawFault('rtu', plan, random));
    expect(rtu.filter((kind) => kind === 'late').length / 5_000).toBeCloseTo(0.1, 1);
    expect(rtu.filter((kind) => kind === 'noise').length / 5_000).toBeCloseTo(0.18, 1);
    const mbap = new Set(Array.from({ length: 5_000 }, () => drawFault('mbap', plan, random)));
    expect(mbap).toEqual(new Set([null, 'late']));
    expect(
      Array.from({ length: 100 }, () => drawFault('rtu', faultPresets.off, random)).every(
        (kind) => kind === null,
      ),
    ).toBe(true);
  });

  it('have presets whose kinds exist', () => {
    for (const { rates } of Object.values(faultPresets)) {
      expect(Object.keys(rates).every((kind) => (faultKinds as readonly string[]).includes(kind))).toBe(true);
    }
  });
});

describe('a conversation', () => {
  function converse(plan: Partial<FaultPlan>, framing: 'rtu' | 'mbap' = 'rtu', random = seededRandom(1)) {
    const time = virtualTime();
    const sent: [number, string][] = [];
    let closed = false;
    const tally = newTally();
    const bank = testBank();
    const options = {
      framing,
      units: new Map([[1, bank]]),
      faults: { ...faultPresets.off, ...plan },
      random,
      turnaroundMs: 3,
      scheduler: time.scheduler,
      tally,
    };
    const conversation = new Conversation(options, {
      write: (b) => sent.push([time.scheduler.now(), hex(b)]),
      close: () => {
        closed = true;
      },
    });
    const ask = (unit: number, pdu: string) => {
      const body = bytes(pdu);
      conversation.receive({ unit, pdu: body, frame: rtuFrame(unit, body), wrap: (answered) => answered });
    };
    return { ...time, sent, tally, conversation, bank, ask, closed: () => closed };
  }

  it('answers after the turnaround', () => {
    const { ask, advance, sent, tally } = converse({});
    ask(1, '03 0002 0001');
    advance(100);
    expect(sent).toEqual([[3, '03020002']]);
    expect(tally.requests).toBe(1);
  });

  it('is silent for units that are not there, as a gateway is not', () => {
    const serial = converse({});
    serial.ask(9, '03 0002 0001');
    serial.advance(100);
    expect(serial.sent).toEqual([]);
    const gateway = converse({}, 'mbap');
    gateway.ask(9, '03 0002 0001');
    gateway.advance(100);
    expect(gateway.sent).toEqual([[3, '830b']]);
  });

  it('obeys a broadcast and says nothing', () => {
    const { ask, advance, sent, bank } = converse({});
    ask(0, '06 0005 0001');
    advance(100);
    expect(bank.written).toEqual([[1]]);
    expect(sent).toEqual([]);
  });

  it.each([
    [false, ['03020003', '03020002']],
    [true, ['03020002', '03020003']],
  ])('lets replies overtake a late one, or not (in order: %s)', (lateInOrder, order) => {
    const drawn = [0, 0.5, 0.9]; // late, its delay, not late
    const plan = { lateMs: [60, 60] as const, lateInOrder, rates: { late: 0.5 } };
    const { ask, advance, sent } = converse(plan, 'rtu', () => drawn.shift() ?? 1);
    ask(1, '03 0002 0001');
    advance(10);
    ask(1, '03 0003 0001');
    advance(300);
    expect(sent.map(([, text]) => text)).toEqual(order);
  });

  it('refuses merged blocks now and then, and never those without holes', () => {
    const { ask, advance, sent, tally } = converse({ rates: { 'illegal-address': 1 } });
    ask(1, '03 0002 0003');
    ask(1, '03 0005 0001');
    advance(10);
    expect(sent.map(([, text]) => text)).toEqual(['8302', '03020005']);
    expect(tally.faultsInjected['illegal-address']).toBe(1);
  });

  it('drops the link without an answer', () => {
    const { ask, advance, sent, closed } = converse({ rates: { 'link-drop': 1 } });
    ask(1, '03 0002 0001');
    advance(10);
    expect(sent).toEqual([]);
    expect(closed()).toBe(true);
  });

  it('sends nothing more once it is closed', () => {
    const { ask, advance, sent, conversation } = converse({});
    ask(1, '03 0002 0001');
    conversation.close();
    advance(10);
    expect(sent).toEqual([]);
  });
});
