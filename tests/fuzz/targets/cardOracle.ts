/** Each card format once more, as a plain search in the whole stream, to hold against what the streaming parsers gave. */
import type { CardEvent } from '../../../src/core/cards/events.ts';

type Read = Extract<CardEvent, { kind: 'read' }>;

export const stripeBins = ['6007', '701234'];

const xorOf = (hex: string): number => Buffer.from(hex, 'hex').reduce((sum, byte) => sum ^ byte, 0);

function rdm6300(stream: Buffer, { format, text }: Read): boolean {
  const bare = stream
    .toString('latin1')
    .replace(/[\r\n]/g, '')
    .toUpperCase();
  const check = xorOf(text).toString(16).toUpperCase().padStart(2, '0');
  return format === 'em40' && /^[0-9A-F]{10}$/.test(text) && bare.includes(`\x02${text}${check}\x03`);
}

function emBinary(stream: Buffer, { format, text }: Read): boolean {
  const serial = text.length / 2;
  if (!/^([0-9A-F]{2}){4,10}$/.test(text)) return false;
  return Array.from({ length: 256 }, (_, type) => type).some((type) => {
    const named = type === 2 && serial <= 5 ? (serial === 5 ? 'em40' : 'em32') : 'uid';
    if (named !== format) return false;
    const checked = Buffer.concat([Buffer.from([serial + 5, type]), Buffer.from(text, 'hex')]);
    const frame = Buffer.concat([
      Buffer.from([2]),
      checked,
      Buffer.from([xorOf(checked.toString('hex')), 3]),
    ]);
    return stream.includes(frame);
  });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const lineEnd = /[\x02\x03\r\n]/;

/** The text with its blanks, between ends of lines. */
function line(stream: Buffer, { format, text }: Read): boolean {
  const lines = stream.toString('latin1').split(lineEnd);
  if (format === 'em40')
    return (
      /^[0-9A-F]{10}$/.test(text) && lines.some((each) => each.replace(/[\s:-]/g, '').toUpperCase() === text)
    );
  return /^[!-~]{1,64}$/.test(text) && lines.some((each) => each.replace(/\s/g, '').toUpperCase() === text);
}

function scanner(stream: Buffer, { text }: Read): boolean {
  const bytes = Buffer.from(text);
  const printable = [...text].every((each) => (each >= ' ' && each !== '\x7f') || each === '\x1d');
  return printable && bytes.length > 0 && bytes.length <= 256 && stream.includes(bytes);
}

function stripe(stream: Buffer, { text }: Read): boolean {
  const known = stripeBins.some((bin) => text.startsWith(bin));
  const written = stream.toString('latin1');
  return known && /^\d{8,19}$/.test(text) && (written.includes(`;${text}=`) || written.includes(`;${text}?`));
}

/** Whether a parser may have read this in these bytes. */
export function mayBeRead(format: string, stream: Buffer, read: Read): boolean {
  if (format === 'rdm6300') return rdm6300(stream, read);
  if (format === 'em-binary') return emBinary(stream, read);
  if (format === 'scanner') return scanner(stream, read);
  return format === 'stripe' ? stripe(stream, read) : line(stream, read);
}
