/** What is read back from the database: the machine's memory, mutated; it was changed by something else or is damaged. */
import { initialFuelling, parseFuelling, step, underWay, view } from '../../../src/core/fuelling/machine.ts';
import { imageOf, type RegisterMap, registerKey } from '../../../src/core/registers/image.ts';
import { dispenserDecoder } from '../../../src/core/registers/profileReadings.ts';
import { instant, monoMs } from '../../../src/model/units.ts';
import { dispenserProfile } from '../../support/profiles.ts';
import { mutated } from '../mutateTree.ts';
import { type Rng, rngOf } from '../random.ts';
import { coded, holds, type Target, type Verdict } from '../target.ts';
import { specOf } from './registers.ts';

const profile = dispenserProfile('generic-be32');
const spec = specOf(profile);
const decoder = dispenserDecoder(profile, 1, 2);
const keys = decoder.groups
  .flatMap((group) => decoder.ranges(group))
  .flatMap(({ table, address, count }) =>
    Array.from({ length: count }, (_, n) => registerKey(table, address + n)),
  );

/** Readings of a device whose low registers drift, from `mono` on. */
function drive(rng: Rng, from: ReturnType<typeof initialFuelling>, readings: number) {
  const map: RegisterMap = new Map(keys.map((key) => [key, 0]));
  let state = from;
  for (let n = 1; n <= readings; n++) {
    for (const key of keys) if (rng.chance(0.4)) map.set(key, ((map.get(key) ?? 0) + rng.below(12)) & 0xffff);
    const mono = monoMs(n * 700);
    const decoded = decoder.decode(rng.pick(decoder.groups), imageOf(map), {
      at: instant(1_700_000_000_000 + mono),
      mono,
    });
    if (decoded.kind === 'reading') state = step(spec, state, decoded.reading).state;
  }
  return state;
}

const states = Array.from(
  { length: 60 },
  (_, n) => JSON.parse(JSON.stringify(drive(rngOf(n), initialFuelling(), 6 + n))) as unknown,
);

export const storedTarget: Target = {
  name: 'stored-state',
  share: 6,
  make: (rng) => Buffer.from(JSON.stringify(mutated(rng, rng.pick(states))) ?? 'null'),
  run(input): Verdict {
    const json = JSON.parse(input.toString()) as unknown;
    const state = coded(() => parseFuelling(json));
    if (state === null) return 'refused';
    const again = parseFuelling(JSON.parse(JSON.stringify(state)));
    holds(JSON.stringify(again) === JSON.stringify(state), 'the same when it is read again', {});
    // Whatever was believed can be shown, worked with and written as times of the feed.
    for (const { liftedAt, startedAt } of underWay(spec, state))
      for (const at of [liftedAt, startedAt]) if (at !== null) new Date(at).toISOString();
    const { since } = view(spec, state);
    if (since !== null) new Date(since).toISOString();
    coded(() => drive(rngOf(1), state, 8));
    return 'accepted';
  },
};
