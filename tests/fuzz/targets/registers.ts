/** Hostile register contents through every shipped profile into readings, and a series of them into the fuelling machine. */
import {
  initialFuelling,
  type PointSpec,
  parseFuelling,
  step,
  underWay,
  view,
} from '../../../src/core/fuelling/machine.ts';
import { imageOf, type RegisterMap, registerKey } from '../../../src/core/registers/image.ts';
import {
  dispenserDecoder,
  totalizerModulus,
  totalizerResolution,
} from '../../../src/core/registers/profileReadings.ts';
import { decodeTag, tagRange } from '../../../src/core/registers/tag.ts';
import type { DispenserProfile } from '../../../src/model/config/profile.ts';
import type { ReaderProfile } from '../../../src/model/config/readerProfile.ts';
import { type DispenserReading, dispenserStates, type ReadingGroup } from '../../../src/model/readings.ts';
import { instant, monoMs } from '../../../src/model/units.ts';
import { shippedDispensers, shippedProfiles } from '../../support/profiles.ts';
import { type Rng, rngOf } from '../random.ts';
import { holds, isCount, type Target, type Verdict } from '../target.ts';
import { checkSale } from './saleOracle.ts';

const groups: readonly ReadingGroup[] = ['live', 'totals', 'last-sale', 'price'];

export function specOf(profile: DispenserProfile): PointSpec {
  return {
    fuellingPoint: 'fp1',
    hoses: Array.from({ length: profile.hoses }, (_, n) => ({
      hose: n + 1,
      nozzle: `n${n + 1}`,
      grade: '92',
      tank: null,
    })),
    lastSale: profile.lastSale !== undefined,
    saleNumber: profile.saleNumber ?? null,
    totalizerModulus: totalizerModulus(profile),
    totalizerResolution: totalizerResolution(profile),
    settleMs: profile.timing.settleMs,
    currencyDecimals: 2,
  };
}

const nasty = [0, 1, 2, 3, 0x7f, 0x80, 0xff, 0x1234, 0x7f80, 0x7fff, 0x8000, 0x9999, 0xff80, 0xfffe, 0xffff];

/** Registers drift from one reading to the next as those of a device do, and now and then jump. */
function drift(rng: Rng, map: RegisterMap, keys: readonly string[]): void {
  const wild = rng.chance(0.15);
  for (const key of keys) {
    const before = map.get(key) ?? 0;
    const roll = rng.next();
    if (wild || roll < 0.08) map.set(key, rng.chance(0.5) ? rng.pick(nasty) : rng.below(65_536));
    else if (roll < 0.35) map.set(key, (before + rng.below(40)) & 0xffff);
  }
}

/** Every value of a reading must be one of its unit. */
export function checkReading(reading: DispenserReading, profile: Pick<DispenserProfile, 'hoses'>): void {
  const orNone = (value: number | null): boolean => value === null || isCount(value);
  const hose = (value: number | null): boolean =>
    value === null || (isCount(value) && value >= 1 && value <= profile.hoses);
  const fits =
    reading.kind === 'live'
      ? dispenserStates.includes(reading.state) &&
        hose(reading.hose) &&
        [reading.volume, reading.amount, reading.price].every(orNone)
      : reading.kind === 'totals'
        ? reading.hoses.length === profile.hoses &&
          reading.hoses.every((each) => hose(each.hose) && isCount(each.volume) && orNone(each.amount))
        : reading.kind === 'last-sale'
          ? isCount(reading.volume) &&
            hose(reading.hose) &&
            [reading.number, reading.amount, reading.price, reading.endCode].every(orNone)
          : reading.kind === 'price' && reading.hoses.every((each) => hose(each.hose) && isCount(each.price));
  holds(fits, 'a reading holds whole numbers of its units', { reading });
}

/** An input is the number of the profile, how many readings, and the seed of their registers. */
export const registersTarget: Target = {
  name: 'registers',
  share: 8,
  make: (rng) =>
    Buffer.concat([Buffer.from([rng.below(shippedDispensers.length), rng.between(4, 14)]), rng.bytes(4)]),
  run(input): Verdict {
    const profile = shippedDispensers[(input[0] ?? 0) % shippedDispensers.length];
    if (!profile) return 'refused';
    const rng = rngOf(input.readUInt32LE(2));
    const decoder = dispenserDecoder(profile, rng.between(1, profile.points.count), 2);
    const ranges = groups.flatMap((group) => decoder.ranges(group));
    const keys = ranges.flatMap(({ table, address, count }) =>
      Array.from({ length: count }, (_, n) => registerKey(table, address + n)),
    );
    const map: RegisterMap = new Map(keys.map((key) => [key, 0]));
    const spec = specOf(profile);
    let state = initialFuelling();
    let mono = 1_000;
    const sold = new Set<string>();
    let readings = 0;
    for (let n = input[1] ?? 0; n > 0; n--) {
      drift(rng, map, keys);
      mono += rng.pick([50, 250, 1_000, 60_000, 4_000_000]);
      const stamp = { at: instant(1_700_000_000_000 + mono), mono: monoMs(mono) };
      const group = rng.pick(decoder.groups);
      const decoded = decoder.decode(group, imageOf(map), stamp);
      const reading: DispenserReading =
        decoded.kind === 'reading' ? decoded.reading : { kind: 'lost', ...stamp, reason: decoded.kind };
      if (decoded.kind === 'reading') {
        checkReading(decoded.reading, profile);
        readings++;
      }
      const { facts, state: next } = step(spec, state, reading);
      for (const fact of facts) {
        if (fact.kind !== 'sale') continue;
        checkSale(fact.sale, spec);
        holds(!sold.has(fact.sale.key), 'no two sales have one key', { key: fact.sale.key });
        sold.add(fact.sale.key);
      }
      view(spec, next);
      underWay(spec, next);
      state = next;
    }
    // What is kept of it can be read back.
    parseFuelling(JSON.parse(JSON.stringify(state)));
    return readings > 0 ? 'accepted' : 'refused';
  },
};

const readers = shippedProfiles.filter((profile): profile is ReaderProfile => profile.kind === 'reader');

/** An input is the number of the profile and the registers of its tag. */
export const tagTarget: Target = {
  name: 'tag-registers',
  share: 4,
  make: (rng) =>
    Buffer.concat([
      rng.bytes(1),
      Buffer.from(
        Array.from({ length: 32 }, () =>
          rng.chance(0.5) ? rng.pick([0, 0x30, 0x41, 0x46]) : rng.below(256),
        ),
      ),
    ]),
  run(input): Verdict {
    const profile = readers[(input[0] ?? 0) % readers.length];
    if (!profile) return 'refused';
    const { table, address, count } = tagRange(profile);
    const map: RegisterMap = new Map(
      Array.from({ length: count }, (_, n) => [
        registerKey(table, address + n),
        ((input[1 + 2 * n] ?? 0) << 8) | (input[2 + 2 * n] ?? 0),
      ]),
    );
    const tag = decodeTag(profile, imageOf(map));
    if (!tag.ok || tag.text === null) return 'refused';
    const length = { em40: 10, em32: 8, wiegand26: 6, uid: null, number: null }[profile.format];
    const fits = profile.format === 'number' ? /^[!-~]+$/.test(tag.text) : /^([0-9A-F]{2})+$/.test(tag.text);
    holds(fits && (length === null || tag.text.length === length), 'a tag is a number of its format', {
      tag,
    });
    return 'accepted';
  },
};
