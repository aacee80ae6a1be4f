/** Readings to registers, as a profile says: what a dispenser of this model would show. Simulators speak through it. */
import type { Field } from '../../model/config/field.ts';
import type { DispenserProfile } from '../../model/config/profile.ts';
import { ForecourtError } from '../../model/errors.ts';
import {
  type DispenserState,
  dispenserStates,
  type HoseTotals,
  type LastSaleReading,
  type LiveReading,
  type PriceReading,
} from '../../model/readings.ts';
import { encodeField, type FieldValue } from './field.ts';
import { type RegisterMap, registerKey } from './image.ts';
import { placeOf, stateOf } from './profileReadings.ts';
import { moneyRatio, priceRatio, type Ratio, roundHalfUp, volumeRatio } from './scale.ts';
import { totalizerRollover } from './totalizer.ts';

type Values<R> = Omit<R, 'kind' | 'at' | 'mono'>;
export type LiveValues = Values<LiveReading>;
export type LastSaleValues = Values<LastSaleReading>;

/**
 * Writes into `into` (keys: `registerKey`) and returns it; bits of other fields in the same register stay. Values are
 * rounded to the field's decimals; totals run over as the totalizer does. Fields without a value are written as absent,
 * or zero. Throws FIELD_UNENCODABLE when a value does not fit.
 */
export interface DispenserEncoder {
  /** States that this model can show. */
  readonly states: readonly DispenserState[];
  encodeLive(values: LiveValues, into?: RegisterMap): RegisterMap;
  encodeTotals(hoses: readonly HoseTotals[], into?: RegisterMap): RegisterMap;
  /** null: no sale since the device was set up. */
  encodeLastSale(values: LastSaleValues | null, into?: RegisterMap): RegisterMap;
  encodePrice(hoses: PriceReading['hoses'], into?: RegisterMap): RegisterMap;
}

/** `point` is 1-based; `currencyDecimals` of the station's currency. */
export function dispenserEncoder(
  profile: DispenserProfile,
  point: number,
  currencyDecimals: number,
): DispenserEncoder {
  const { live, totals, lastSale, price, volumeUnit } = profile;
  const states = new Map(
    dispenserStates.flatMap((state) => {
      const raw = rawState(live.state, state);
      return raw === null ? [] : [[state, raw] as const];
    }),
  );
  const put = (into: RegisterMap, field: Field | undefined, value: FieldValue, hose = 1): void => {
    if (field === undefined) return;
    for (const write of encodeField(field, placeOf(profile, point, hose), value)) {
      const key = registerKey(write.table, write.address);
      into.set(key, ((into.get(key) ?? 0) & ~write.mask) | write.value);
    }
  };
  const number = (field: Field | undefined, ratio: Ratio | null): FieldValue =>
    field === undefined || ratio === null ? null : rawNumber(field, ratio);
  const volumeOf = (field: Field | undefined, value: LiveReading['volume']): FieldValue =>
    number(field, value === null ? null : volumeRatio(value, volumeUnit));
  const amountOf = (field: Field | undefined, value: LiveReading['amount']): FieldValue =>
    number(field, value === null ? null : moneyRatio(value, currencyDecimals));
  const priceOf = (field: Field | undefined, value: LiveReading['price']): FieldValue =>
    number(field, value === null ? null : priceRatio(value, volumeUnit));
  const count = (value: number | null): bigint | null => (value === null ? null : BigInt(value));

  return {
    states: [...states.keys()],
    encodeLive(values, into = new Map()) {
      const state = states.get(values.state);
      if (state === undefined) {
        throw new ForecourtError(
          'FIELD_UNENCODABLE',
          `${profile.profile} does not know the state ${values.state}`,
        );
      }
      put(into, live.state.field, state);
      put(into, live.hose, BigInt(values.hose ?? 0));
      put(into, live.volume, volumeOf(live.volume, values.volume));
      put(into, live.amount, amountOf(live.amount, values.amount));
      put(into, live.price, priceOf(live.price, values.price));
      return into;
    },
    encodeTotals(hoses, into = new Map()) {
      for (const { hose, volume, amount } of hoses) {
        const raw = volumeOf(totals.volume, volume);
        const rollover = totalizerRollover(profile);
        put(into, totals.volume, typeof raw === 'bigint' && rollover !== null ? raw % rollover : raw, hose);
        put(into, totals.amount, amountOf(totals.amount, amount), hose);
      }
      return into;
    },
    encodeLastSale(values, into = new Map()) {
      put(into, lastSale?.number, count(values?.number ?? null));
      put(into, lastSale?.hose, BigInt(values?.hose ?? 0));
      put(into, lastSale?.volume, volumeOf(lastSale?.volume, values?.volume ?? null));
      put(into, lastSale?.amount, amountOf(lastSale?.amount, values?.amount ?? null));
      put(into, lastSale?.price, priceOf(lastSale?.price, values?.price ?? null));
      put(into, lastSale?.endCode, count(values?.endCode ?? null));
      return into;
    },
    encodePrice(hoses, into = new Map()) {
      for (const each of hoses) put(into, price?.price, priceOf(price?.price, each.price), each.hose);
      return into;
    },
  };
}

/** Floats get nine decimals, which is finer than any unit; all else the field's own. */
function rawNumber(field: Field, { n, d }: Ratio): FieldValue {
  const float = field.type === 'f32' || field.type === 'f64';
  const decimals = float ? 9 : field.decimals;
  const raw = roundHalfUp({ n: n * 10n ** BigInt(decimals), d });
  if (!float) return raw;
  const digits = String(raw).padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** A raw value that the map reads as `state`; null: the model cannot show it. */
function rawState(rule: DispenserProfile['live']['state'], state: DispenserState): bigint | null {
  const listed = rule.map.filter((entry) => entry.state === state).map((entry) => BigInt(entry.equals));
  const candidates = rule.otherwise === state ? [...listed, ...unlisted(rule)] : listed;
  return candidates.find((raw) => fits(rule, raw) && stateOf(rule, raw) === state) ?? null;
}

/** Small numbers and single bits, one of which no sensible map lists. */
const unlisted = (rule: DispenserProfile['live']['state']): bigint[] => [
  ...Array.from({ length: rule.map.length + 1 }, (_, n) => BigInt(n)),
  ...Array.from({ length: 16 }, (_, n) => 1n << BigInt(n)),
  0xffffn,
];

function fits(rule: DispenserProfile['live']['state'], raw: bigint): boolean {
  const place = { order: 'ABCD', addressBase: rule.field.address, pointOffset: 0, hoseIndex: 0 } as const;
  try {
    encodeField(rule.field, place, raw);
    return true;
  } catch {
    return false;
  }
}
