/** The fields of computer format, read and written one after the other; lengths come from counts, never from a habit. */
import { ForecourtError } from '../../model/errors.ts';
import { readFloat, writeFloat } from './floats.ts';
import { readTime } from './times.ts';

export class FieldReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  get rest(): number {
    return this.#text.length - this.#at;
  }

  /** @throws ForecourtError GAUGE_BAD_REPLY, as all that read */
  text(length: number): string {
    const text = this.#text.slice(this.#at, this.#at + length);
    if (text.length < length) throw badReply('ends in the middle of a field');
    this.#at += length;
    return text;
  }

  /** Decimal digits; null: all `?`. */
  decimal(length: number): number | null {
    const text = this.text(length);
    if (/^\?+$/.test(text)) return null;
    if (!/^\d+$/.test(text)) throw badReply(`has ${JSON.stringify(text)} for a number`);
    return Number(text);
  }

  hex(length: number): number | null {
    const text = this.text(length);
    if (/^\?+$/.test(text)) return null;
    if (!/^[0-9A-Fa-f]+$/.test(text)) throw badReply(`has ${JSON.stringify(text)} for a hex number`);
    return Number.parseInt(text, 16);
  }

  /** A number of a tank or another device: two decimal digits. */
  device(): number {
    const number = this.decimal(2);
    if (number === null) throw badReply('has ? for a number of a tank');
    return number;
  }

  time(): string {
    const text = this.text(10);
    const time = readTime(text);
    if (time === null) throw badReply(`has ${JSON.stringify(text)} for a time`);
    return time;
  }

  /** All `?` that follow: fields of a device that is not there, however many. */
  skipAbsent(): void {
    while (this.#text[this.#at] === '?') this.#at += 1;
  }

  float(): { readonly value: number | null; readonly rejected: readonly string[] } {
    const field = readFloat(this.text(8));
    if (field !== null && typeof field === 'object') return { value: null, rejected: [field.rejected] };
    return { value: field, rejected: [] };
  }

  /**
   * A hex count and so many floats.
   * @param names of the known ones in their order; missing ones are null, unknown ones go to `more`
   */
  floats<Name extends string>(
    names: readonly Name[],
  ): {
    readonly values: Record<Name, number | null>;
    readonly more: readonly (number | null)[];
    readonly rejected: readonly string[];
  } {
    const values = Object.fromEntries(names.map((name) => [name, null])) as Record<Name, number | null>;
    const more: (number | null)[] = [];
    const rejected: string[] = [];
    const count = this.hex(2);
    if (count === null) this.skipAbsent();
    for (let index = 0; index < (count ?? 0); index += 1) {
      const field = readFloat(this.text(8));
      const name = names[index];
      const value = typeof field === 'number' ? field : null;
      if (field !== null && typeof field === 'object')
        rejected.push(`${name ?? `value ${index + 1}`}: ${field.rejected}`);
      if (name === undefined) more.push(value);
      else values[name] = value;
    }
    return { values, more, rejected };
  }
}

/** Reads in the first of several ways that fits to the last character. */
export function firstThatFits<T>(text: string, ways: readonly ((fields: FieldReader) => T)[]): T {
  let failure: unknown = badReply('fits no layout');
  for (const way of ways) {
    const fields = new FieldReader(text);
    try {
      const records = way(fields);
      if (fields.done) return records;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

export const badReply = (what: string): ForecourtError =>
  new ForecourtError('GAUGE_BAD_REPLY', `a reply ${what}`);

export const writeDecimal = (value: number | null, length: number): string =>
  value === null ? '?'.repeat(length) : String(value).padStart(length, '0');

export const writeHex = (value: number | null, length: number): string =>
  value === null ? '?'.repeat(length) : value.toString(16).toUpperCase().padStart(length, '0');

/** A hex count and the floats; nulls at the end are left out, others are `?`. */
export function writeFloats(values: readonly (number | null)[]): string {
  const count = values.findLastIndex((value) => value !== null) + 1;
  return `${writeHex(count, 2)}${values.slice(0, count).map(writeFloat).join('')}`;
}
