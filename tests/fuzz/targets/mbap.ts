/** Bytes of a Modbus TCP stream, in pieces, into the search for the reply with our transaction number. */
import { withCrc } from '../../../src/drivers/bus/frameCrc.ts';
import { expectationOf } from '../../../src/drivers/bus/framing.ts';
import { encodeMbap, parseMbap, searchMbap } from '../../../src/drivers/bus/mbapFraming.ts';
import { damaged, pieces, type Rng, rngOf } from '../random.ts';
import { holds, type Target, type Verdict } from '../target.ts';
import { isAnswer, isFrame } from './modbusOracle.ts';
import { answerTo, someRequest } from './rtu.ts';

function someStream(rng: Rng, request: Buffer, transaction: number): Buffer {
  const wrap = (number: number, body: Buffer): Buffer => encodeMbap(number & 0xffff, withCrc(body));
  const parts: Buffer[] = [];
  if (rng.chance(0.3)) parts.push(wrap(transaction - 1, answerTo(rng, someRequest(rng))));
  const own = wrap(transaction, answerTo(rng, rng.chance(0.9) ? request : someRequest(rng)));
  parts.push(rng.chance(0.5) ? own : damaged(rng, own));
  if (rng.chance(0.2)) parts.push(rng.chance(0.5) ? own : rng.bytes(rng.below(40)));
  const whole = Buffer.concat(parts);
  return rng.chance(0.1) ? damaged(rng, whole) : whole;
}

/** An input is a length, the request, two bytes of transaction number, a seed for the cuts, and what came. */
export const mbapTarget: Target = {
  name: 'modbus-tcp',
  share: 18,
  make(rng) {
    const request = someRequest(rng);
    const head = rng.bytes(3);
    const stream = someStream(rng, request, head.readUInt16BE(0));
    return Buffer.concat([Buffer.from([request.length]), request, head, stream]);
  },
  run(input): Verdict {
    const length = input[0] ?? 0;
    const request = withCrc(input.subarray(1, 1 + length));
    const transaction = input.length < length + 3 ? 0 : input.readUInt16BE(1 + length);
    const stream = input.subarray(4 + length);
    const expected = expectationOf(request);
    let received: Buffer = Buffer.alloc(0);
    for (const piece of pieces(rngOf(input[3 + length] ?? 0), stream, 60)) {
      received = Buffer.concat([received, piece]);
      const search = searchMbap(received, expected, transaction);
      if (search.kind === 'incomplete') {
        holds(search.missing > 0, 'more bytes are waited for', { search });
        continue;
      }
      if (search.kind !== 'reply') return 'refused';
      holds(isAnswer(request, search.frame), 'a reply answers the request', {
        frame: search.frame.toString('hex'),
      });
      const body = search.frame.subarray(0, -2);
      const header = Buffer.from([
        transaction >> 8,
        transaction & 0xff,
        0,
        0,
        body.length >> 8,
        body.length & 0xff,
      ]);
      holds(received.includes(Buffer.concat([header, body])), 'a reply carries our transaction number', {});
      for (const { frame } of search.strays) holds(isFrame(frame), 'a stray is a frame', {});
      return 'accepted';
    }
    const parsed = parseMbap(received);
    const framed = parsed.frames.reduce((sum, { frame }) => sum + 6 + frame.length - 2, 0);
    holds(framed + parsed.rest.length === received.length, 'a stream accounts for every byte', {});
    return 'refused';
  },
};
