/** The sale benchmark's rows and verdicts. All times in milliseconds. */
import { table, type Verdict } from './busTables.ts';
import type { FloorSale } from './saleFloorRun.ts';
import { type BayId, bays } from './saleMessages.ts';
import type { MeasuredSale, SaleRun } from './saleRun.ts';

/** One sale, in parts. */
export interface SaleTimes {
  readonly bay: BayId;
  readonly bare: number;
  /** From the last byte of the reply that shows the hang-up to the durable commit. */
  readonly fromHangUp: number;
  /** The same from the last byte of the last reply that was needed. */
  readonly fromLastReply: number;
  readonly requestsAfterHangUp: number;
  /** Other transactions between the hang-up and the sale's commit, and what they took. */
  readonly otherCommits: number;
  readonly otherCommitsMs: number;
  /** Last reply to BEGIN; BEGIN to COMMIT; COMMIT itself. */
  readonly toBegin: number;
  readonly statements: number;
  readonly commit: number;
  /** From the commit to the arrival. */
  readonly toApi: number;
  readonly toMqtt: number;
}

export function timesOf(sale: MeasuredSale): SaleTimes {
  const { begunAt, workedAt, committedAt } = sale.transaction;
  const needed = sale.replies.filter((reply) => reply.at < begunAt);
  const shown = sale.replies[0]?.at ?? Number.NaN;
  const last = needed.at(-1)?.at ?? Number.NaN;
  return {
    bay: sale.bay,
    bare: sale.bareMs,
    fromHangUp: committedAt - shown,
    fromLastReply: committedAt - last,
    requestsAfterHangUp: needed.length - 1,
    otherCommits: sale.before.length,
    otherCommitsMs: sale.before.reduce((sum, each) => sum + each.committedAt - each.begunAt, 0),
    toBegin: begunAt - last,
    statements: workedAt - begunAt,
    commit: committedAt - workedAt,
    toApi: sale.apiAt - committedAt,
    toMqtt: sale.mqttAt - committedAt,
  };
}

/** Nearest rank. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

type Part = Exclude<keyof SaleTimes, 'bay'>;
const rows: readonly (readonly [Part, string])[] = [
  ['bare', 'one bare FULL commit of the same bytes'],
  ['fromHangUp', 'hang-up reply to durable commit (t0)'],
  ['fromLastReply', 'last reply needed to durable commit (t1)'],
  ['toBegin', '  t1 to BEGIN'],
  ['statements', '  BEGIN to COMMIT: statements'],
  ['commit', '  COMMIT'],
  ['otherCommitsMs', '  other commits since the hang-up'],
  ['toApi', 'commit to API listener'],
  ['toMqtt', 'commit to MQTT subscriber'],
];
const counts: readonly (readonly [Part, string])[] = [
  ['requestsAfterHangUp', 'further requests until it is a sale'],
  ['otherCommits', 'other commits until it is a sale'],
];

const of = (times: readonly SaleTimes[], bay: BayId, part: Part): number[] =>
  times.filter((each) => each.bay === bay).map((each) => each[part]);

export function saleTable(times: readonly SaleTimes[]): string {
  const head = ['ms', ...bays.flatMap(({ id }) => [`${id} p50`, 'p99'])];
  const line = (part: Part, title: string, digits: number): string[] => [
    title,
    ...bays.flatMap(({ id }) => [0.5, 0.99].map((q) => quantile(of(times, id, part), q).toFixed(digits))),
  ];
  return table(head, [
    ...rows.map(([part, title]) => line(part, title, 2)),
    ...counts.map(([part, title]) => line(part, title, 0)),
  ]);
}

/** What a program that only binds and commits the same rows takes: below this no daemon in this language comes. */
export function floorTable(floor: readonly FloorSale[]): string {
  const line = (title: string, part: keyof FloorSale): string[] => [
    title,
    ...[0.5, 0.99].map((q) =>
      quantile(
        floor.map((each) => each[part]),
        q,
      ).toFixed(2),
    ),
  ];
  const ratio = [0.5, 0.99].map((q) => {
    const [most, least] = (['floor', 'bare'] as const).map((part) =>
      quantile(
        floor.map((each) => each[part]),
        q,
      ),
    );
    return `${((most ?? 0) / (least ?? 0)).toFixed(2)} x`;
  });
  return table(
    ['ms', 'p50', 'p99'],
    [
      line('one bare FULL commit of the same bytes', 'bare'),
      line('reply to commit, the same statements and nothing else', 'floor'),
      ['ratio', ...ratio],
    ],
  );
}

/** A profile in one block is judged from the hang-up on, another from the last reply that it needs. */
export function saleVerdicts(times: readonly SaleTimes[]): Verdict[] {
  return bays.flatMap(({ id }) => {
    const from: Part = id === 'one-block' ? 'fromHangUp' : 'fromLastReply';
    const origin = id === 'one-block' ? 'hang-up' : 'last reply';
    const at = (part: Part, q: number): number => quantile(of(times, id, part), q);
    const ratio = (q: number, most: number): Verdict => ({
      target: `${id}, ${origin} to commit: p${q * 100} <= ${most} x bare`,
      measured: `${(at(from, q) / at('bare', q)).toFixed(2)} x`,
      pass: at(from, q) <= most * at('bare', q),
    });
    const after = (part: Part, name: string, most: number): Verdict => ({
      target: `${id}, commit to ${name}: p50 <= ${most} ms`,
      measured: `${at(part, 0.5).toFixed(2)} ms`,
      pass: at(part, 0.5) <= most,
    });
    return [
      ratio(0.5, 1.5),
      ratio(0.99, 2),
      after('toApi', 'API listener', 2),
      after('toMqtt', 'MQTT subscriber', 5),
    ];
  });
}

/** What the station wrote beside the sales: every transaction is a commit that waits for the disk. */
export function transactionTable(run: SaleRun): string {
  const groups = new Map<string, number[]>();
  for (const each of run.transactions) {
    const name = each.events.length === 0 ? '(no event)' : each.events.join(' + ');
    groups.set(name, [...(groups.get(name) ?? []), each.committedAt - each.begunAt]);
  }
  const sorted = [...groups].sort(([, a], [, b]) => b.length - a.length).slice(0, 8);
  return table(
    ['transactions by what they append', 'count', 'p50 ms', 'p99 ms'],
    sorted.map(([name, ms]) => [
      name,
      String(ms.length),
      quantile(ms, 0.5).toFixed(2),
      quantile(ms, 0.99).toFixed(2),
    ]),
  );
}
