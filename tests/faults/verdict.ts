/** What became of a store: every acknowledged sale once, with its credit, and every litre sold in the books once. */
import type { LoadedStation } from '../../src/station/configuration/load.ts';
import type { Store } from '../../src/store/store.ts';
import { openBooks, scriptClock, scriptDispenser } from './books.ts';
import { type Acknowledged, atRest, turn } from './script.ts';

export interface Verdict {
  readonly lost: number;
  readonly doubled: number;
  readonly problems: readonly string[];
}

export interface Truth {
  readonly acknowledged: readonly Acknowledged[];
  /** What the dispenser has sold in all, and in how many sales. */
  readonly soldMl: number;
  readonly number: number;
}

const enough = 100_000;

/** Opens the store as the next start does, looks at it, then lets the station look at the dispenser. */
export async function judge(station: LoadedStation, directory: string, truth: Truth): Promise<Verdict> {
  const clock = scriptClock();
  clock.advance(24 * 3600 * 1000);
  let books: ReturnType<typeof openBooks>;
  try {
    books = openBooks(station, directory, clock);
  } catch (error) {
    return { lost: truth.acknowledged.length, doubled: 0, problems: [`the store does not open: ${error}`] };
  }
  try {
    const { store, points } = books;
    const told = new Map(truth.acknowledged.map((sale) => [sale.key, sale]));
    const problems = [
      ...(store.bornAfterCorruption ? ['the database was damaged'] : []),
      ...store.check().problems,
      ...halfSales(store),
    ];
    const missing = [...told.values()].filter((sale) => !isThere(store, sale));
    problems.push(...missing.map(({ key }) => `acknowledged, but not in the books as it was: ${key}`));

    const dispenser = scriptDispenser(clock, truth.soldMl, truth.number);
    for (const reading of atRest(dispenser)) points.reading('FP1', reading);
    const booked = store.sales.totals().volume;
    // Before the first commit there is no baseline, and what was sold then is nobody's.
    const sound = booked === truth.soldMl || (told.size === 0 && booked === 0);
    if (!sound) problems.push(`${truth.soldMl} ml were sold, ${booked} are in the books`);
    if (store.ledger.sum() !== 0) problems.push(`the ledger sums to ${store.ledger.sum()}`);
    return { lost: missing.length, doubled: booked > truth.soldMl ? 1 : 0, problems };
  } finally {
    await turn();
    books.close();
  }
}

/** An owner given later is no difference: a scan may have been stored after its sale. */
function isThere(store: Store, told: Acknowledged): boolean {
  const sale = store.sales.get(told.key);
  if (sale === null || sale.volume !== told.volumeMl) return false;
  if (told.member === null) return true;
  const credit = store.credits.get(told.key as typeof sale.key);
  return (
    sale.attribution.kind === 'attributed' &&
    sale.attribution.member === told.member &&
    credit?.earned === told.points
  );
}

/** A sale stands in the books with its event, its credit and its postings, or not at all. */
function halfSales(store: Store): string[] {
  const problems: string[] = [];
  const sales = store.sales.recent({ limit: enough });
  const events = store.feed.read('business', 0, enough);
  const count = (type: string): number => events.filter((event) => event.type === type).length;
  const attributed = sales.filter(({ attribution }) => attribution.kind === 'attributed');
  if (count('sale.completed') !== sales.length)
    problems.push(`${sales.length} sales, ${count('sale.completed')} events of sales`);
  if (count('credit.posted') !== attributed.length)
    problems.push(`${attributed.length} attributed sales, ${count('credit.posted')} events of credits`);
  const balances = new Map<string, number>();
  for (const { key, attribution } of attributed) {
    if (attribution.kind !== 'attributed') continue;
    const credit = store.credits.get(key);
    if (credit === null) problems.push(`${key} is attributed and has no credit`);
    else balances.set(attribution.member, (balances.get(attribution.member) ?? 0) + credit.earned);
  }
  for (const [member, points] of balances) {
    const balance = store.ledger.balance(`member:${member}`);
    if (balance !== points) problems.push(`${member} has ${balance} points and credits of ${points}`);
  }
  return problems;
}
