/** A tank's values to registers, as a profile says: what a gauge of this model would show. Simulators speak through it. */
import type { Field } from '../../model/config/field.ts';
import {
  type GaugeFieldName,
  type GaugeProfile,
  type GaugeStatus,
  gaugeFieldNames,
} from '../../model/config/gaugeProfile.ts';
import { encodeField, type FieldValue, type Place } from './field.ts';
import { type RegisterMap, registerKey } from './image.ts';
import type { Ratio } from './scale.ts';
import { type TankValues, tankPlace } from './tankDecoder.ts';
import { fromTankUnit, rawOf } from './tankScale.ts';

export interface ShownTank {
  /** Millilitres, 1/10 mm, 1/100 degC, g/m3; null: the gauge shows that it has no value. */
  readonly values: TankValues;
  readonly delivery: boolean;
  readonly leakTest: boolean;
  /** Codes (`name.bit`) of the alarms and troubles that stand; those that the profile has not are passed over. */
  readonly standing: readonly string[];
}

export interface ShownGauge {
  readonly standing: readonly string[];
  /** Moves while the gauge measures. */
  readonly beat: number;
}

/**
 * Both write into `into` (keys: `registerKey`) and return it. Volumes with water where the profile says so. Throws
 * FIELD_UNENCODABLE when a value does not fit its field.
 */
export interface GaugeEncoder {
  tank(tank: number, shown: ShownTank, into?: RegisterMap): RegisterMap;
  gauge(shown: ShownGauge, into?: RegisterMap): RegisterMap;
}

export function gaugeEncoder(profile: GaugeProfile): GaugeEncoder {
  const put = (into: RegisterMap, place: Place, field: Field, value: FieldValue): void => {
    for (const write of encodeField(field, place, value)) {
      const key = registerKey(write.table, write.address);
      into.set(key, ((into.get(key) ?? 0) & ~write.mask) | write.value);
    }
  };
  const status = (
    into: RegisterMap,
    place: Place,
    words: readonly GaugeStatus[],
    holds: (code: string, shows: 'delivery' | 'leak-test' | undefined) => boolean,
  ): void => {
    for (const { name, field, bits } of words) {
      const raw = bits.reduce((word, { bit, activeLow, shows }) => {
        const set = holds(`${name}.${bit}`, shows) !== activeLow;
        return set ? word | (1n << BigInt(bit)) : word;
      }, 0n);
      put(into, place, field, raw);
    }
  };
  return {
    tank(tank, { values, delivery, leakTest, standing }, into = new Map()) {
      const place = tankPlace(profile, tank);
      for (const name of gaugeFieldNames) {
        const field = profile.tank[name];
        if (!field) continue;
        const value = shownValue(profile, name, values);
        put(into, place, field, value === null ? null : raw(field, fromTankUnit(name, value, profile)));
      }
      const shown = { delivery, 'leak-test': leakTest };
      status(
        into,
        place,
        profile.tank.status,
        (code, shows) => (shows !== undefined && shown[shows]) || standing.includes(code),
      );
      return into;
    },
    gauge({ standing, beat }, into = new Map()) {
      const place = tankPlace(profile, 1);
      const { device } = profile;
      for (const { field, equals } of device.expect) put(into, place, field, BigInt(equals[0] ?? 0));
      status(into, place, device.status, (code) => standing.includes(code));
      if (device.heartbeat) put(into, place, device.heartbeat.field, BigInt(beat));
      return into;
    },
  };
}

function shownValue(profile: GaugeProfile, name: GaugeFieldName, values: TankValues): number | null {
  const value = values[name];
  if (name !== 'volume' || value === null || !profile.volumeIncludesWater) return value;
  return value + (values.waterVolume ?? 0);
}

/** Floats get nine decimals, which is finer than any unit; all else the field's own. */
function raw(field: Field, ratio: Ratio): FieldValue {
  const float = field.type === 'f32' || field.type === 'f64';
  if (!float) return rawOf(ratio, field.decimals);
  const number = rawOf(ratio, 9);
  const digits = String(number < 0n ? -number : number).padStart(10, '0');
  return `${number < 0n ? '-' : ''}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}
