/** Brings truth, database and feed together. Any difference is told in words; none is mended. */
import { isDeepStrictEqual } from 'node:util';
import type { DispensedSale } from '../../src/simulator/options.ts';
import { type Aligned, alignNozzle } from './align.ts';
import type { BookedSale, Books } from './books.ts';
import { type Evidence, judge, type Outcome, outcomes } from './expected.ts';
import type { FeedEvent } from './feed.ts';

export interface Sums {
  readonly sales: number;
  readonly volume: number;
  readonly amount: number;
  readonly members: number;
  readonly points: number;
}

export interface NozzleResult {
  readonly nozzle: string;
  readonly fuellingPoint: string;
  readonly truth: Sums;
  readonly database: Sums;
  readonly feed: Sums;
  readonly differences: readonly string[];
}

export interface Comparison {
  readonly nozzles: readonly NozzleResult[];
  /** Differences that belong to no nozzle. */
  readonly others: readonly string[];
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly recovered: number;
  readonly ambiguous: number;
  /** Recovered sales whose amount nothing told; they are left out of the amounts on all sides. */
  readonly amountsUntold: number;
  /** Dispensed sales that share their record in the books with another. */
  readonly merged: number;
  /** Neighbours of which one was not seen, told in the other order. */
  readonly exchanged: number;
}

/** A sale as head office knows it. */
interface FedSale {
  readonly key: string;
  readonly nozzle: string;
  readonly volume: number;
  readonly amount: number | null;
  member: string | null;
  points: number | null;
}

export function compare(
  truth: readonly DispensedSale[],
  books: Books,
  events: ReadonlyMap<string, FeedEvent>,
  evidence: Evidence,
): Comparison {
  const counts = Object.fromEntries(outcomes.map((each) => [each, 0])) as Record<Outcome, number>;
  const { sales: fed, differences: fedDifferences } = fedSales(events);
  const others = [...fedDifferences, ...journalDifferences(books, events), ...ledgerDifferences(books)];
  const nozzles = new Map<string, string>();
  const all = [...truth, ...books.sales].sort((a, b) => Number(a.nozzle) - Number(b.nozzle));
  for (const { nozzle, fuellingPoint } of all) nozzles.set(nozzle, fuellingPoint);
  let [amountsUntold, merged, exchanged] = [0, 0, 0];

  const results = [...nozzles].map(([nozzle, fuellingPoint]): NozzleResult => {
    const booked = books.sales.filter((sale) => sale.nozzle === nozzle);
    const own = truth.filter((sale) => sale.nozzle === nozzle);
    const aligned = alignNozzle(own, booked);
    const differences = unpaired(aligned);
    exchanged += aligned.exchanged;
    let [untoldAmount, members, points, extra] = [0, 0, 0, 0];
    for (const pair of aligned.pairs) {
      const judged = judge(pair, evidence);
      counts[judged.outcome] += pair.truth.length;
      differences.push(...judged.differences.map((text) => `${pair.booked.key}: ${text}`));
      members += judged.member === null ? 0 : 1;
      points += judged.points ?? 0;
      extra += pair.truth.length - 1;
      if (pair.truth.length > 1) merged += pair.truth.length;
      if (pair.booked.amount === null) {
        untoldAmount += pair.truth.reduce((sum, sale) => sum + sale.amount, 0);
        amountsUntold += 1;
      }
      differences.push(...fedDifference(pair.booked, fed.get(pair.booked.key)));
    }
    const fedHere = [...fed.values()].filter((sale) => sale.nozzle === nozzle);
    const dispensed = sumsOf(
      own.map(({ volume, amount }) => ({ volume, amount, member: null, points: null })),
    );
    return {
      nozzle,
      fuellingPoint,
      truth: {
        ...dispensed,
        sales: own.length - extra,
        amount: dispensed.amount - untoldAmount,
        members,
        points,
      },
      database: sumsOf(booked),
      feed: sumsOf(fedHere),
      differences,
    };
  });
  for (const { nozzle, truth: a, database: b, feed: c } of results)
    if (!isDeepStrictEqual(a, b) || !isDeepStrictEqual(b, c))
      others.push(`nozzle ${nozzle}: the sums differ`);
  return {
    nozzles: results,
    others,
    outcomes: counts,
    recovered: books.sales.filter(({ quality }) => quality === 'recovered').length,
    ambiguous: books.sales.filter(({ attribution }) => attribution === 'ambiguous').length,
    amountsUntold,
    merged,
    exchanged,
  };
}

const unpaired = ({ lost, invented }: Aligned): string[] => [
  ...lost.map(
    ({ n, volume, startedAt, endedAt }) =>
      `sale ${n} of ${volume} ml (${startedAt} to ${endedAt}) is not in the books`,
  ),
  ...invented.map(({ key, volume, quality }) => `${key} of ${volume} ml (${quality}) was not dispensed so`),
];

type Counted = { volume: number; amount: number | null; member: string | null; points: number | null };
const sumsOf = (list: readonly Counted[]): Sums => ({
  sales: list.length,
  volume: list.reduce((sum, sale) => sum + sale.volume, 0),
  amount: list.reduce((sum, sale) => sum + (sale.amount ?? 0), 0),
  members: list.filter((sale) => sale.member !== null).length,
  points: list.reduce((sum, sale) => sum + (sale.points ?? 0), 0),
});

function fedSales(events: ReadonlyMap<string, FeedEvent>) {
  const sales = new Map<string, FedSale>();
  const differences: string[] = [];
  const inOrder = [...events.values()]
    .filter(({ stream }) => stream === 'business')
    .sort((a, b) => Number(a.sequence) - Number(b.sequence));
  for (const { type, data, id } of inOrder) {
    const key = String(data.sale);
    const sale = sales.get(key);
    if (type === 'sale.completed') {
      if (sale) differences.push(`${id}: ${key} is told twice`);
      const { nozzle, volumeMl, amount } = data as {
        nozzle: string;
        volumeMl: number;
        amount: number | null;
      };
      sales.set(key, { key, nozzle, volume: volumeMl, amount, member: null, points: null });
    } else if (type === 'sale.attributed') {
      if (sale?.member !== null) differences.push(`${id}: ${key} is attributed twice, or before it is told`);
      else sale.member = String(data.member);
    } else if (type === 'credit.posted') {
      if (sale?.points !== null || sale.member !== data.member)
        differences.push(`${id}: ${key} is credited wrongly`);
      else sale.points = Number(data.points);
    }
  }
  return { sales, differences };
}

function fedDifference(booked: BookedSale, fed: FedSale | undefined): string[] {
  if (fed === undefined) return [`${booked.key}: head office was not told`];
  const fields = ['nozzle', 'volume', 'amount', 'member', 'points'] as const;
  return fields
    .filter((field) => booked[field] !== fed[field])
    .map((field) => `${booked.key}: ${field} ${fed[field]} at head office, ${booked[field]} in the books`);
}

/** Each journal row once in the feed with the same data, no gap, and nothing besides. */
function journalDifferences(
  { journal, epoch, setAside }: Books,
  events: ReadonlyMap<string, FeedEvent>,
): string[] {
  const differences: string[] = [];
  if (setAside > 0) differences.push(`${setAside} events were set aside`);
  const bySequence = new Map(
    [...events.values()].map((each) => [`${each.epoch}/${each.stream}/${each.sequence}`, each]),
  );
  if (bySequence.size !== events.size) differences.push('two ids for one sequence number');
  const next = { business: 1, telemetry: 1 };
  for (const { stream, seq, type, data } of journal) {
    if (seq !== next[stream]) differences.push(`journal ${stream}: ${next[stream]} is followed by ${seq}`);
    next[stream] = seq + 1;
    const name = `${epoch}/${stream}/${seq}`;
    const event = bySequence.get(name);
    bySequence.delete(name);
    if (event === undefined) differences.push(`feed: ${name} (${type}) never came`);
    else if (event.type !== type || !isDeepStrictEqual(event.data, data))
      differences.push(`feed: ${name} has other data`);
  }
  for (const name of bySequence.keys()) differences.push(`feed: ${name} is not in the journal`);
  return differences;
}

function ledgerDifferences({ accounts, sales, integrity }: Books): string[] {
  const differences = integrity.filter((line) => line !== 'ok').map((line) => `database: ${line}`);
  const earned = new Map<string, number>();
  for (const { member, points } of sales)
    if (member !== null)
      earned.set(`member:${member}`, (earned.get(`member:${member}`) ?? 0) + (points ?? 0));
  for (const { account, kept, posted } of accounts) {
    if (kept !== posted) differences.push(`${account}: balance ${kept}, postings ${posted}`);
    if (account.startsWith('member:') && posted !== (earned.get(account) ?? 0))
      differences.push(`${account}: ${posted} posted, its sales earned ${earned.get(account) ?? 0}`);
  }
  const sum = accounts.reduce((all, { posted }) => all + posted, 0);
  if (sum !== 0) differences.push(`the ledger sums to ${sum}`);
  return differences;
}
