/** A magnetic stripe reader's text. */
import { ascii, CR, ETX, STX } from '../bytes.ts';

/** @param options.rest what follows the separator: expiry YYMM, service code, the issuer's own digits; null: no separator */
export function writeStripe(pan: string, options: { readonly rest?: string | null } = {}): Uint8Array {
  const { rest = '9912101' } = options;
  return Uint8Array.from([STX, ...ascii(`;${pan}${rest === null ? '' : `=${rest}`}?`), CR, ETX]);
}

/** What the reader gives for a stripe that it could not read. */
export function writeBadTrack(): Uint8Array {
  return Uint8Array.from([STX, ...ascii('E'), CR, ETX]);
}
