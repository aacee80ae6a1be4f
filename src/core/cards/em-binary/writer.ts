/** A binary EM/Mifare reader's frame. */
import { ForecourtError } from '../../../model/errors.ts';
import { ETX, fromHex, STX, xor } from '../bytes.ts';
import { cardTypes, maxSerial, minSerial, overhead } from './constants.ts';

/** @param serial hex digits of 4 to 10 bytes; @throws ForecourtError CARD_TEXT_INVALID */
export function writeEmBinary(type: keyof typeof cardTypes, serial: string): Uint8Array {
  const bytes = fromHex(serial);
  if (bytes.length < minSerial || bytes.length > maxSerial) {
    throw new ForecourtError('CARD_TEXT_INVALID', `a serial has ${minSerial} to ${maxSerial} bytes`);
  }
  const checked = [bytes.length + overhead, cardTypes[type], ...bytes];
  return Uint8Array.from([STX, ...checked, xor(checked), ETX]);
}
