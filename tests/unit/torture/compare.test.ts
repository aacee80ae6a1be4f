/** The judge of the torture run: silent when all three agree, and loud for each way in which they may not. */
import { describe, expect, it } from 'vitest';
import { instant, millilitres, money, unitPrice } from '../../../src/model/units.ts';
import type { DispensedSale } from '../../../src/simulator/options.ts';
import type { BookedSale, Books, JournalEntry } from '../../torture/books.ts';
import { type Comparison, compare } from '../../torture/compare.ts';
import type { Life } from '../../torture/daemon.ts';
import type { FeedEvent } from '../../torture/feed.ts';

const epoch = 'e1';

/** Sales of nozzle 1 at point d1-1, ten seconds apart; who has a member scans two seconds before the start. */
function dispensed(n: number, volume: number, member: string | null = null): DispensedSale {
  const startedAt = n * 10_000;
  const card = {
    member: member ?? 'm-0',
    number: '1',
    format: 'number' as const,
    reader: 'R-d1-1',
    when: member === null ? ('never' as const) : ('before' as const),
    scannedAt: member === null ? null : instant(startedAt - 2_000),
  };
  return {
    n,
    fuellingPoint: 'd1-1',
    nozzle: '1',
    grade: '92',
    volume: millilitres(volume),
    amount: money(volume / 10),
    price: unitPrice(1_000),
    saleNumber: null,
    startedAt: instant(startedAt),
    endedAt: instant(startedAt + 3_000),
    totalizerStart: millilitres(0),
    totalizerEnd: millilitres(volume),
    endedBy: 'hang-up',
    card,
  };
}

function booked(sale: DispensedSale, change: Partial<BookedSale> = {}): BookedSale {
  const { volume, amount, nozzle, fuellingPoint, card } = sale;
  const member = card?.when === 'before' ? card.member : null;
  return {
    key: `${fuellingPoint}:${nozzle}:${sale.n}`,
    fuellingPoint,
    nozzle,
    volume,
    amount,
    saleNumber: null,
    quality: 'seen',
    flags: [],
    attribution: member === null ? 'unclaimed' : 'attributed',
    reason: 'no-scan',
    member,
    liftedAt: sale.startedAt,
    recordedAt: sale.endedAt + 500,
    points: member === null ? null : Math.floor(volume / 1_000),
    ...change,
  };
}

const truth = [dispensed(1, 5_500, 'm-1'), dispensed(2, 7_250), dispensed(3, 20_000, 'm-2')];
const life = (from: number, to: number): Life => ({
  bornAt: from,
  readyAt: from,
  diedAt: to,
  step: null,
  steps: [],
});
const always = [life(0, 1_000_000)];

const scansOf = (sales: readonly DispensedSale[]) =>
  sales.flatMap(({ card }) =>
    card?.scannedAt == null
      ? []
      : [
          {
            type: 'card.scanned',
            at: card.scannedAt + 5,
            data: { member: card.member, reader: card.reader },
          },
        ],
  );

/** A journal that tells these sales, and the feed of it. */
function told(sales: readonly BookedSale[], scans = scansOf(truth)) {
  const rows = [
    ...scans,
    ...sales.flatMap(({ key, nozzle, volume, amount, member, points, recordedAt: at }) => [
      { type: 'sale.completed', at, data: { sale: key, nozzle, volumeMl: volume, amount } },
      ...(member === null
        ? []
        : [
            { type: 'sale.attributed', at, data: { sale: key, member } },
            { type: 'credit.posted', at, data: { sale: key, member, points } },
          ]),
    ]),
  ];
  const journal = rows.map((row, index): JournalEntry => ({ stream: 'business', seq: index + 1, ...row }));
  const events = new Map(
    journal.map(({ stream, seq, type, data }): [string, FeedEvent] => {
      const id = `S1/${epoch}/${stream}/${seq}`;
      return [id, { id, type, stream, sequence: String(seq), epoch, time: '', data: structuredClone(data) }];
    }),
  );
  return { journal, events };
}

function booksOf(sales: readonly BookedSale[], journal: readonly JournalEntry[]): Books {
  const points = new Map<string, number>();
  for (const { member, points: earned } of sales)
    if (member !== null)
      points.set(`member:${member}`, (points.get(`member:${member}`) ?? 0) + (earned ?? 0));
  const sum = [...points.values()].reduce((all, each) => all + each, 0);
  const accounts = [...points, ['program:torture', -sum] as const].map(([account, posted]) => ({
    account,
    kept: posted,
    posted,
  }));
  return { epoch, sales, journal, accounts, setAside: 0, integrity: ['ok'] };
}

interface Case {
  readonly sales?: readonly BookedSale[];
  readonly lives?: readonly Life[];
  readonly scans?: ReturnType<typeof scansOf>;
  readonly dispensed?: readonly DispensedSale[];
  readonly numbered?: boolean;
  events?(events: Map<string, FeedEvent>): void;
  books?(books: Books): Books;
}

function compared(each: Case): Comparison {
  const sales = each.sales ?? truth.map((sale) => booked(sale));
  const { journal, events } = told(sales, each.scans);
  each.events?.(events);
  const books = booksOf(sales, journal);
  return compare(each.dispensed ?? truth, each.books?.(books) ?? books, events, {
    lives: each.lives ?? always,
    journal,
    numbered: new Set(each.numbered ? ['d1-1'] : []),
  });
}

const differences = (each: Case): string =>
  [...compared(each).nozzles.flatMap((nozzle) => nozzle.differences), ...compared(each).others].join('\n');

const [one, two, three] = truth.map((sale) => booked(sale)) as [BookedSale, BookedSale, BookedSale];
const nobodys = { member: null, points: null, attribution: 'unclaimed' };

describe('M203: the judge of the torture run', () => {
  it('finds nothing where truth, database and feed agree', () => {
    expect(differences({})).toBe('');
    const { nozzles, outcomes } = compared({});
    expect(nozzles[0]?.truth).toEqual({ sales: 3, volume: 32_750, amount: 3_275, members: 2, points: 25 });
    expect(outcomes).toMatchObject({ attributed: 2, 'no card shown': 1 });
  });

  it.each<[string, Case, RegExp]>([
    ['a sale that is lost', { sales: [one, three] }, /sale 2 of 7250 ml .* is not in the books/],
    [
      'a sale that is doubled',
      { sales: [one, { ...one, key: 'again' }, two, three] },
      /of 5500 ml .* was not dispensed/,
    ],
    ['a volume', { sales: [one, { ...two, volume: 7_240 }, three] }, /sale 2 of 7250 ml/],
    ['an amount', { sales: [one, { ...two, amount: 1 }, three] }, /amount 1, not 725/],
    ['the wrong member', { sales: [{ ...one, member: 'm-9' }, two, three] }, /credited to m-9, it was m-1/],
    [
      'a member where there was none',
      { sales: [one, { ...two, member: 'm-1', points: 7 }, three] },
      /it was nobody/,
    ],
    ['a credit without a scan', { scans: [] }, /without a scan in the journal/],
    ['wrong points', { sales: [{ ...one, points: 6 }, two, three] }, /6 points, not 5/],
    [
      'a watched sale of nobody',
      { sales: [{ ...one, ...nobodys }, two, three] },
      /watched from scan to sale, yet unclaimed/,
    ],
    [
      'an event that never came',
      { events: (all) => void all.delete(`S1/${epoch}/business/3`) },
      /business\/3 .* never came/,
    ],
    [
      'other data in the feed',
      {
        events: (all) =>
          void all.set(`S1/${epoch}/business/1`, {
            ...all.get(`S1/${epoch}/business/1`),
            data: {},
          } as FeedEvent),
      },
      /business\/1 has other data/,
    ],
    [
      'a gap in the journal',
      { books: (books) => ({ ...books, journal: books.journal.slice(1) }) },
      /1 is followed by 2/,
    ],
    ['an event set aside', { books: (books) => ({ ...books, setAside: 1 }) }, /1 events were set aside/],
    [
      'a balance',
      {
        books: (books) => ({
          ...books,
          accounts: books.accounts.map((each) => ({ ...each, kept: each.kept + 1 })),
        }),
      },
      /balance 6, postings 5/,
    ],
    [
      'a damaged file',
      { books: (books) => ({ ...books, integrity: ['page 3 is never used'] }) },
      /page 3 is never used/,
    ],
  ])('tells %s', (_, each, text) => {
    expect(differences(each)).toMatch(text);
  });

  const merged: BookedSale = {
    ...two,
    ...nobodys,
    key: 'm',
    volume: 12_750,
    amount: 1_275,
    quality: 'recovered',
  };
  const deadBetween = [life(0, 9_000), life(26_000, 1_000_000)];

  it('takes several unseen sales as one only where the daemon was blind', () => {
    expect(differences({ sales: [merged, three], lives: deadBetween })).toBe('');
    expect(compared({ sales: [merged, three], lives: deadBetween })).toMatchObject({ merged: 2 });
    expect(differences({ sales: [merged, three] })).toMatch(/told as one, though the daemon saw/);
    expect(differences({ sales: [merged, three], lives: deadBetween, numbered: true })).toMatch(
      /without an alarm/,
    );
  });

  it('lets a sale that nobody saw be told after the next one, with its own member all the same', () => {
    const unseen: BookedSale = { ...one, ...nobodys, quality: 'recovered' };
    const lives = deadBetween;
    expect(differences({ sales: [two, unseen, three], lives })).toBe('');
    expect(compared({ sales: [two, unseen, three], lives })).toMatchObject({ exchanged: 1 });
    expect(differences({ sales: [two, one, three], lives })).toMatch(/was not dispensed so/);
    const robbed = { ...two, member: 'm-1', points: 7 };
    expect(differences({ sales: [robbed, unseen, three], lives })).toMatch(/credited to m-1, it was nobody/);
  });

  it('asks for no member where the scan or the fuelling was not seen', () => {
    const sales = [{ ...one, ...nobodys }, two, three];
    expect(differences({ sales, lives: [life(9_000, 1_000_000)] })).toBe('');
    expect(differences({ sales, scans: scansOf(truth.slice(1)) })).toBe('');
  });
});
