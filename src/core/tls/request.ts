/** Requests to a gauge. */
import { ForecourtError } from '../../model/errors.ts';
import { codeLength, longestRequest, SOH, securityCodeLength } from './constants.ts';

export interface TlsRequest {
  /** Function and tank, `i20100`. */
  readonly code: string;
  readonly data: string;
}

/** `i` and the like, `201`, tank: `i20104`. Tank 0 is all tanks. */
export const codeOf = (letter: 'i' | 'I' | 's' | 'S', name: string, tank: number): string =>
  `${letter}${name}${String(tank).padStart(2, '0')}`;

/**
 * @param securityCode six characters, or null for a gauge that has none
 * @throws ForecourtError REQUEST_REFUSED for what a gauge cannot take
 */
export function writeRequest(request: TlsRequest, securityCode: string | null): Uint8Array {
  const text = `${securityCode ?? ''}${request.code}${request.data}`;
  if (securityCode !== null && securityCode.length !== securityCodeLength)
    throw refused(`a security code has ${securityCodeLength} characters`);
  if (!/^[iIsS][0-9A-Z]{3}\d\d$/.test(request.code)) throw refused(`${request.code} is no function`);
  if (!/^[ -~]*$/.test(text) || text.length >= longestRequest)
    throw refused('not printable ASCII, or too long');
  return Uint8Array.from([SOH, ...Array.from(text, (character) => character.charCodeAt(0))]);
}

/**
 * The reverse: what stands after SOH.
 * @returns null where it is no request, or not with this security code
 */
export function readRequest(text: string, securityCode: string | null): TlsRequest | null {
  const own = securityCode ?? '';
  if (!text.startsWith(own)) return null;
  const code = text.slice(own.length, own.length + codeLength);
  if (!/^[iIsS][0-9A-Z]{3}\d\d$/.test(code)) return null;
  return { code, data: text.slice(own.length + codeLength) };
}

const refused = (why: string): ForecourtError => new ForecourtError('REQUEST_REFUSED', why);
