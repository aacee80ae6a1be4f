/** Watches over all points for dispensers on each other's wires: such points are out of sight until they read their own totals. */
import { fitOf, type PointTotals, swapOf } from '../core/fuelling/swapped.ts';
import type { DispenserReading, TotalsReading } from '../model/readings.ts';
import type { AlarmFact } from './recordFuelling.ts';

export interface Swaps {
  /**
   * The reading to go on with: itself, or, where another dispenser answers, that the point's own is lost.
   */
  take(id: string, reading: DispenserReading): DispenserReading;
}

interface Watched extends PointTotals {
  readonly id: string;
}

/** `told`: an alarm for each of the points, when it is found and when it becomes sure. */
export function createSwaps(
  points: ReadonlyMap<string, Omit<PointTotals, 'totals'>>,
  told: (id: string, alarm: AlarmFact) => void,
): Swaps {
  const read = new Map<string, TotalsReading>();
  /** Those that have read their own totals since they were last out of sight: nobody changes wires meanwhile. */
  const vouched = new Set<string>();
  const held = new Map<string, { readonly other: string; readonly sure: boolean }>();

  const watchedOf = (id: string): Watched[] => {
    const point = points.get(id);
    return point ? [{ id, spec: point.spec, state: point.state, totals: read.get(id) ?? null }] : [];
  };

  const hold = (id: string, other: string, totals: TotalsReading, sure: boolean): void => {
    const before = held.get(id);
    held.set(id, { other, sure });
    if (before?.other !== other || before.sure !== sure) told(id, alarmOf(id, other, totals, sure));
  };

  const look = (id: string, totals: TotalsReading): void => {
    const [one] = watchedOf(id);
    if (!one) return;
    const fit = fitOf(one, totals);
    const others = [...points.keys()]
      .filter((other) => other !== id && !vouched.has(other))
      .flatMap(watchedOf);
    const swap = swapOf({ ...one, totals }, others);
    const before = held.get(id);
    if (swap?.kind === 'swapped') {
      const { id: other, totals: its } = swap.other;
      hold(id, other, totals, true);
      hold(other, id, its ?? totals, true);
    } else if (swap) hold(id, swap.other.id, totals, false);
    else if (before) {
      held.delete(id);
      if (held.get(before.other)?.other === id) held.delete(before.other);
    }
    if (fit === 'same') vouched.add(id);
  };

  return {
    take(id, reading) {
      if (reading.kind === 'lost') {
        read.delete(id);
        vouched.delete(id);
      } else if (reading.kind === 'totals' && !vouched.has(id)) {
        read.set(id, reading);
        look(id, reading);
      }
      const swap = held.get(id);
      if (!swap || reading.kind === 'lost') return reading;
      const { at, mono } = reading;
      return { kind: 'lost', at, mono, reason: `the dispenser of ${swap.other} answers in its place` };
    },
  };
}

function alarmOf(id: string, other: string, { at, hoses }: TotalsReading, sure: boolean): AlarmFact {
  const read = hoses.map(({ hose, volume }) => `hose ${hose} ${volume} ml`).join(', ');
  const text = sure
    ? `${id} and ${other} read each other's totalizers (${read}): nothing is sold on either until the wires, or the file, are put right`
    : `${id} reads what ${other} read last (${read}), and ${other} was not read since: nothing is sold on it until that is`;
  return { kind: 'alarm', nozzle: null, alarm: 'dispensers-swapped', text, at };
}
