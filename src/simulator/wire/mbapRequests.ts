/** Cuts a Modbus TCP stream into requests. Modbus Messaging on TCP/IP V1.0b, section 3.1.3. */

export interface MbapRequest {
  readonly unit: number;
  readonly pdu: Uint8Array;
  readonly frame: Uint8Array;
  readonly transaction: number;
}

const header = 7;
const longestPdu = 253;

export class MbapRequests {
  #buffer: Uint8Array = new Uint8Array(0);

  /** The requests that are complete; null: this is not Modbus TCP and the connection is worth nothing more. */
  push(bytes: Uint8Array): MbapRequest[] | null {
    let rest: Uint8Array = Buffer.concat([this.#buffer, bytes]);
    const found: MbapRequest[] = [];
    while (rest.length >= header) {
      const view = new DataView(rest.buffer, rest.byteOffset, rest.length);
      const length = view.getUint16(4);
      if (view.getUint16(2) !== 0 || length < 2 || length > longestPdu + 1) return null;
      const end = 6 + length;
      if (rest.length < end) break;
      const frame = rest.slice(0, end);
      found.push({
        unit: view.getUint8(6),
        pdu: frame.subarray(header),
        frame,
        transaction: view.getUint16(0),
      });
      rest = rest.subarray(end);
    }
    this.#buffer = rest.slice();
    return found;
  }
}

export function mbapFrame(transaction: number, unit: number, pdu: Uint8Array): Uint8Array {
  const frame = new Uint8Array(header + pdu.length);
  const view = new DataView(frame.buffer);
  view.setUint16(0, transaction);
  view.setUint16(4, pdu.length + 1);
  view.setUint8(6, unit);
  frame.set(pdu, header);
  return frame;
}
