/** What the books must say of a dispensed sale, derived from what was dispensed, who scanned, and when the daemon lived. */
import type { DispensedSale } from '../../src/simulator/options.ts';
import type { Pair } from './align.ts';
import type { JournalEntry } from './books.ts';
import type { Life } from './daemon.ts';

export interface Evidence {
  readonly lives: readonly Life[];
  readonly journal: readonly JournalEntry[];
  /** Fuelling points whose dispenser numbers its sales. */
  readonly numbered: ReadonlySet<string>;
}

/** How a sale came to its member, or to none. */
export const outcomes = [
  'attributed',
  'no card shown',
  'card shown while the daemon was dead',
  'a kill between scan and sale',
  'hidden by a fault of the line or the dispenser',
  'several unseen sales told as one',
] as const;
export type Outcome = (typeof outcomes)[number];

export interface Judged {
  readonly outcome: Outcome;
  readonly member: string | null;
  readonly points: number | null;
  readonly differences: readonly string[];
}

/** The program's rule once more: one point a litre, rounded down. */
const pointsOf = (ml: number): number => Math.floor(ml / 1_000);

/** A scan is in the journal within this of the moment at the reader, milliseconds; two processes read the clock. */
const scanWithinMs = 3_000;
/** Where no record was read with the sales, the number of a later one tells how many they were. */
const numberedWithinMs = 60_000;
const clocksDifferMs = 250;
/** A daemon that has run so long has its readers and dispensers. */
const settledMs = 1_000;

export function judge(pair: Pair, evidence: Evidence): Judged {
  const { booked, truth } = pair;
  const differences = [...amountDifferences(pair), ...mergeDifferences(pair, evidence)];
  const [only, ...more] = truth;
  const right = only && more.length === 0 ? memberOf(only) : null;
  const scanned = right !== null && only !== undefined && isScanCommitted(only, evidence.journal);
  if (booked.member !== null && booked.member !== right)
    differences.push(`credited to ${booked.member}, it was ${right ?? 'nobody'}`);
  else if (booked.member !== null && !scanned)
    differences.push(`credited to ${booked.member} without a scan in the journal`);

  let outcome: Outcome = 'attributed';
  if (booked.member === null) {
    if (more.length > 0) outcome = 'several unseen sales told as one';
    else if (right === null) outcome = 'no card shown';
    else if (!scanned) outcome = 'card shown while the daemon was dead';
    else if (!only || !isWhollyWatched(only, booked.recordedAt, evidence.lives)) {
      outcome = 'a kill between scan and sale';
    } else {
      outcome = 'hidden by a fault of the line or the dispenser';
      if (!isHidden(pair, evidence)) {
        const { attribution, reason, quality } = booked;
        differences.push(`watched from scan to sale, yet ${attribution} (${quality}): ${reason}`);
      }
    }
  }
  const points = booked.member === null ? null : pointsOf(booked.volume);
  if (booked.points !== points) differences.push(`${booked.points} points, not ${points}`);
  return { outcome, member: booked.member === null ? null : right, points, differences };
}

const memberOf = ({ card }: DispensedSale): string | null =>
  card === null || card.when === 'never' ? null : card.member;

function amountDifferences({ booked, truth }: Pair): string[] {
  const amount = truth.reduce((sum, sale) => sum + sale.amount, 0);
  if (booked.amount === amount || (booked.amount === null && booked.quality === 'recovered')) return [];
  return [`amount ${booked.amount}, not ${amount}`];
}

/** Several sales as one: only where nobody saw them, and where the dispenser numbers its sales only with an alarm. */
function mergeDifferences({ booked, truth }: Pair, evidence: Evidence): string[] {
  const [first] = truth;
  const last = truth.at(-1);
  if (!first || !last || first === last) return [];
  const blind = isBlind(booked.fuellingPoint, first.startedAt, last.endedAt, evidence);
  const told = evidence.journal.some(
    ({ type, data, at }) =>
      type === 'fuelling-point.alarm-raised' &&
      data.alarm === 'sales-untold' &&
      data.fuellingPoint === booked.fuellingPoint &&
      at > booked.recordedAt - scanWithinMs &&
      at < booked.recordedAt + numberedWithinMs,
  );
  return [
    ...(blind ? [] : [`${truth.length} sales told as one, though the daemon saw the dispenser`]),
    ...(evidence.numbered.has(booked.fuellingPoint) && !told
      ? [`${truth.length} numbered sales told as one without an alarm`]
      : []),
  ];
}

/** The daemon was dead, or the dispenser silent, at some time between the two. */
function isBlind(point: string, from: number, to: number, { lives, journal }: Evidence): boolean {
  const alive = lives.some(({ readyAt, diedAt }) => readyAt !== null && readyAt <= from && diedAt >= to);
  return !alive || wasLost(point, from, to, journal);
}

/** The point was told as lost, or its device as offline, at some time between the two. */
function wasLost(point: string, from: number, to: number, journal: readonly JournalEntry[]): boolean {
  const device = point.replace(/-\d+$/, '');
  return journal.some(
    ({ type, data, at }) =>
      at >= from - settledMs &&
      at <= to + settledMs &&
      ((type === 'device.health-changed' && data.device === device && data.online === false) ||
        (type === 'fuelling-point.state-changed' && data.fuellingPoint === point && data.state === 'lost')),
  );
}

function isScanCommitted({ card }: DispensedSale, journal: readonly JournalEntry[]): boolean {
  if (card === null || card.scannedAt === null) return false;
  const { scannedAt, member, reader } = card;
  return journal.some(
    ({ type, data, at }) =>
      type === 'card.scanned' &&
      data.member === member &&
      data.reader === reader &&
      at > scannedAt - clocksDifferMs &&
      at - scannedAt < scanWithinMs,
  );
}

/** One life of the daemon from well before the scan to the recording of the sale. */
function isWhollyWatched({ card }: DispensedSale, recordedAt: number, lives: readonly Life[]): boolean {
  const from = card?.scannedAt;
  return (
    from != null &&
    lives.some(
      ({ readyAt, diedAt }) => readyAt !== null && readyAt + settledMs <= from && recordedAt <= diedAt,
    )
  );
}

/** The dispenser lost its power, or its line fell silent, so that the daemon did not see the fuelling as it was. */
function isHidden({ booked, truth }: Pair, { journal }: Evidence): boolean {
  const [only] = truth;
  if (only === undefined) return false;
  const from = only.card?.scannedAt ?? only.startedAt;
  return only.endedBy === 'reboot' || wasLost(booked.fuellingPoint, from, only.endedAt, journal);
}
