/** What a fault makes of one reply: the pieces that really go out, and when. */
import type { Random } from '../../core/ports.ts';
import type { FaultKind, FaultPlan } from '../faults.ts';
import { between, whole } from '../physics/random.ts';

export interface Piece {
  /** Real milliseconds after the request. */
  readonly delayMs: number;
  readonly bytes: Uint8Array;
}

export interface Delivery {
  readonly pieces: readonly Piece[];
  /** The link is closed after the pieces. */
  readonly drop: boolean;
  readonly fault: FaultKind | null;
}

/** `rtu`: bytes on a serial line, behind a converter or not; `mbap`: Modbus TCP, where nothing else speaks on the wire. */
export type Framing = 'rtu' | 'mbap';

const kindsOf: Readonly<Record<Framing, readonly FaultKind[]>> = {
  rtu: ['link-drop', 'silence', 'late', 'bad-crc', 'truncated', 'duplicate', 'echo', 'noise'],
  mbap: ['link-drop', 'silence', 'late', 'truncated', 'duplicate'],
};
const apartMs = 6; // between a reply and what follows it

/** Draws at most one fault for a reply. */
export function drawFault(framing: Framing, plan: FaultPlan, random: Random): FaultKind | null {
  for (const kind of kindsOf[framing]) {
    const rate = plan.rates[kind] ?? 0;
    if (rate > 0 && random() < rate) return kind;
  }
  return null;
}

/** The delivery of `reply` to `request` under a fault; without one it goes out after `turnaroundMs`. */
export function deliver(
  fault: FaultKind | null,
  request: Uint8Array,
  reply: Uint8Array,
  turnaroundMs: number,
  plan: FaultPlan,
  random: Random,
): Delivery {
  const whenDue = { delayMs: turnaroundMs, bytes: reply };
  const afterwards = { delayMs: turnaroundMs + apartMs, bytes: reply };
  const sent = (pieces: readonly Piece[], drop = false): Delivery => ({ pieces, drop, fault });
  switch (fault) {
    case 'link-drop':
      return sent([], true);
    case 'silence':
      return sent([]);
    case 'late':
      return sent([{ delayMs: between(random, plan.lateMs), bytes: reply }]);
    case 'bad-crc':
      return sent([{ ...whenDue, bytes: flipBit(reply, random) }]);
    case 'truncated':
      return sent([{ ...whenDue, bytes: reply.subarray(0, whole(random, 1, reply.length - 1)) }]);
    case 'duplicate':
      return sent([whenDue, afterwards]);
    case 'echo':
      return sent([{ delayMs: 0, bytes: request }, whenDue]);
    case 'noise': {
      const bytes = Uint8Array.from({ length: whole(random, 1, plan.noiseBytes) }, () =>
        whole(random, 0, 255),
      );
      return sent(random() < 0.5 ? [{ delayMs: 0, bytes }, whenDue] : [whenDue, { ...afterwards, bytes }]);
    }
    default:
      return sent([whenDue]);
  }
}

function flipBit(reply: Uint8Array, random: Random): Uint8Array {
  const flipped = reply.slice();
  const at = whole(random, 0, flipped.length - 1);
  flipped[at] = (flipped[at] ?? 0) ^ (1 << whole(random, 0, 7));
  return flipped;
}
