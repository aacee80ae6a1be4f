import { describe, expect, it } from 'vitest';
import { expectationOf, type Search } from '../../../src/drivers/bus/framing.ts';
import { rtuFraming, searchRtu, sweepRtu } from '../../../src/drivers/bus/rtuFraming.ts';
import { withCrc } from '../../support/scriptedSlave.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const join = (...parts: Buffer[]): Buffer => Buffer.concat(parts);

// Modbus application protocol 1.1b3, 6.3: read holding registers 107-109 of unit 17, with the CRCs of the wire.
const request = hex('11 03 00 6B 00 03 76 87');
const reply = hex('11 03 06 AE 41 56 52 43 40 49 AD');
const expected = expectationOf(request);

const frameOf = (search: Search): Buffer | null => (search.kind === 'reply' ? search.frame : null);

describe('searching the answer on an RTU line', () => {
  it('takes the golden reply', () => {
    const { search, echo } = searchRtu(reply, expected, 'unknown');
    expect(frameOf(search)).toEqual(reply);
    expect(echo).toBe('no');
  });

  it('tells how much is missing, byte by byte', () => {
    for (let length = 0; length < reply.length; length++) {
      const { search } = searchRtu(reply.subarray(0, length), expected, 'no');
      expect(search).toEqual({ kind: 'incomplete', missing: reply.length - length, unexplained: 0 });
    }
  });

  it('takes an exception of the right unit and function', () => {
    const refused = withCrc([0x11, 0x83, 0x02]);
    expect(frameOf(searchRtu(refused, expected, 'no').search)).toEqual(refused);
    expect(searchRtu(withCrc([0x11, 0x84, 0x02]), expected, 'no').search.kind).toBe('incomplete');
  });

  const noise: readonly (readonly [string, string])[] = [
    ['a glitch', '00'],
    ['bytes of a lost frame', 'FF 13 03 06'],
    ['what looks like the head of the reply', '11 03 06'],
    ['the head of the reply twice', '11 03 06 11 03 06'],
  ];
  for (const [name, bytes] of noise) {
    it(`finds the reply behind ${name}`, () => {
      const { search, echo } = searchRtu(join(hex(bytes), reply), expected, 'unknown');
      expect(search).toMatchObject({ kind: 'reply', frame: reply, noise: hex(bytes).length });
      expect(echo).toBeNull();
    });
  }

  it('believes no frame with a damaged CRC, another unit, function or length', () => {
    const damaged = Buffer.from(reply);
    damaged[5] = 0x57;
    const others = [
      damaged,
      withCrc([0x12, ...reply.subarray(1, -2)]),
      withCrc([0x11, 0x04, ...reply.subarray(2, -2)]),
      withCrc([0x11, 0x03, 0x04, 1, 2, 3, 4]),
    ];
    for (const other of others) expect(searchRtu(other, expected, 'no').search.kind).toBe('incomplete');
    expect(searchRtu(damaged, expected, 'no').search).toMatchObject({ unexplained: damaged.length });
  });

  it('skips the whole frame of another unit, even one that carries the expected bytes inside', () => {
    const carrier = withCrc([0x05, 0x03, 0x0c, ...reply, 0x00]);
    expect(searchRtu(carrier, expected, 'no').search).toMatchObject({ kind: 'incomplete', unexplained: 0 });
    const other = Buffer.from(reply);
    other[4] = 0x42;
    const true_ = withCrc(other.subarray(0, -2));
    const { search } = searchRtu(join(carrier, true_), expected, 'no');
    expect(frameOf(search)).toEqual(true_);
    expect(search.kind === 'reply' && search.strays.map((stray) => stray.unit)).toEqual([5]);
  });

  it('reports a second copy, and refuses to choose between two different answers', () => {
    const twice = searchRtu(join(reply, reply), expected, 'no').search;
    expect(twice).toMatchObject({ kind: 'reply', strays: [{ unit: 0x11, function: 3, frame: reply }] });
    const rival = withCrc([0x11, 0x03, 0x06, 0, 0, 0, 0, 0, 1]);
    expect(searchRtu(join(reply, rival), expected, 'no').search.kind).toBe('ambiguous');
  });
});

describe('a line that echoes', () => {
  it('skips the echo of a read and remembers it', () => {
    const framing = rtuFraming();
    expect(framing.search(request, expected).kind).toBe('incomplete');
    expect(framing.echo()).toBe('unknown');
    expect(framing.search(join(request, reply), expected)).toMatchObject({
      kind: 'reply',
      frame: reply,
      noise: 0,
    });
    expect(framing.echo()).toBe('yes');
    // One answer whose echo was lost is no proof: the echo of a write would then pass for its answer.
    for (const state of ['yes', 'yes', 'no']) {
      framing.encode(request);
      framing.search(reply, expected);
      expect(framing.echo()).toBe(state);
    }
    framing.search(join(request, reply), expected);
    expect(framing.echo()).toBe('yes');
    framing.reset();
    expect(framing.echo()).toBe('unknown');
  });

  it('learns nothing of an answer before which bytes were thrown away', () => {
    const framing = rtuFraming();
    framing.encode(request);
    framing.sweep(request);
    framing.search(reply, expected);
    expect(framing.echo()).toBe('unknown');
    framing.encode(request);
    framing.search(reply, expected);
    expect(framing.echo()).toBe('no');
  });

  // Write register 1 of unit 17: the reply is the request.
  const write = withCrc([0x11, 0x06, 0x00, 0x01, 0x00, 0x03]);
  const writing = expectationOf(write);
  const writes: readonly (readonly [string, Buffer, 'unknown' | 'yes' | 'no', Search['kind']])[] = [
    ['one frame is the answer on a line without echo', write, 'no', 'reply'],
    ['one frame is the echo on a line with echo', write, 'yes', 'incomplete'],
    ['two frames are echo and answer on a line with echo', join(write, write), 'yes', 'reply'],
    [
      'a damaged echo leaves it open whether the frame is the answer',
      join(hex('11 06 00 01 00 03 00 00'), write),
      'yes',
      'incomplete',
    ],
    ['one frame could be either while nobody knows', write, 'unknown', 'ambiguous'],
    ['an exception is no echo', withCrc([0x11, 0x86, 0x01]), 'yes', 'reply'],
  ];
  for (const [name, bytes, echo, kind] of writes) {
    it(`single writes: ${name}`, () => {
      expect(searchRtu(bytes, writing, echo).search.kind).toBe(kind);
    });
  }

  it('takes no other write for the answer', () => {
    for (const body of [
      [0x11, 0x06, 0x00, 0x02, 0x00, 0x03],
      [0x11, 0x06, 0x00, 0x01, 0x00, 0x04],
    ]) {
      expect(searchRtu(withCrc(body), writing, 'no').search.kind).toBe('incomplete');
    }
  });

  it('knows the one read whose echo has the form of its answer: 17-24 bits at 0x03xx', () => {
    const bits = withCrc([0x11, 0x01, 0x03, 0x10, 0x00, 0x18]);
    const reading = expectationOf(bits);
    expect(searchRtu(bits, reading, 'unknown').search.kind).toBe('ambiguous');
    expect(searchRtu(bits, reading, 'yes').search.kind).toBe('incomplete');
    const answer = withCrc([0x11, 0x01, 0x03, 0xcd, 0x6b, 0xb2]);
    expect(frameOf(searchRtu(join(bits, answer), reading, 'yes').search)).toEqual(answer);
    expect(frameOf(searchRtu(answer, reading, 'unknown').search)).toEqual(answer);
  });
});

describe('sorting bytes nobody asked for', () => {
  it('finds frames of every kind between noise', () => {
    const write = withCrc([0x07, 0x10, 0x00, 0x01, 0x00, 0x02]);
    const refused = withCrc([0x08, 0x83, 0x02]);
    const { strays, noise } = sweepRtu(join(hex('00'), reply, hex('AA BB'), write, refused));
    expect(strays.map(({ unit, function: fn, exception }) => [unit, fn, exception])).toEqual([
      [0x11, 3, false],
      [0x07, 16, false],
      [0x08, 3, true],
    ]);
    expect(noise).toBe(3);
  });
});
