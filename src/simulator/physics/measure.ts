/** What a pump can count: its steps of volume and money, and its own multiplication. */
import {
  moneyRatio,
  priceRatio,
  type Ratio,
  roundHalfUp,
  type Scaled,
  toMillilitres,
  toMoney,
  toUnitPrice,
  volumeRatio,
} from '../../core/registers/scale.ts';
import { totalizerModulus } from '../../core/registers/totalizer.ts';
import type { Field } from '../../model/config/field.ts';
import type { DispenserProfile } from '../../model/config/profile.ts';
import { ForecourtError } from '../../model/errors.ts';
import { type Millilitres, type Money, millilitres, type UnitPrice } from '../../model/units.ts';

/**
 * The numbers that every register of a profile can show. A pump whose totalizer counts centilitres sells centilitres:
 * the coarsest register decides, so that display, record and totalizers agree to the last digit.
 */
export interface Measure {
  /** The nearest values that can be shown. */
  volume(ml: number): Millilitres;
  price(thousandths: number): UnitPrice;
  amount(minor: number): Money;
  /** Volume times price, rounded half up once. */
  cost(volume: Millilitres, price: UnitPrice): Money;
  /** About what this amount buys. */
  volumeFor(amount: number, price: UnitPrice): Millilitres;
  /** The largest volume of a sale at this price that fits the registers. */
  largest(price: UnitPrice): Millilitres;
}

type Fields = readonly (Field | undefined)[];

/** No sale is larger than so many volume units or currency units, whatever the registers would hold. */
const longestSale = 100_000;

/** Single precision holds seven digits, of which a totalizer needs five before the point. */
const decimalsOf = ({ type, decimals }: Field): number =>
  type === 'f32' ? 2 : type === 'f64' ? 3 : decimals;

const fewest = (most: number, fields: Fields): number =>
  fields.reduce((least, field) => (field === undefined ? least : Math.min(least, decimalsOf(field))), most);

export function measureOf(profile: DispenserProfile, currencyDecimals: number): Measure {
  const { live, totals, lastSale, price: priceGroup, volumeUnit } = profile;
  const volumeDecimals = fewest(3, [live.volume, totals.volume, lastSale?.volume]);
  const amountDecimals = fewest(currencyDecimals, [live.amount, totals.amount, lastSale?.amount]);
  const priceDecimals = fewest(3, [live.price, lastSale?.price, priceGroup?.price]);

  const volume = (ml: number) =>
    exact(
      toMillilitres(
        counts(volumeRatio(millilitres(ml), volumeUnit), volumeDecimals),
        volumeDecimals,
        volumeUnit,
      ),
    );
  const inMoney = (ratio: Ratio) =>
    exact(toMoney(counts(ratio, amountDecimals), amountDecimals, currencyDecimals));
  const volumeFor = (amount: number, price: UnitPrice) =>
    volume(Math.floor((amount * 1_000_000) / (10 ** currencyDecimals * price)));
  return {
    volume,
    amount: (minor) => inMoney(moneyRatio(minor as Money, currencyDecimals)),
    price: (thousandths) =>
      exact(
        toUnitPrice(
          counts(priceRatio(thousandths as UnitPrice, volumeUnit), priceDecimals),
          priceDecimals,
          volumeUnit,
        ),
      ),
    cost: (sold, price) => inMoney({ n: BigInt(sold) * BigInt(price), d: 1_000_000n }),
    volumeFor,
    largest(price) {
      const litres = least([live.volume, lastSale?.volume]) * (volumeUnit === 'litre' ? 1 : 3.7);
      const amount = least([live.amount, lastSale?.amount]) * 10 ** currencyDecimals;
      return millilitres(Math.min(volume(Math.floor(litres * 1_000)), volumeFor(Math.floor(amount), price)));
    },
  };
}

const counts = ({ n, d }: Ratio, decimals: number): bigint =>
  roundHalfUp({ n: n * 10n ** BigInt(decimals), d });

function exact<U>(scaled: Scaled<U>): U {
  if (scaled.ok) return scaled.value;
  throw new ForecourtError('INTERNAL', `the pump cannot count this: ${scaled.reason}`);
}

/** A little less than the fields can show, in their units. */
const least = (fields: Fields): number =>
  fields.reduce(
    (most, field) =>
      field === undefined ? most : Math.min(most, 0.99 * (countsOf(field) / 10 ** field.decimals)),
    longestSale,
  );

/** How many different counts a field can show; Infinity for those that never overflow in practice. */
function countsOf(field: Field): number {
  if (field.mask !== undefined) return Math.floor(field.mask / 2 ** field.shift) + 1;
  switch (field.type) {
    case 'u16':
      return 2 ** 16;
    case 'i16':
      return 2 ** 15;
    case 'u32':
      return 2 ** 32;
    case 'i32':
      return 2 ** 31;
    case 'bcd':
      return 10 ** (4 * (field.registers ?? 1));
    case 'ascii':
      return 10 ** (2 * (field.registers ?? 1));
    default:
      return Number.POSITIVE_INFINITY;
  }
}

/** Where the totalizers start again from zero: volume in millilitres, amount in minor units; Infinity: never. */
export function modulusOf(
  profile: DispenserProfile,
  currencyDecimals: number,
): { volume: number; amount: number } {
  const { amount } = profile.totals;
  const minor =
    amount === undefined
      ? Number.POSITIVE_INFINITY
      : countsOf(amount) * 10 ** (currencyDecimals - amount.decimals);
  return {
    volume: totalizerModulus(profile) ?? Number.POSITIVE_INFINITY,
    amount: Number.isSafeInteger(minor) ? minor : Number.POSITIVE_INFINITY,
  };
}
