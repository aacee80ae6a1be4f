/** A line-oriented reader's text. */
import { ascii, CR, ETX, LF, STX } from '../bytes.ts';

const ends = { cr: [CR], crlf: [CR, LF], etx: [ETX], none: [] } as const;

/** @throws ForecourtError CARD_TEXT_INVALID for text that is not ASCII */
export function writeLine(
  text: string,
  options: { readonly stx?: boolean; readonly end?: keyof typeof ends } = {},
): Uint8Array {
  const { stx = false, end = 'cr' } = options;
  return Uint8Array.from([...(stx ? [STX] : []), ...ascii(text), ...ends[end]]);
}
