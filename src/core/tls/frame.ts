/** One reply of a gauge: framed, checked, and taken apart again. */
import { ForecourtError } from '../../model/errors.ts';
import {
  checksumLength,
  checksumMark,
  codeLength,
  ETX,
  SOH,
  timeLength,
  unknownFunction,
} from './constants.ts';
import { readTime, writeTime } from './times.ts';

export type TlsFrame =
  /** `code`: function and tank as sent back, `i20100`. `time`: by the gauge's clock, `YYYYMMDDHHmm`. */
  | { readonly kind: 'computer'; readonly code: string; readonly time: string; readonly data: string }
  /** `text` is what follows the code: lines that end in LF, without NULs. */
  | { readonly kind: 'display'; readonly code: string; readonly text: string }
  | { readonly kind: 'unknown-function' };

/** Two's complement of the 16-bit sum of SOH and the characters up to and with `&&`, four hex digits. */
export function checksum(body: string): string {
  let sum = SOH;
  for (let index = 0; index < body.length; index += 1) sum += body.charCodeAt(index);
  return (-sum & 0xffff).toString(16).toUpperCase().padStart(checksumLength, '0');
}

const bytesOf = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);

/** SOH, `text`, ETX. Only Latin-1 can be sent. */
const framed = (text: string): Uint8Array => Uint8Array.from([SOH, ...bytesOf(text), ETX]);

/** @param code `i20100`; @param time `YYYYMMDDHHmm` */
export function writeComputerFrame(code: string, time: string, data: string): Uint8Array {
  const body = `${code}${writeTime(time)}${data}${checksumMark}`;
  return framed(`${body}${checksum(body)}`);
}

/** @param code `I20100`; @param text lines that end in LF: they are sent with CR LF and six NULs, as the gauges do */
export function writeDisplayFrame(code: string, text: string): Uint8Array {
  return framed(`\n${code}\n${text}`.replace(/\n/g, `\r\n${'\0'.repeat(6)}`));
}

export const writeUnknownFunction = (): Uint8Array => framed(unknownFunction);

/**
 * What stood between SOH and ETX.
 * @throws ForecourtError GAUGE_BAD_REPLY where it is no reply, or its checksum does not hold
 */
export function readFrame(body: string): TlsFrame {
  if (body === unknownFunction || isRefusal(body)) return { kind: 'unknown-function' };
  if (/^[is]/.test(body)) return readComputer(body);
  return readDisplay(body);
}

/** `9999` closed like any other reply, with `&&` and the checksum of all of it. */
function isRefusal(body: string): boolean {
  const summed = `9999${checksumMark}`;
  return body.toUpperCase() === `${summed}${checksum(summed)}`;
}

function readComputer(body: string): TlsFrame {
  const markAt = body.length - checksumLength - checksumMark.length;
  if (markAt < codeLength + timeLength || body.slice(markAt, markAt + 2) !== checksumMark)
    throw bad('ends without a checksum');
  if (!/^[ -~]*$/.test(body)) throw bad('holds bytes that no reply has');
  const summed = body.slice(0, markAt + checksumMark.length);
  const told = body.slice(markAt + checksumMark.length);
  if (told.toUpperCase() !== checksum(summed)) throw bad('does not agree with its checksum');
  const code = body.slice(0, codeLength);
  if (!/^[is][0-9A-Z]{3}\d\d$/.test(code)) throw bad('names no function');
  const time = readTime(body.slice(codeLength, codeLength + timeLength));
  if (time === null) throw bad('has no time');
  return { kind: 'computer', code, time, data: body.slice(codeLength + timeLength, markAt) };
}

/** Liberal: with or without NULs, CR, blank lines before the code. */
function readDisplay(body: string): TlsFrame {
  const text = body.replace(/[\0\r]/g, '').trimStart();
  if (text === unknownFunction || text.trimEnd() === unknownFunction) return { kind: 'unknown-function' };
  const code = text.slice(0, codeLength);
  if (!/^[IS][0-9A-Z]{3}\d\d$/.test(code)) throw bad('names no function');
  // A computer reply whose function letter was hit by noise.
  if (/&&[0-9A-Fa-f]{4}\s*$/.test(text)) throw bad('is in neither format');
  return { kind: 'display', code, text: text.slice(codeLength).replace(/^[ \t]*\n/, '') };
}

const bad = (what: string): ForecourtError => new ForecourtError('GAUGE_BAD_REPLY', `a reply ${what}`);
