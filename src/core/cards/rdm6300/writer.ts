/** An RDM6300's frame of a tag. */
import { ForecourtError } from '../../../model/errors.ts';
import { ascii, ETX, fromHex, STX, toHex, xor } from '../bytes.ts';
import { tagDigits } from './constants.ts';

/** @param tag 10 hex digits; @throws ForecourtError CARD_TEXT_INVALID */
export function writeRdm6300(tag: string): Uint8Array {
  const bytes = fromHex(tag);
  if (tag.length !== tagDigits)
    throw new ForecourtError('CARD_TEXT_INVALID', 'an EM4100 tag has 10 hex digits');
  return Uint8Array.from([STX, ...ascii(toHex([...bytes, xor(bytes)])), ETX]);
}
