/** Small questions about what goes over a gauge's line. */
import type { TlsFrame } from '../../core/tls/frame.ts';

/** Whether a frame answers a request; set functions may come back with `i`. */
export function answers(frame: TlsFrame, code: string): boolean {
  if (frame.kind === 'unknown-function') return true;
  const wanted = frame.kind === 'computer' ? /^[is]/ : /^[IS]/;
  if (!wanted.test(code)) return false;
  return frame.code === code || (/^s/i.test(code) && frame.code.slice(1) === code.slice(1));
}

/** Bytes of a request without the security code in them. */
export function masked(bytes: Uint8Array, securityCode: string | null): Uint8Array {
  const copy = Uint8Array.from(bytes);
  if (securityCode !== null) copy.fill('*'.charCodeAt(0), 1, 1 + securityCode.length);
  return copy;
}

/** Bytes as text, dots for what cannot be printed. */
export const printable = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');

/** What is heard, without the security code that a line with an echo gives back. */
export interface EchoMask {
  /** These bytes were sent. */
  sent(request: Uint8Array): void;
  /** A copy in which the code of the echo is masked, in whatever pieces it comes. */
  heard(bytes: Uint8Array): Uint8Array;
}

export function echoMask(securityCode: string | null): EchoMask {
  const codeEnd = 1 + (securityCode?.length ?? 0);
  let awaited: Uint8Array = new Uint8Array(0);
  /** So many bytes were the echo until now; past the end: no echo, or no more of it. */
  let at = 0;
  return {
    sent(request) {
      awaited = request;
      at = 0;
    },
    heard(bytes) {
      const copy = Uint8Array.from(bytes);
      if (securityCode === null) return copy;
      for (let index = 0; index < copy.length && at < awaited.length; index += 1) {
        if (copy[index] !== awaited[at]) at = awaited.length;
        else {
          if (at >= 1 && at < codeEnd) copy[index] = '*'.charCodeAt(0);
          at += 1;
        }
      }
      return copy;
    },
  };
}
