/**
 * What a fuelling point's machine leaves to the next start: its state, and of which dispenser it is. A state that is another
 * dispenser's, or makes no sense, is set aside under a name of its own and told loudly; the point then counts anew, in a
 * generation above all of its sales, so that no key can come twice. Every other point goes on as it was.
 */
import { z } from 'zod';
import {
  type FuellingAlarm,
  type FuellingState,
  initialFuelling,
  nextGeneration,
  parseFuelling,
} from '../core/fuelling/machine.ts';
import { ForecourtError } from '../model/errors.ts';
import { monoMs } from '../model/units.ts';
import { rfc3339 } from './businessDay.ts';
import type { StationContext } from './context.ts';

const dispenserSchema = z.strictObject({
  device: z.string(),
  profile: z.string(),
  point: z.int().min(1),
});
/** The dispenser, and which fuelling point of it, that a point of the file is wired to. */
export type PointDispenser = z.infer<typeof dispenserSchema>;

const savedSchema = z.strictObject({
  of: dispenserSchema,
  /** When, and in which boot of the machine; without a boot nobody knows how long ago that is. */
  at: z.int(),
  mono: z.number(),
  boot: z.string().nullable(),
  state: z.unknown(),
});
type Saved = z.infer<typeof savedSchema>;

/** To be called in the transaction of the facts that `state` comes with. */
export function savePoint(
  { store, clock, clockGuard }: StationContext,
  id: string,
  of: PointDispenser,
  state: FuellingState,
): void {
  store.machines.save(id, {
    of,
    at: clock.now(),
    mono: clock.mono(),
    boot: clockGuard.bootId,
    state,
  } satisfies Saved);
}

export interface LoadedPoint {
  readonly state: FuellingState;
  /** What was found; the stored state is to be set aside with it. null: all is as it was left. */
  readonly alarm: { readonly kind: FuellingAlarm; readonly text: string } | null;
}

/** Reads, and changes nothing. Throws what the store throws. */
export function loadPoint(context: StationContext, id: string, of: PointDispenser): LoadedPoint {
  const { machines } = context.store;
  const sold = (): number => (machines.highestGeneration(id) ?? -1) + 1;
  try {
    const saved = read(context, id);
    if (saved === null) return { state: initialFuelling(sold()), alarm: null };
    if (isSame(saved.of, of)) return { state: saved.state, alarm: null };
    const text = `was ${nameOf(saved.of)}, is ${nameOf(of)} now: counted anew, what lies between is not sold (${booksOf(saved.state)})`;
    return {
      state: initialFuelling(Math.max(nextGeneration(saved.state), sold())),
      alarm: { kind: 'device-changed', text },
    };
  } catch (error) {
    const unreadable =
      error instanceof SyntaxError ||
      (error instanceof ForecourtError && error.code === 'FUELLING_STATE_INVALID');
    if (!unreadable) throw error;
    const text = `${error.message}: set aside, counted anew; what was sold since the last sale in the books is not`;
    return { state: initialFuelling(sold()), alarm: { kind: 'state-unreadable', text } };
  }
}

/** The name under which the present state of a point is kept; no fuelling point can have it. */
export const asideName = ({ clock }: StationContext, id: string): string => `${id}@${rfc3339(clock.now())}`;

/**
 * States of points that are not in the file are kept and not used. One whose dispenser belongs to another point now is set
 * aside: should its point come back, it must not sell again what that other one has sold.
 */
export function tellStrangers(context: StationContext, known: ReadonlyMap<string, PointDispenser>): void {
  const { store, log } = context;
  for (const name of store.machines.names()) {
    if (known.has(name) || name.includes('@')) continue;
    let fields: object = { fuellingPoint: name };
    try {
      const saved = read(context, name);
      if (saved) {
        const taken = [...known.values()].some((of) => isSame(of, saved.of));
        if (taken) store.transaction(() => store.machines.setAside(name, asideName(context, name)));
        fields = { ...fields, dispenser: nameOf(saved.of), setAside: taken, books: booksOf(saved.state) };
      }
    } catch (error) {
      fields = { ...fields, err: error };
    }
    log.warn(fields, 'the books hold the state of a fuelling point that is not in the file: kept, not used');
  }
}

function read(context: StationContext, id: string): (Omit<Saved, 'state'> & { state: FuellingState }) | null {
  const found = context.store.machines.load(id);
  if (found === null) return null;
  const saved = savedSchema.safeParse(found);
  if (!saved.success) {
    throw new ForecourtError(
      'FUELLING_STATE_INVALID',
      'the stored state does not tell of which dispenser it is',
    );
  }
  const { at, mono, boot, state } = saved.data;
  const away = context.clock.now() - at;
  // In the same boot the station's time goes on exactly.
  const known = boot !== null && boot === context.clockGuard.bootId && away >= 0;
  return {
    ...saved.data,
    state: parseFuelling(
      state,
      known ? { was: monoMs(mono), now: monoMs(context.clock.mono() - away) } : null,
    ),
  };
}

const isSame = (a: PointDispenser, b: PointDispenser): boolean =>
  a.device === b.device && a.profile === b.profile && a.point === b.point;
const nameOf = ({ device, profile, point }: PointDispenser): string =>
  `${device} point ${point} (${profile})`;

/** The totalizers and what was not sold yet, for whoever has to book it by hand. */
function booksOf({ accounts, current, ending }: FuellingState): string {
  const totals = accounts.map(({ hose, mark }) => `hose ${hose} at ${mark ?? 'no'} ml`);
  const open = [ending, current].filter((each) => each !== null && !('unseen' in each && each.unseen));
  const pending = open.map((each) => `a fuelling of ${each?.volume ?? 0} ml under way`);
  return [...totals, ...pending].join(', ') || 'nothing counted';
}
