/**
 * What card a text is. The same EM4100 tag is 10 hex digits on one reader, 10 decimal digits on the next and 6 hex digits
 * on a Wiegand one; each weaker form is the low bytes of the stronger (`06008E6D5D`, `0009334109`, `8E6D5D` = `142,27997`).
 */
import type { CardFormat } from '../../model/readings.ts';
import { reverseHex } from './bytes.ts';

export interface CardIdentity {
  /** Names such as `em40:62E3086CED`, strongest first: as this text says it, then as weaker readers would see the card. */
  readonly lookup: readonly [string, ...string[]];
}

const maxNumberLength = 64;
const maxCodeLength = 256;

/**
 * The one way of writing a number of this format: em40 10, em32 8 and wiegand26 6 upper-case hex digits; number and stripe
 * without blanks, upper-case; code trimmed, upper-case. null: the text is no number of the format. Zero is what readers
 * give for "no card" and is no number either. A run of 10 digits is decimal under em32 and hex under em40.
 * @param reverse the reader gives the bytes last first; hex formats only
 */
export function canonicalCard(format: CardFormat, text: string, reverse = false): string | null {
  const canonical = canonicalForms[format](text);
  if (canonical === null || !reverse || !isHexFormat(format)) return canonical;
  return reverseHex(canonical);
}

/**
 * Every name under which a read or a registered card is looked up. A text that is no number of its format gets a name
 * of its own kind, under which nobody's card can be registered.
 */
export function identityOf(format: CardFormat, text: string): CardIdentity {
  const canonical = canonicalCard(format, text);
  if (canonical === null) return { lookup: [`invalid-${format}:${text.slice(0, maxCodeLength)}`] };
  switch (format) {
    case 'em40':
      return {
        lookup: [`em40:${canonical}`, `em32:${canonical.slice(-8)}`, `wiegand26:${canonical.slice(-6)}`],
      };
    case 'em32':
      return { lookup: [`em32:${canonical}`, `wiegand26:${canonical.slice(-6)}`] };
    case 'wiegand26':
    case 'uid':
    case 'code':
      return { lookup: [`${format}:${canonical}`] };
    case 'number':
    case 'stripe':
      return { lookup: [`number:${canonical}`] };
  }
}

const canonicalForms: Record<CardFormat, (text: string) => string | null> = {
  em40: (text) => hex(text, 10),
  em32: (text) => {
    const digits = text.trim();
    return /^\d{10}$/.test(digits) ? hex(hexOfDecimal(digits, 8) ?? '', 8) : hex(text, 8);
  },
  wiegand26: (text) => {
    const parts = /^(\d{1,3}),(\d{1,5})$/.exec(text.trim());
    if (parts === null) return hex(text, 6);
    const facility = hexOfDecimal(parts[1] ?? '', 2);
    const number = hexOfDecimal(parts[2] ?? '', 4);
    return facility === null || number === null ? null : hex(facility + number, 6);
  },
  uid: (text) => hex(text, null),
  number: printed,
  stripe: printed,
  code: (text) => {
    const code = text.trim();
    return code === '' || code.length > maxCodeLength ? null : code.toUpperCase();
  },
};

function isHexFormat(format: CardFormat): boolean {
  return format === 'em40' || format === 'em32' || format === 'wiegand26' || format === 'uid';
}

/** Hex digits, with the blanks, colons and dashes that people put between bytes taken off. */
function hex(text: string, length: number | null): string | null {
  const digits = text.replace(/[\s:-]/g, '').toUpperCase();
  if (digits.length > maxNumberLength || !/^([0-9A-F]{2})+$/.test(digits) || /^0+$/.test(digits)) return null;
  return length === null || digits.length === length ? digits : null;
}

function hexOfDecimal(decimal: string, length: number): string | null {
  const digits = Number(decimal).toString(16).toUpperCase();
  return digits.length > length ? null : digits.padStart(length, '0');
}

function printed(text: string): string | null {
  const number = text.replace(/\s/g, '').toUpperCase();
  return number.length <= maxNumberLength && /^[\x21-\x7e]+$/.test(number) ? number : null;
}
