/** The figures of the matching benchmark as text, with the targets beside them. */
import { table, type Verdict } from './busTables.ts';
import type { Score } from './matchingScore.ts';

const share = (part: number, whole: number): string =>
  whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;

/** What comes of sales; shares are of the sales to which a card belongs, or of the others. */
export function scoreTable(scores: readonly Score[]): string {
  const head = [
    'reader per',
    'drivers',
    'policy',
    'sales',
    'right',
    'WRONG',
    'ambiguous',
    "of nobody's",
    'lost',
    'unclaimed',
    'right of card',
    'later',
    'median',
  ];
  const rows = scores.map((s) => [
    s.layout,
    s.behaviour,
    s.policy,
    ...[s.sales, s.right, s.wrong, s.ambiguous, s.ambiguousOfNobody, s.lost, s.rightlyUnclaimed].map(String),
    share(s.right, s.withCard),
    share(s.waited, s.right + s.wrong),
    s.waited === 0 ? '-' : `${s.waitedMedianS} s`,
  ]);
  return table(head, rows, 3);
}

export const legend = `right, WRONG: credited to the driver's member, to another's. ambiguous: left to a person; "of nobody's": no card was
read for it in truth. lost: a card was read, nobody was credited. unclaimed: rightly so. "right of card": of the sales
for which a card was read. later: of the credited, those that had to wait, and how long at the median.`;

/** Who was credited wrongly: what the driver of the card did. */
export function wrongTable(scores: readonly Score[]): string {
  const rows = scores.flatMap(({ layout, behaviour, policy, sales, wrongBy }) =>
    Object.entries(wrongBy)
      .sort(([, a], [, b]) => b - a)
      .map(([why, count]) => [
        layout,
        behaviour,
        policy,
        why,
        String(count),
        ((100_000 * count) / sales).toFixed(1),
      ]),
  );
  if (rows.length === 0) return 'none';
  return table(
    ['reader per', 'drivers', 'policy', 'the card was of a driver who', 'wrong', 'per 100,000'],
    rows,
    4,
  );
}

export interface CurvePoint {
  readonly window: string;
  readonly seconds: number;
  readonly score: Score;
}

export function curveTable(points: readonly CurvePoint[]): string {
  const rows = points.map(({ window, seconds, score }) => [
    score.layout,
    window,
    String(seconds),
    ...[score.sales, score.right, score.wrong, score.ambiguous, score.lost].map(String),
    ((10_000 * score.wrong) / score.sales).toFixed(1),
    share(score.ambiguous, score.sales),
  ]);
  return table(
    [
      'reader per',
      'window',
      's',
      'sales',
      'right',
      'WRONG',
      'ambiguous',
      'lost',
      'wrong per 10,000',
      'ambiguous',
    ],
    rows,
    2,
  );
}

const sharedPer = 10_000;

/** The targets, for the default policy and ordinary drivers. */
export function verdicts(scores: readonly Score[]): Verdict[] {
  return scores
    .filter(({ policy, behaviour }) => policy === 'default' && behaviour === 'ordinary')
    .map(({ layout, wrong, sales }) => {
      const isShared = layout === 'island' || layout === 'station';
      const most = isShared ? Math.floor(sales / sharedPer) : 0;
      return {
        target: `reader per ${layout}: ${isShared ? `wrong <= 1 in ${sharedPer}` : 'nobody wrong'}`,
        measured: `${wrong} in ${sales}`,
        pass: wrong <= most,
      };
    });
}
