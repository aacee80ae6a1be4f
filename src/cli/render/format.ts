/** Integers of the product as people read them. */
import { styleText } from 'node:util';

export const litres = (ml: number | null): string => (ml === null ? '-' : fixed(ml, 3, 2));

/** Minor units as currency units. */
export const amount = (minor: number | null, decimals: number): string =>
  minor === null ? '-' : fixed(minor, decimals, decimals);

/** Thousandths per litre as currency units per litre. */
export const price = (thousandths: number | null): string =>
  thousandths === null ? '-' : fixed(thousandths, 3, 3);

/** Local time of day of an RFC 3339 instant. */
export const time = (at: string | null): string =>
  at === null ? '-' : new Date(at).toTimeString().slice(0, 8);

export const dash = (value: string | number | null): string =>
  value === null || value === '' ? '-' : String(value);

export const percent = (fraction: number): string => `${Math.round(fraction * 100)} %`;

/** How long since `from`, coarse: 12s, 3m, 2h, 5d. */
export function age(from: string | null, now: string): string {
  if (from === null) return 'never';
  const seconds = Math.max(0, Math.round((Date.parse(now) - Date.parse(from)) / 1000));
  if (seconds < 100) return `${seconds}s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)}h` : `${Math.round(seconds / 86_400)}d`;
}

/** An integer with `decimals` implied places, shown with `shown` of them, cut (not rounded up: a display never claims more). */
function fixed(value: number, decimals: number, shown: number): string {
  const digits = String(Math.abs(value)).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const rest = digits.slice(digits.length - decimals).slice(0, shown);
  return `${value < 0 ? '-' : ''}${whole}${shown > 0 ? `.${rest}` : ''}`;
}

const stateColours: Record<string, Parameters<typeof styleText>[0]> = {
  fuelling: 'green',
  started: 'green',
  calling: 'yellow',
  authorised: 'yellow',
  completed: 'cyan',
  'suspended-fuelling': 'magenta',
  lost: 'red',
  inoperative: 'red',
  offline: 'red',
  held: 'yellow',
  proving: 'yellow',
  attributed: 'green',
  ambiguous: 'yellow',
  good: 'green',
  uncertain: 'yellow',
  bad: 'red',
  unknown: 'red',
  within: 'green',
  investigate: 'yellow',
  escalate: 'red',
};

/** A state word in its colour, where the terminal shows colours. */
export const state = (word: string): string => {
  const colour = stateColours[word];
  return colour ? styleText(colour, word) : word;
};

export const bold = (text: string): string => styleText('bold', text);
export const dim = (text: string): string => styleText('dim', text);
export const red = (text: string): string => styleText('red', text);
export const yellow = (text: string): string => styleText('yellow', text);
export const cyan = (text: string): string => styleText('cyan', text);
