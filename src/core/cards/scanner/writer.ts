/** A scanner's text. */
import { CR, LF } from '../bytes.ts';

/** @param options.aim the AIM identifier to put first, such as `]Q3` */
export function writeScan(
  text: string,
  options: { readonly aim?: string; readonly end?: 'cr' | 'crlf' } = {},
): Uint8Array {
  const { aim = '', end = 'cr' } = options;
  return Uint8Array.from([...new TextEncoder().encode(aim + text), ...(end === 'cr' ? [CR] : [CR, LF])]);
}
