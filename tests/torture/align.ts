/**
 * Which dispensed sale each booked one is, nozzle by nozzle. Both are cut where their sums of volume meet, to the last
 * millilitre; between two cuts there is mostly one sale of each. Where there are more nobody saw some of them, and the books
 * may tell several as one, or one after those that followed it.
 */
import type { DispensedSale } from '../../src/simulator/options.ts';
import type { BookedSale } from './books.ts';

/** `truth` has more than one sale where the books tell several unseen ones as one. */
export interface Pair {
  readonly booked: BookedSale;
  readonly truth: readonly DispensedSale[];
}

export interface Aligned {
  readonly pairs: readonly Pair[];
  /** Dispensed and not in the books, or in the books and not dispensed. */
  readonly lost: readonly DispensedSale[];
  readonly invented: readonly BookedSale[];
  /** Sales that nobody saw and that are told after one that followed them: so many times. */
  readonly exchanged: number;
}

/** More sales than these between two cuts are no blindness, but something that is missing. */
const mostBetween = 16;

/** The sales of one nozzle, both in order. */
export function alignNozzle(truth: readonly DispensedSale[], booked: readonly BookedSale[]): Aligned {
  const pairs: Pair[] = [];
  const lost: DispensedSale[] = [];
  const invented: BookedSale[] = [];
  let exchanged = 0;
  for (let [t, b] = [0, 0]; t < truth.length || b < booked.length; ) {
    const [own, told] = untilSumsMeet(truth.slice(t), booked.slice(b));
    [t, b] = [t + own.length, b + told.length];
    const found = own.length <= mostBetween ? assign(told, own) : null;
    const ordered = found !== null && isInOrder(found);
    if (found !== null && (ordered || told.some(({ quality }) => quality === 'recovered'))) {
      pairs.push(...found);
      exchanged += ordered ? 0 : 1;
      continue;
    }
    const rest = [...own];
    for (const sale of told) {
      const same = rest.findIndex(({ volume }) => volume === sale.volume);
      if (same < 0 || found !== null) invented.push(sale);
      else pairs.push({ booked: sale, truth: rest.splice(same, 1) });
    }
    lost.push(...rest);
  }
  return { pairs, lost, invented, exchanged };
}

/** The fewest first sales of both that have the same sum; all, where there are none. */
function untilSumsMeet(
  truth: readonly DispensedSale[],
  booked: readonly BookedSale[],
): [readonly DispensedSale[], readonly BookedSale[]] {
  let [t, b, ahead] = [0, 0, 0];
  do {
    const next = ahead <= 0 ? truth[t] : booked[b];
    if (next === undefined) return [truth, booked];
    if (ahead <= 0) t += 1;
    else b += 1;
    ahead += ahead <= 0 ? next.volume : -next.volume;
  } while (ahead !== 0);
  return [truth.slice(0, t), booked.slice(0, b)];
}

/** Gives each booked sale those dispensed ones that it is the sum of, the earliest first; a seen one is one. null: it does not come out. */
function assign(booked: readonly BookedSale[], truth: readonly DispensedSale[]): Pair[] | null {
  const [sale, ...others] = booked;
  if (sale === undefined) return truth.length === 0 ? [] : null;
  for (const chosen of summing(truth, sale.volume, sale.quality === 'seen' ? 1 : truth.length)) {
    const rest = assign(
      others,
      truth.filter((each) => !chosen.includes(each)),
    );
    if (rest !== null) return [{ booked: sale, truth: chosen }, ...rest];
  }
  return null;
}

function* summing(truth: readonly DispensedSale[], volume: number, most: number): Generator<DispensedSale[]> {
  for (const [n, sale] of truth.entries()) {
    if (sale.volume === volume) yield [sale];
    else if (sale.volume < volume && most > 1)
      for (const rest of summing(truth.slice(n + 1), volume - sale.volume, most - 1)) yield [sale, ...rest];
  }
}

const isInOrder = (pairs: readonly Pair[]): boolean =>
  pairs
    .flatMap(({ truth }) => truth.map(({ n }) => n))
    .every((n, index, all) => index === 0 || n > (all[index - 1] ?? 0));
