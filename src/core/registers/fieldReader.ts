/** Reads the fields of one group in the product's units and keeps note of the first that holds no value. */
import type { Field, VolumeUnit } from '../../model/config/field.ts';
import type { Millilitres, Money, UnitPrice } from '../../model/units.ts';
import { decodeField, type FieldValue, type Place } from './field.ts';
import type { RegisterImage } from './image.ts';
import { type Scaled, toMillilitres, toMoney, toUnitPrice } from './scale.ts';

/** `absent`: a field that a reading needs says "no value"; `undecodable`: its registers make no sense. */
export interface Failed {
  readonly kind: 'absent' | 'undecodable';
  readonly field: string;
  readonly reason: string;
}

export interface FieldSource {
  readonly image: RegisterImage;
  readonly volumeUnit: VolumeUnit;
  readonly currencyDecimals: number;
  /** Where the fields of a hose (1-based) are. */
  place(hose: number): Place;
}

/** Every method gives null for a field that is not there, is absent or failed; only the last leaves a failure. */
export class FieldReader {
  /** Fields that lost digits. */
  readonly rounded: string[] = [];
  #failure: Failed | null = null;
  readonly #source: FieldSource;

  constructor(source: FieldSource) {
    this.#source = source;
  }

  get failure(): Failed | null {
    return this.#failure;
  }

  fail(field: string, reason: string): null {
    this.#failure ??= { kind: 'undecodable', field, reason };
    return null;
  }

  /** Without this value there is no reading. */
  required<U>(name: string, value: U | null): U | null {
    if (value === null)
      this.#failure ??= { kind: 'absent', field: name, reason: 'the device says it has none' };
    return value;
  }

  raw(name: string, field: Field | undefined, hose = 1): FieldValue {
    if (field === undefined) return null;
    const decoded = decodeField(field, this.#source.place(hose), this.#source.image);
    return decoded.ok ? decoded.value : this.fail(name, decoded.reason);
  }

  integer(name: string, field: Field | undefined): bigint | null {
    const raw = this.raw(name, field);
    if (typeof raw === 'string')
      return /^\d+$/.test(raw) ? BigInt(raw) : this.fail(name, 'not a whole number');
    return raw;
  }

  /** A small whole number: hose, sale number, end code. */
  count(name: string, field: Field | undefined): number | null {
    const raw = this.integer(name, field);
    if (raw === null) return null;
    if (raw < 0n || raw > BigInt(Number.MAX_SAFE_INTEGER)) return this.fail(name, `${raw} is no count`);
    return Number(raw);
  }

  volume(name: string, field: Field | undefined, hose = 1): Millilitres | null {
    return this.#scaled(name, field, hose, (raw, decimals) =>
      toMillilitres(raw, decimals, this.#source.volumeUnit),
    );
  }

  amount(name: string, field: Field | undefined, hose = 1): Money | null {
    return this.#scaled(name, field, hose, (raw, decimals) =>
      toMoney(raw, decimals, this.#source.currencyDecimals),
    );
  }

  price(name: string, field: Field | undefined, hose = 1): UnitPrice | null {
    return this.#scaled(name, field, hose, (raw, decimals) =>
      toUnitPrice(raw, decimals, this.#source.volumeUnit),
    );
  }

  #scaled<U>(
    name: string,
    field: Field | undefined,
    hose: number,
    scale: (raw: bigint | string, decimals: number) => Scaled<U>,
  ): U | null {
    const raw = this.raw(name, field, hose);
    if (field === undefined || raw === null) return null;
    const scaled = scale(raw, field.decimals);
    if (!scaled.ok) return this.fail(name, scaled.reason);
    if (scaled.rounded && !this.rounded.includes(name)) this.rounded.push(name);
    return scaled.value;
  }
}
