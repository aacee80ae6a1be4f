/** Bytes of an RTU line, in pieces, into the search for one reply. */
import { withCrc } from '../../../src/drivers/bus/frameCrc.ts';
import { expectationOf } from '../../../src/drivers/bus/framing.ts';
import { rtuFraming, sweepRtu } from '../../../src/drivers/bus/rtuFraming.ts';
import { damaged, pieces, type Rng, rngOf } from '../random.ts';
import { holds, type Target, type Verdict } from '../target.ts';
import { isAnswer, isFrame } from './modbusOracle.ts';

/** A request in RTU form without its CRC. */
export function someRequest(rng: Rng): Buffer {
  const unit = rng.between(1, 247);
  const address = rng.below(65_536 - 200);
  const fn = rng.pick([1, 2, 3, 3, 3, 4, 5, 6, 16]);
  const head = Buffer.from([unit, fn, address >> 8, address & 0xff, 0, 0]);
  if (fn <= 4) head.writeUInt16BE(fn <= 2 ? rng.between(1, 200) : rng.between(1, 125), 4);
  else if (fn === 5) head.writeUInt16BE(rng.chance(0.5) ? 0xff00 : 0, 4);
  else if (fn === 6) head.writeUInt16BE(rng.below(65_536), 4);
  else {
    const count = rng.between(1, 8);
    head.writeUInt16BE(count, 4);
    return Buffer.concat([head, Buffer.from([count * 2]), rng.bytes(count * 2)]);
  }
  return head;
}

/** The right answer to a request, or an exception, without CRC. */
export function answerTo(rng: Rng, request: Buffer): Buffer {
  const unit = request[0] ?? 0;
  const fn = request[1] ?? 0;
  if (rng.chance(0.15)) return Buffer.from([unit, fn | 0x80, rng.between(1, 11)]);
  if (fn > 4) return Buffer.from(request.subarray(0, 6));
  const count = request.readUInt16BE(4);
  const length = fn <= 2 ? Math.ceil(count / 8) : 2 * count;
  return Buffer.concat([Buffer.from([unit, fn, length]), rng.bytes(length)]);
}

function someTraffic(rng: Rng, request: Buffer): Buffer {
  const answer = withCrc(answerTo(rng, request));
  const parts: Buffer[] = [];
  if (rng.chance(0.3)) parts.push(withCrc(request));
  if (rng.chance(0.4)) parts.push(rng.bytes(rng.below(12)));
  if (rng.chance(0.25)) parts.push(withCrc(answerTo(rng, someRequest(rng))));
  parts.push(rng.chance(0.5) ? answer : damaged(rng, answer));
  if (rng.chance(0.2)) parts.push(rng.chance(0.5) ? answer : withCrc(answerTo(rng, request)));
  if (rng.chance(0.2)) parts.push(rng.bytes(rng.below(300)));
  const whole = Buffer.concat(parts);
  return rng.chance(0.1) ? damaged(rng, whole) : whole;
}

/** An input is a length, the request, a seed for the cuts, and what came. */
export const rtuTarget: Target = {
  name: 'modbus-rtu',
  share: 22,
  make(rng) {
    const request = someRequest(rng);
    return Buffer.concat([Buffer.from([request.length]), request, rng.bytes(1), someTraffic(rng, request)]);
  },
  run(input): Verdict {
    const length = input[0] ?? 0;
    const request = withCrc(input.subarray(1, 1 + length));
    const stream = input.subarray(2 + length);
    const expected = expectationOf(request);
    const framing = rtuFraming();
    framing.encode(request);
    let received: Buffer = Buffer.alloc(0);
    for (const piece of pieces(rngOf(input[1 + length] ?? 0), stream, 40)) {
      received = Buffer.concat([received, piece]);
      const search = framing.search(received, expected);
      if (search.kind === 'incomplete') {
        holds(search.missing > 0, 'more bytes are waited for', { search });
        holds(search.unexplained <= received.length, 'no more noise than bytes', { search });
        continue;
      }
      if (search.kind !== 'reply') return 'refused';
      holds(isAnswer(request, search.frame), 'a reply answers the request', {
        frame: search.frame.toString('hex'),
      });
      holds(received.includes(search.frame), 'a reply stands in what was received', {});
      const strays = search.strays.reduce((sum, { frame }) => sum + frame.length, 0);
      const counted = search.frame.length + strays + search.noise;
      holds(
        counted === received.length || counted === received.length - request.length,
        'every byte is accounted for once',
        { counted, received: received.length },
      );
      for (const { frame } of search.strays)
        holds(isFrame(frame), 'a stray is a frame', { frame: frame.toString('hex') });
      return 'accepted';
    }
    const swept = sweepRtu(received);
    const strays = swept.strays.reduce((sum, { frame }) => sum + frame.length, 0);
    holds(strays + swept.noise === received.length, 'a sweep accounts for every byte', { ...swept });
    for (const { frame } of swept.strays)
      holds(isFrame(frame), 'a stray is a frame', { frame: frame.toString('hex') });
    return 'refused';
  },
};
