/** Registers of a dispenser to readings, as its profile says. The inverse is `profileWrites.ts`. */
import type { Field } from '../../model/config/field.ts';
import type { DispenserProfile } from '../../model/config/profile.ts';
import type { DispenserReading, DispenserState, HoseTotals, ReadingGroup } from '../../model/readings.ts';
import type { Instant, MonoMs } from '../../model/units.ts';
import { fieldRange, type Place } from './field.ts';
import { type Failed, FieldReader } from './fieldReader.ts';
import { joinRanges, type RegisterImage, type RegisterRange } from './image.ts';
import { ratioOf } from './scale.ts';
import { totalizerRollover } from './totalizer.ts';

export { totalizerModulus, totalizerResolution, volumeResolution } from './totalizer.ts';

/** `rounded`: fields of which the device gave a finer value than the unit has, such as `amount`. */
export type DecodedReading =
  | { readonly kind: 'reading'; readonly reading: DispenserReading; readonly rounded: readonly string[] }
  | Failed;

/** When the reply's last byte was seen. */
export interface Stamp {
  readonly at: Instant;
  readonly mono: MonoMs;
}

/** Reads one fuelling point of one dispenser model. */
export interface DispenserDecoder {
  /** Those that the profile has. */
  readonly groups: readonly ReadingGroup[];
  /** What to read for a group; empty where the profile has none. */
  ranges(group: ReadingGroup): RegisterRange[];
  /** `image` must hold the group's ranges. Never half a reading: one bad field spoils it. */
  decode(group: ReadingGroup, image: RegisterImage, stamp: Stamp): DecodedReading;
}

/** Where the fields of fuelling point `point` (1-based) are. */
export function placeOf(profile: DispenserProfile, point: number, hose = 1): Place {
  const { order, addressBase, points } = profile;
  return { order, addressBase, pointOffset: (point - 1) * points.stride, hoseIndex: hose - 1 };
}

export const hosesOf = (profile: DispenserProfile): number[] =>
  Array.from({ length: profile.hoses }, (_, n) => n + 1);

/** `currencyDecimals` of the station's currency. */
export function dispenserDecoder(
  profile: DispenserProfile,
  point: number,
  currencyDecimals: number,
): DispenserDecoder {
  const all: readonly ReadingGroup[] = ['live', 'totals', 'last-sale', 'price'];
  return {
    groups: all.filter((group) => fieldsOf(profile, group).length > 0),
    ranges: (group) => groupRanges(profile, point, group),
    decode(group, image, stamp) {
      const reader = new FieldReader({
        image,
        volumeUnit: profile.volumeUnit,
        currencyDecimals,
        place: (hose) => placeOf(profile, point, hose),
      });
      const reading = decoders[group](profile, reader, stamp);
      if (reader.failure) return reader.failure;
      const { rounded } = reader;
      return {
        kind: 'reading',
        reading: rounded.includes('amount') ? { ...reading, rounded: true } : reading,
        rounded,
      };
    },
  };
}

const present = (fields: readonly (Field | undefined)[]): Field[] =>
  fields.filter((field) => field !== undefined);

function fieldsOf({ live, totals, lastSale, price }: DispenserProfile, group: ReadingGroup): Field[] {
  switch (group) {
    case 'live':
      return present([live.state.field, live.hose, live.volume, live.amount, live.price]);
    case 'totals':
      return present([totals.volume, totals.amount]);
    case 'last-sale':
      return lastSale
        ? present([
            lastSale.number,
            lastSale.hose,
            lastSale.volume,
            lastSale.amount,
            lastSale.price,
            lastSale.endCode,
          ])
        : [];
    case 'price':
      return price ? [price.price] : [];
  }
}

/** A record must not be torn: live and last sale come in one reply where the device's limits allow. */
function groupRanges(profile: DispenserProfile, point: number, group: ReadingGroup): RegisterRange[] {
  const { maxGap, maxRegisters } = profile.limits;
  const perHose = group === 'totals' || group === 'price';
  const hoses = perHose ? hosesOf(profile) : [1];
  const ranges = hoses.flatMap((hose) =>
    fieldsOf(profile, group).map((field) => fieldRange(field, placeOf(profile, point, hose))),
  );
  // a gap of 0 is no gap: `maxGap: 0` still joins neighbours
  return joinRanges(ranges, perHose ? -1 : maxGap, maxRegisters);
}

/** A value that is missing here has left its mark in the reader, and the reading is not used. */
const spoilt = <U>(value: U | null): U => value as U;

const decoders: Record<
  ReadingGroup,
  (profile: DispenserProfile, reader: FieldReader, stamp: Stamp) => DispenserReading
> = {
  live: ({ live, hoses }, reader, stamp) => ({
    kind: 'live',
    ...stamp,
    state: stateOf(live.state, reader.required('state', reader.integer('state', live.state.field)) ?? 0n),
    hose: hoseNumber(reader, live.hose, hoses),
    volume: reader.volume('volume', live.volume),
    amount: reader.amount('amount', live.amount),
    price: reader.price('price', live.price),
  }),
  totals: (profile, reader, stamp) => ({
    kind: 'totals',
    ...stamp,
    hoses: hosesOf(profile).map((hose) => hoseTotals(profile, reader, hose)),
  }),
  'last-sale': ({ lastSale, saleNumber, hoses }, reader, stamp) => {
    const number = reader.count('number', lastSale?.number);
    // a record whose number is absent is no record, whatever its other registers hold
    if (lastSale?.number) reader.required('number', number);
    if (number !== null && saleNumber && (number < saleNumber.first || number > saleNumber.last)) {
      reader.fail('number', `sale number ${number} is outside ${saleNumber.first}-${saleNumber.last}`);
    }
    return {
      kind: 'last-sale',
      ...stamp,
      number,
      hose: hoseNumber(reader, lastSale?.hose, hoses),
      volume: spoilt(reader.required('volume', reader.volume('volume', lastSale?.volume))),
      amount: reader.amount('amount', lastSale?.amount),
      price: reader.price('price', lastSale?.price),
      endCode: reader.count('endCode', lastSale?.endCode),
    };
  },
  price: (profile, reader, stamp) => ({
    kind: 'price',
    ...stamp,
    hoses: hosesOf(profile).map((hose) => {
      const price = reader.required('price', reader.price('price', profile.price?.price, hose));
      return { hose, price: spoilt(price) };
    }),
  }),
};

function hoseTotals(profile: DispenserProfile, reader: FieldReader, hose: number): HoseTotals {
  const { volume, amount } = profile.totals;
  const raw = reader.raw('volume', volume, hose);
  const rollover = totalizerRollover(profile);
  const count = raw === null ? null : ratioOf(raw, 0);
  if (rollover !== null && count !== null && count.n >= rollover * count.d) {
    reader.fail('volume', `totalizer ${raw} is beyond its rollover ${rollover}`);
  }
  return {
    hose,
    volume: spoilt(reader.required('volume', reader.volume('volume', volume, hose))),
    amount: reader.amount('amount', amount, hose),
  };
}

/** First match wins. */
export function stateOf(rule: DispenserProfile['live']['state'], raw: bigint): DispenserState {
  const match = rule.map.find(({ mask, equals }) => (raw & BigInt(mask)) === BigInt(equals));
  return match?.state ?? rule.otherwise;
}

/** 0: no hose. */
function hoseNumber(reader: FieldReader, field: Field | undefined, hoses: number): number | null {
  const hose = reader.count('hose', field);
  if (hose !== null && hose > hoses) reader.fail('hose', `hose ${hose} of ${hoses}`);
  return hose === 0 ? null : hose;
}
