/**
 * The nodes of one fuelling point to readings, of the same meaning as those of a Modbus dispenser.
 * Never half a reading: one bad or uncertain field spoils it.
 */
import type { OpcuaDispenserFields, OpcuaField, OpcuaProfile } from '../../model/config/opcuaProfile.ts';
import type { DispenserReading, DispenserState, HoseTotals, ReadingGroup } from '../../model/readings.ts';
import {
  type Instant,
  type Millilitres,
  type Money,
  type MonoMs,
  millilitres,
  money,
  type UnitPrice,
  unitPrice,
} from '../../model/units.ts';
import { fillTemplate } from './nodes.ts';
import { qualityOf } from './status.ts';
import type { RawRecord } from './tank.ts';
import {
  countScale,
  moneyScale,
  priceScale,
  readNumber,
  type Scale,
  totalScale,
  usable,
  volumeScale,
} from './value.ts';

type Stamp = { readonly at: Instant; readonly mono: MonoMs };

export type OpcuaDecoded =
  | { readonly kind: 'reading'; readonly reading: DispenserReading }
  /** `lost`: the server itself has no connection to the dispenser, or no value of it. */
  | {
      readonly kind: 'absent' | 'undecodable' | 'lost';
      readonly field: string;
      readonly reason: string;
    };

export interface OpcuaDispenserDecoder {
  /** Those that the profile has. */
  readonly groups: readonly ReadingGroup[];
  /** Field names with their nodes' texts; all of a group, and better of all groups, belong into one request. */
  nodes(group: ReadingGroup): ReadonlyMap<string, string>;
  decode(group: ReadingGroup, record: RawRecord, stamp: Stamp): OpcuaDecoded;
}

/** `point` is 1-based; `currencyDecimals` of the station's currency. */
export function opcuaDispenserDecoder(
  units: OpcuaProfile['units'],
  fields: OpcuaDispenserFields,
  point: number,
  currencyDecimals: number,
): OpcuaDispenserDecoder {
  const hoses = Array.from({ length: fields.hoses }, (_, n) => n + 1);
  const byGroup = groupFields(fields, hoses);
  const groups = (['live', 'totals', 'last-sale', 'price'] as const).filter(
    (group) => byGroup[group].length > 0,
  );
  return {
    groups,
    nodes: (group) =>
      new Map(byGroup[group].map(({ name, node, hose }) => [name, fillTemplate(node, { point, hose })])),
    decode(group, record, stamp) {
      const state = record.get('live.state');
      if (group === 'live' && state && qualityOf(state.status) === 'bad') {
        const { reason } = usable(state) as { reason: string };
        return { kind: 'lost', field: 'live.state', reason };
      }
      const reader = new Reader(record, units, currencyDecimals);
      const reading = decoders[group](fields, hoses, reader, stamp);
      if (reader.failure) return reader.failure;
      return { kind: 'reading', reading: reader.rounded ? { ...reading, rounded: true } : reading };
    },
  };
}

interface Placed {
  readonly name: string;
  readonly node: string;
  readonly hose: number;
}

function groupFields(
  { live, totals, lastSale, price }: OpcuaDispenserFields,
  hoses: readonly number[],
): Record<ReadingGroup, Placed[]> {
  const place = (name: string, field: { node: string } | undefined, hose = 1): Placed[] =>
    field ? [{ name, node: field.node, hose }] : [];
  return {
    live: (['state', 'hose', 'volume', 'amount', 'price'] as const).flatMap((name) =>
      place(`live.${name}`, live[name]),
    ),
    totals: hoses.flatMap((hose) => [
      ...place(`totals.volume ${hose}`, totals.volume, hose),
      ...place(`totals.amount ${hose}`, totals.amount, hose),
    ]),
    'last-sale': (['number', 'hose', 'volume', 'amount', 'price', 'endCode'] as const).flatMap((name) =>
      place(`last-sale.${name}`, lastSale?.[name]),
    ),
    price: hoses.flatMap((hose) => place(`price.price ${hose}`, price?.price, hose)),
  };
}

/** A value that is missing here has left its mark in the reader, and the reading is not used. */
const spoilt = <U>(value: U | null): U => value as U;

const decoders: Record<
  ReadingGroup,
  (fields: OpcuaDispenserFields, hoses: readonly number[], reader: Reader, stamp: Stamp) => DispenserReading
> = {
  live: ({ live, hoses }, _hoses, reader, stamp) => ({
    kind: 'live',
    ...stamp,
    state: spoilt(stateOf(live.state, reader)),
    hose: reader.hose('live.hose', live.hose, hoses),
    volume: reader.volume('live.volume', live.volume),
    amount: reader.amount('live.amount', live.amount),
    price: reader.price('live.price', live.price),
  }),
  totals: ({ totals }, hoses, reader, stamp) => ({
    kind: 'totals',
    ...stamp,
    hoses: hoses.map((hose): HoseTotals => {
      const name = `totals.volume ${hose}`;
      const volume = reader.required(name, reader.total(name, totals.volume, totals.rollover));
      const amount = reader.amount(`totals.amount ${hose}`, totals.amount);
      return { hose, volume: spoilt(volume), amount };
    }),
  }),
  'last-sale': ({ lastSale, saleNumber, hoses }, _hoses, reader, stamp) => {
    const number = reader.count('last-sale.number', lastSale?.number);
    // a record whose number is absent is no record, whatever its other nodes hold
    if (lastSale?.number) reader.required('last-sale.number', number);
    if (number !== null && saleNumber && (number < saleNumber.first || number > saleNumber.last))
      reader.fail('last-sale.number', `${number} is outside ${saleNumber.first}-${saleNumber.last}`);
    const volume = reader.volume('last-sale.volume', lastSale?.volume);
    return {
      kind: 'last-sale',
      ...stamp,
      number,
      hose: reader.hose('last-sale.hose', lastSale?.hose, hoses),
      volume: spoilt(reader.required('last-sale.volume', volume)),
      amount: reader.amount('last-sale.amount', lastSale?.amount),
      price: reader.price('last-sale.price', lastSale?.price),
      endCode: reader.count('last-sale.endCode', lastSale?.endCode),
    };
  },
  price: ({ price }, hoses, reader, stamp) => ({
    kind: 'price',
    ...stamp,
    hoses: hoses.map((hose) => {
      const name = `price.price ${hose}`;
      return { hose, price: spoilt(reader.required(name, reader.price(name, price?.price))) };
    }),
  }),
};

/** First match wins; null when there is no state to be read. */
function stateOf(rule: OpcuaDispenserFields['live']['state'], reader: Reader): DispenserState | null {
  const value = reader.plain('live.state');
  if (value === null) return null;
  const match = rule.map.find(({ mask, equals }) => {
    if (typeof equals !== 'number') return value === equals;
    return typeof value === 'bigint' && (value & BigInt(mask)) === BigInt(equals);
  });
  return match?.state ?? rule.otherwise;
}

/** Every method gives null for a field that is not there, is absent or failed; only the last leaves a failure. */
class Reader {
  failure: Extract<OpcuaDecoded, { field: string }> | null = null;
  rounded = false;
  readonly #record: RawRecord;
  readonly #units: OpcuaProfile['units'];
  readonly #currencyDecimals: number;

  constructor(record: RawRecord, units: OpcuaProfile['units'], currencyDecimals: number) {
    this.#record = record;
    this.#units = units;
    this.#currencyDecimals = currencyDecimals;
  }

  fail(field: string, reason: string): null {
    this.failure ??= { kind: 'undecodable', field, reason };
    return null;
  }

  /** Without this value there is no reading. */
  required<U>(field: string, value: U | null): U | null {
    if (value === null) this.failure ??= { kind: 'absent', field, reason: 'the server says it has none' };
    return value;
  }

  plain(name: string): bigint | string | boolean | null {
    const checked = usable(this.#record.get(name));
    if ('reason' in checked) return this.fail(name, checked.reason);
    if (checked.quality !== 'good') return this.fail(name, checked.text);
    return checked.value;
  }

  #number(name: string, field: OpcuaField | undefined, scale: Scale): number | null {
    if (!field) return null;
    const { value, quality, reason, exact } = readNumber(field, scale, this.#record.get(name));
    // an uncertain value is a substitute or an old one: no sum is made of it
    if (quality !== 'good') return this.fail(name, reason);
    if (!exact && name.includes('amount')) this.rounded = true;
    return value;
  }

  count(name: string, field: OpcuaField | undefined): number | null {
    return this.#number(name, field, countScale);
  }

  /** 0: no hose. */
  hose(name: string, field: OpcuaField | undefined, hoses: number): number | null {
    const hose = this.count(name, field);
    if (hose !== null && hose > hoses) return this.fail(name, `hose ${hose} of ${hoses}`);
    return hose === 0 ? null : hose;
  }

  volume(name: string, field: OpcuaField | undefined): Millilitres | null {
    const value = this.#number(name, field, volumeScale(this.#units.volume));
    return value === null ? null : millilitres(value);
  }

  /** `rollover`: count before its decimals at which it starts again. */
  total(name: string, field: OpcuaField, rollover: number | undefined): Millilitres | null {
    const scale = totalScale(this.#units.volume);
    const value = this.#number(name, field, scale);
    if (value === null) return null;
    const end = rollover === undefined ? null : rolloverMl(rollover, field.decimals, scale);
    if (end !== null && value >= end) return this.fail(name, `beyond its rollover ${rollover}`);
    return millilitres(value);
  }

  amount(name: string, field: OpcuaField | undefined): Money | null {
    const value = this.#number(name, field, moneyScale(this.#currencyDecimals));
    return value === null ? null : money(value);
  }

  price(name: string, field: OpcuaField | undefined): UnitPrice | null {
    const value = this.#number(name, field, priceScale(this.#units.volume));
    return value === null ? null : unitPrice(value);
  }
}

/** In millilitres, rounded down. */
export function rolloverMl(rollover: number, decimals: number, scale: Scale): number {
  return Number((BigInt(rollover) * scale.n) / (10n ** BigInt(decimals) * scale.d));
}
