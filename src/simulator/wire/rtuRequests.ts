/** Finds RTU requests in a stream of bytes: by length and CRC, not by silence, so that pieces and garbage do no harm. */
import { crc16 } from '../../core/modbus/crc16.ts';

export interface RtuRequest {
  readonly unit: number;
  readonly pdu: Uint8Array;
  readonly frame: Uint8Array;
}

const longest = 256;
const shortRequest = 8; // unit, function, two words, CRC

export class RtuRequests {
  readonly #units: ReadonlySet<number>;
  #buffer = new Uint8Array(0);
  #garbage = 0;

  /** Frames for other units than these are passed over. */
  constructor(units: Iterable<number>) {
    this.#units = new Set([0, ...units]);
  }

  /** Bytes given up since the last call. */
  takeGarbage(): number {
    const garbage = this.#garbage;
    this.#garbage = 0;
    return garbage;
  }

  push(bytes: Uint8Array): RtuRequest[] {
    const joined = new Uint8Array(this.#buffer.length + bytes.length);
    joined.set(this.#buffer);
    joined.set(bytes, this.#buffer.length);
    const found: RtuRequest[] = [];
    let kept = 0; // everything before is consumed
    for (let at = 0; at < joined.length; ) {
      const length = frameLength(joined, at);
      const end = length === null ? at : at + length;
      if (length === null || end > joined.length || crc16(joined, at, end) !== 0) {
        at++;
        continue;
      }
      this.#garbage += at - kept;
      const frame = joined.slice(at, end);
      const unit = frame[0] ?? 0;
      if (this.#units.has(unit)) found.push({ unit, pdu: frame.subarray(1, -2), frame });
      at = end;
      kept = end;
    }
    const from = Math.max(kept, joined.length - longest);
    this.#garbage += from - kept;
    this.#buffer = joined.slice(from);
    return found;
  }
}

/** How long a request that starts here would be; null: none starts here, or too few bytes tell. */
function frameLength(bytes: Uint8Array, at: number): number | null {
  const functionCode = bytes[at + 1] ?? 0;
  if (functionCode >= 1 && functionCode <= 6) return shortRequest;
  const byteCount = bytes[at + 6];
  if ((functionCode !== 15 && functionCode !== 16) || byteCount === undefined) return null;
  return 7 + byteCount + 2;
}

/** An RTU frame around an answer. */
export function rtuFrame(unit: number, pdu: Uint8Array): Uint8Array {
  const frame = new Uint8Array(pdu.length + 3);
  frame[0] = unit;
  frame.set(pdu, 1);
  const crc = crc16(frame, 0, pdu.length + 1);
  frame[pdu.length + 1] = crc & 0xff;
  frame[pdu.length + 2] = crc >>> 8;
  return frame;
}
