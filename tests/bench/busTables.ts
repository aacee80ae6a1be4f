/** The benchmark's rows as aligned text, with the targets beside them. */
import type { CycleRow, DeadRow, LateRow } from './busParts.ts';

export interface Verdict {
  readonly target: string;
  readonly measured: string;
  readonly pass: boolean;
}

/** Columns are right-aligned but for the first `textColumns`. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  textColumns = 1,
): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column < textColumns ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

const fixed = (value: number, digits: number): string =>
  Number.isFinite(value) ? value.toFixed(digits) : '-';
const percent = (value: number): string =>
  Number.isFinite(value) ? `${value >= 0 ? '+' : ''}${(value * 100).toFixed(1)} %` : '-';

export function cycleTable(rows: readonly CycleRow[]): string {
  const head = [
    'master',
    'baud',
    'cycle ms',
    'least ms',
    'least/cycle',
    'early',
    'requests/s',
    'CPU us/request',
    'x libmodbus',
    'mean gap us',
    'memory MB',
    'noise',
  ];
  return table(
    head,
    rows.map((row) => [
      row.master,
      String(row.baud),
      fixed(row.cycleMs, 1),
      fixed(row.leastMs, 1),
      fixed(row.ratio, 3),
      String(row.early),
      fixed(row.requestsPerS, 1),
      fixed(row.cpuUsPerRequest, 0),
      row.cpuTimesLibmodbus === null ? '-' : fixed(row.cpuTimesLibmodbus, 2),
      fixed(row.gapMeanUs, 0),
      row.memoryMb === null ? '-' : String(row.memoryMb),
      String(row.behindBytes),
    ]),
  );
}

export function deadTable(rows: readonly DeadRow[]): string {
  return table(
    ['master', 'all alive ms', 'one dead ms', 'growth', 'growth over 15 alone', 'early'],
    rows.map((row) => [
      row.master,
      fixed(row.aliveCycleMs, 1),
      fixed(row.othersCycleMs, 1),
      percent(row.growth),
      percent(row.growthOver15),
      String(row.early),
    ]),
  );
}

export function lateTable(rows: readonly LateRow[]): string {
  return table(
    [
      'master',
      'over',
      'devices',
      'reads',
      'reads/s',
      'of the most',
      'late replies',
      'garbled bytes',
      'WRONG VALUES',
    ],
    rows.map((row) => [
      row.master,
      row.over,
      String(row.units),
      String(row.reads),
      fixed(row.readsPerS, 1),
      fixed(row.shareOfMost, 3),
      String(row.lateReplies),
      String(row.garbledBytes),
      String(row.wrong),
    ]),
    2,
  );
}

const ours = (row: { readonly master: string }): boolean => row.master === 'forecourt';

export function cycleVerdicts(rows: readonly CycleRow[]): Verdict[] {
  return rows.filter(ours).flatMap((row) => {
    const least = row.baud <= 19200 ? 0.98 : 0.9;
    const verdicts = [
      {
        target: `${row.baud} baud: least/cycle >= ${least}`,
        measured: fixed(row.ratio, 3),
        pass: row.ratio >= least,
      },
      { target: `${row.baud} baud: no early request`, measured: String(row.early), pass: row.early === 0 },
    ];
    if (row.cpuTimesLibmodbus === null) return verdicts;
    const times = row.cpuTimesLibmodbus;
    return [
      ...verdicts,
      {
        target: `${row.baud} baud: CPU per request <= 5 x libmodbus`,
        measured: fixed(times, 2),
        pass: times <= 5,
      },
    ];
  });
}

export function deadVerdicts(rows: readonly DeadRow[]): Verdict[] {
  return rows.filter(ours).map(({ growth }) => ({
    target: "one dead device: the others' cycle grows by <= 2 %",
    measured: percent(growth),
    pass: growth <= 0.02,
  }));
}

/** Half of what a line without faults could read at most: a master that stops for good is no cure. */
const leastShare = 0.5;

export function lateVerdicts(rows: readonly LateRow[]): Verdict[] {
  return rows.filter(ours).flatMap(({ over, units, wrong, lateReplies, shareOfMost }) => {
    const which = `${over}, ${units} ${units === 1 ? 'device' : 'devices'}`;
    return [
      {
        target: `late replies, ${which}: no wrong value`,
        measured: `${wrong} (${lateReplies} late)`,
        pass: wrong === 0 && lateReplies > 0,
      },
      {
        target: `late replies, ${which}: the line goes on, >= ${leastShare} of the fault-free most`,
        measured: fixed(shareOfMost, 3),
        pass: shareOfMost >= leastShare,
      },
    ];
  });
}

export function verdictTable(verdicts: readonly Verdict[]): string {
  return table(
    ['target', 'measured', ''],
    verdicts.map(({ target, measured, pass }) => [target, measured, pass ? 'PASS' : 'MISS']),
  );
}
