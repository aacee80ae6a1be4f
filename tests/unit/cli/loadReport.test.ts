import { describe, expect, it } from 'vitest';
import { loadCsv, loadGrids, loadReport } from '../../../src/cli/render/load.ts';
import { loadSvg } from '../../../src/cli/render/loadSvg.ts';
import { columns } from '../../../src/cli/render/text.ts';
import { hostile, steers } from '../../support/plainTerminal.ts';
import { loadReportView } from '../../support/tankViews.ts';

const lines = (text: string): string[] => text.split('\n').map((line) => line.trimEnd());

describe('M163: load by pump, hour and grade', () => {
  it('is a heat map of all grades, then of each', () => {
    const text = lines(loadReport(loadReportView()));
    const quiet = (cells: number): string => '·'.repeat(cells * 2);
    expect(text.slice(0, 14)).toEqual([
      'Load of S1, 2 business day(s) from 2026-11-27 to 2026-11-28',
      '',
      'All grades',
      '          00    03    06    09    12    15    18    21        litres  sales',
      ` FP2      ${quiet(7)}██${quiet(16)}       180      5`,
      ` FP10     ${quiet(18)}░░${quiet(5)}        40      1`,
      ` all      ${quiet(7)}██${quiet(10)}░░${quiet(5)}       220      6`,
      ' busiest hour 07:00, 180 L in 5 fuellings',
      '',
      'Grade 92',
      '          00    03    06    09    12    15    18    21        litres  sales',
      ` FP2      ${quiet(7)}██${quiet(16)}       160      4`,
      ` FP10     ${quiet(24)}         0      0`,
      ` all      ${quiet(7)}██${quiet(16)}       160      4`,
    ]);
    for (const line of text) expect(columns(line)).toBeLessThanOrEqual(110);
  });

  it('sums of grids agree: every row is in one pump, one hour and one grade', () => {
    const [all, ...grades] = loadGrids(loadReportView());
    expect(all?.all).toEqual({ sales: 6, volumeMl: 220_000 });
    expect(grades.map(({ grade, all: sum }) => [grade, sum.volumeMl])).toEqual([
      ['92', 160_000],
      ['95', 60_000],
    ]);
    expect(all?.hours.reduce((sum, { volumeMl }) => sum + volumeMl, 0)).toBe(220_000);
    expect(all?.pumps.map(({ id }) => id)).toEqual(['FP2', 'FP10']);
  });

  it('one grade is shown once', () => {
    const rows = loadReportView().rows.filter(({ grade }) => grade === '92');
    expect(loadGrids(loadReportView({ rows }))).toHaveLength(1);
  });

  it('a time in which nothing was sold says so', () => {
    const nothing = loadReportView({ rows: [] });
    expect(lines(loadReport(nothing))[1]).toBe(' nothing was sold in this time');
    expect(loadSvg(nothing)).toContain('Nothing was sold in this time.');
    expect(loadCsv(nothing)).toBe('fuelling_point,grade,local_hour,fuellings,volume_l\r\n');
    const zero = loadReportView({
      rows: [{ fuellingPoint: 'FP1', grade: '92', hour: 3, sales: 1, volumeMl: 0 }],
    });
    expect(loadReport(zero)).toContain(` FP1      ${'·'.repeat(48)}`);
    expect(loadSvg(zero)).not.toMatch(/NaN|Infinity/);
  });

  it('as CSV', () => {
    expect(loadCsv(loadReportView()).split('\r\n').slice(0, 2)).toEqual([
      'fuelling_point,grade,local_hour,fuellings,volume_l',
      'FP2,92,7,4,160.000',
    ]);
  });

  it('as a picture has a cell for each pump and hour, the darkest for the busiest', () => {
    const svg = loadSvg(loadReportView());
    expect(svg.match(/<title>FP(2|10) \d\d:00/g)).toHaveLength(3 * 2 * 24);
    expect(svg).toMatch(/fill="#0d3a6b"><title>FP2 07:00: 180 L, 5 sales<\/title>/);
    expect(svg).toMatch(/fill="#f4f6f8"><title>FP2 08:00: 0 L, 0 sales<\/title>/);
  });

  it('names of others steer nothing', () => {
    const bad = loadReportView({
      site: hostile,
      rows: [{ fuellingPoint: hostile, grade: hostile, hour: 0, sales: 1, volumeMl: 1000 }],
    });
    expect(loadReport(bad)).not.toMatch(steers);
    expect(loadCsv(bad).replaceAll('\r\n', '')).not.toMatch(steers);
    expect(loadSvg(bad)).not.toMatch(steers);
    expect(loadSvg(bad)).not.toContain('<script');
  });
});
