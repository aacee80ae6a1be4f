import { describe, expect, it } from 'vitest';
import { emBinaryParser } from '../../../src/core/cards/em-binary/parser.ts';
import { writeEmBinary } from '../../../src/core/cards/em-binary/writer.ts';
import { monoMs } from '../../../src/model/units.ts';
import { push, reasons, texts } from './support.ts';

const frame = [0x02, 0x0a, 0x02, 0x06, 0x00, 0x8e, 0x6d, 0x5d, 0xb0, 0x03];
const parser = () => emBinaryParser({ reverse: false });

describe('binary EM and Mifare frames', () => {
  it('writes what the maker prints: the length is that of the whole frame', () => {
    expect([...writeEmBinary('em4100', '06008E6D5D')]).toEqual(frame);
  });

  it.each(['0600', '00112233445566778899AA'])('refuses to write a serial of %s', (serial) => {
    expect(() => writeEmBinary('mifare', serial)).toThrow(
      expect.objectContaining({ code: 'CARD_TEXT_INVALID' }),
    );
  });

  it('M13: tells EM4100 tags from Mifare serials of any length', () => {
    const bytes = [
      ...writeEmBinary('em4100', '06008E6D5D'),
      ...writeEmBinary('em4100', '008E6D5D'),
      ...writeEmBinary('mifare', '04A1B2C3D4E5F6'),
    ];
    const formats = push(parser(), Uint8Array.from(bytes)).map((event) =>
      event.kind === 'read' ? event.format : event.kind,
    );
    expect(formats).toEqual(['em40', 'em32', 'uid']);
  });

  it('finds the frame behind noise that looks like the start of one', () => {
    const bytes = [0x02, 0x0f, 0x55, ...frame, 0x02, 0x0b, 0x00, ...frame];
    const events = push(parser(), Uint8Array.from(bytes));
    expect(texts(events)).toEqual(['06008E6D5D', '06008E6D5D']);
    expect(reasons(events)).toEqual(['unfinished', 'unfinished']);
  });

  it('silence frees a frame that noise before it held back', () => {
    const held = parser();
    expect(push(held, Uint8Array.from([0x02, 0x0f, ...frame]), 0)).toEqual([]);
    expect(held.due()).toBe(1_000);
    const events = held.flush(monoMs(1_000));
    expect(texts(events)).toEqual(['06008E6D5D']);
    expect(reasons(events)).toEqual(['unfinished']);
  });

  it('counts a stretch of noise once, and the next one again', () => {
    const noisy = parser();
    expect(reasons(push(noisy, Uint8Array.from([0xff, 0xfe, 0x02, 0xff])))).toEqual(['stray-bytes']);
    noisy.flush(monoMs(2_000));
    expect(reasons(push(noisy, Uint8Array.from([0xff]), 3_000))).toEqual(['stray-bytes']);
  });
});
