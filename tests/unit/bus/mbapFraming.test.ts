import { describe, expect, it } from 'vitest';
import { expectationOf } from '../../../src/drivers/bus/framing.ts';
import { encodeMbap, mbapFraming, parseMbap, searchMbap } from '../../../src/drivers/bus/mbapFraming.ts';
import { withCrc } from '../../support/scriptedSlave.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

// Modbus messaging on TCP/IP 1.0b, 3.1.3, with the read of registers 107-109 of unit 17.
const request = withCrc(hex('11 03 00 6B 00 03'));
const expected = expectationOf(request);
const wire = hex('15 01 00 00 00 09 11 03 06 AE 41 56 52 43 40');
const reply = withCrc(hex('11 03 06 AE 41 56 52 43 40'));

describe('Modbus TCP', () => {
  it('writes the golden request', () => {
    expect(encodeMbap(0x1501, request)).toEqual(hex('15 01 00 00 00 06 11 03 00 6B 00 03'));
  });

  it('takes the golden reply, and keeps what has begun behind it', () => {
    const next = wire.subarray(0, 5);
    const found = searchMbap(Buffer.concat([wire, next]), expected, 0x1501);
    expect(found).toMatchObject({ kind: 'reply', frame: reply, strays: [], rest: next });
  });

  it('tells how much is missing, byte by byte', () => {
    for (let length = 0; length < wire.length; length++) {
      const found = searchMbap(wire.subarray(0, length), expected, 0x1501);
      expect(found).toEqual({ kind: 'incomplete', missing: wire.length - length, unexplained: 0 });
    }
  });

  it('takes no reply with another transaction number, however right it looks', () => {
    expect(searchMbap(wire, expected, 0x1502).kind).toBe('incomplete');
    const own = Buffer.from(wire);
    own.writeUInt16BE(0x1502, 0);
    const found = searchMbap(Buffer.concat([wire, own]), expected, 0x1502);
    expect(found).toMatchObject({ kind: 'reply', strays: [{ unit: 0x11, function: 3, frame: reply }] });
  });

  it('refuses our number on an answer of another unit, function or length', () => {
    const others = ['12 03 06 AE 41 56 52 43 40', '11 04 06 AE 41 56 52 43 40', '11 03 04 AE 41 56 52'];
    for (const body of others.map(hex)) {
      const bytes = Buffer.concat([hex('15 01 00 00 00'), Buffer.from([body.length]), body]);
      expect(searchMbap(bytes, expected, 0x1501).kind).toBe('ambiguous');
    }
  });

  it('takes an exception', () => {
    const bytes = hex('15 01 00 00 00 03 11 83 02');
    expect(searchMbap(bytes, expected, 0x1501)).toMatchObject({
      kind: 'reply',
      frame: withCrc([0x11, 0x83, 0x02]),
    });
  });

  it('notices a stream that has lost its boundaries', () => {
    for (const bytes of [
      hex('15 01 00 01 00 09 11 03'),
      hex('15 01 00 00 01 09 11 03'),
      hex('15 01 00 00 00 02 11 03'),
    ]) {
      expect(parseMbap(bytes).corrupt).toBe(true);
      expect(searchMbap(bytes, expected, 0x1501).kind).toBe('corrupt');
    }
  });

  it('counts transactions over the end of 16 bits', () => {
    const framing = mbapFraming(0xfffe);
    expect([1, 2, 3].map(() => framing.encode(request).readUInt16BE(0))).toEqual([0xffff, 0, 1]);
  });

  it('sorts a late reply out of the stream and keeps a begun one', () => {
    const framing = mbapFraming(0);
    const { strays, rest, corrupt } = framing.sweep(Buffer.concat([wire, wire.subarray(0, 9)]));
    expect(strays.map((stray) => stray.frame)).toEqual([reply]);
    expect(rest).toEqual(wire.subarray(0, 9));
    expect(corrupt).toBe(false);
  });
});
