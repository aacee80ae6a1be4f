import { describe, expect, it } from 'vitest';
import { stockCsv, stockReport } from '../../../src/cli/render/stock.ts';
import { columns } from '../../../src/cli/render/text.ts';
import { varianceSvg } from '../../../src/cli/render/varianceSvg.ts';
import { hostile, steers } from '../../support/plainTerminal.ts';
import { balanceView, stockReportView } from '../../support/tankViews.ts';

const day = (n: number): string => new Date(Date.UTC(2026, 10, n)).toISOString().slice(0, 10);
const short = (varianceMl: number | null, other = {}) =>
  balanceView({ varianceMl, variancePpm: varianceMl === null ? null : Math.round(varianceMl / 6), ...other });
const escalated = short(-91_200, {
  ...{ from: '2026-11-28', to: '2026-11-28', verdict: 'escalate' },
  reasons: ['-91.2 L is more than 1 % of what was sold', 'no delivery was booked'],
});
const unknown = short(null, {
  ...{ stock: 'M1', grade: 'diesel', openingMl: null, bookMl: null, gaugeMl: null },
  ...{ verdict: 'unknown', reasons: ['the gauge was away at the end'] },
});
const running = short(-500, { from: '2026-11-29', to: '2026-11-29', open: true });
const report = stockReportView({
  to: '2026-11-29',
  stocks: [short(-12_300), escalated, running, unknown],
  grades: [short(-12_300, { stock: '92' }), { ...escalated, stock: '92' }],
  cumulative: [
    {
      ...{ stock: 'T1', grade: '92' },
      points: [
        { date: '2026-11-27', varianceMl: -12_300, throughputMl: 6_000_000 },
        { date: '2026-11-28', varianceMl: -103_500, throughputMl: 12_000_000 },
      ],
    },
    { stock: 'M1', grade: 'diesel', points: [] },
  ],
  findings: [{ stock: 'T1', kind: 'leak-suspected', text: 'about 0.8 L/h go while nobody fuels' }],
});
const lines = (text: string): string[] => text.split('\n').map((line) => line.trimEnd());

describe('M174: wet stock as text', () => {
  it('shows each balance, why it is doubtful, the sums of what is closed, and what it looks like', () => {
    const text = lines(stockReport(report, 80));
    expect(text.slice(0, 24)).toEqual([
      'Wet stock of S1, business days from 2026-11-27 to 2026-11-29',
      '',
      ' stock  grade   date        opening     in   sold    book   gauge  variance L      %  verdict',
      ' T1     92      2026-11-27   20 000  5 000  6 000  19 000  18 988       -12.3  -0.20  within',
      ' T1     92      2026-11-28   20 000  5 000  6 000  19 000  18 988       -91.2  -1.52  escalate',
      ' T1     92      2026-11-29   20 000  5 000  6 000  19 000  18 988        -0.5  -0.01  within open',
      ' M1     diesel  2026-11-27        -  5 000  6 000       -       -           -      -  unknown',
      '',
      ' T1 2026-11-28: -91.2 L is more than 1 % of what was sold; no delivery was',
      '                booked',
      ' M1 2026-11-27: the gauge was away at the end',
      '',
      'Stocks in all',
      ' stock  closed      in    sold  variance L      %  investigate  escalate  unknown',
      ' T1          2  10 000  12 000      -103.5  -0.86            0         1        0',
      ' M1          1   5 000   6 000           -      -            0         0        1',
      '',
      'Grades in all',
      ' grade  closed      in    sold  variance L      %  investigate  escalate  unknown',
      ' 92          2  10 000  12 000      -103.5  -0.86            0         1        0',
      '',
      'Cumulative variance',
      ' T1 (92): -103.5 L of 12 000 L sold',
      expect.stringMatching(/^ {4}0\.0 L ┤⠤/),
    ]);
    expect(text.slice(-5)).toEqual([
      'What it looks like',
      ' T1 leak-suspected',
      '   about 0.8 L/h go while nobody fuels',
      '',
      ' open: not over yet, left out of the sums.',
    ]);
  });

  it('months are named as such', () => {
    const month = short(0, { period: 'month', from: '2026-10-01', to: '2026-10-31' });
    const text = stockReport(stockReportView({ period: 'month', stocks: [month] }), 100);
    expect(text).toContain('months from');
    expect(text).toContain(' T1     92     2026-10 ');
  });

  it('many doubtful days leave the newest, and say how many there are', () => {
    const stocks = Array.from({ length: 45 }, (_, n) =>
      short(null, { from: day(n), to: day(n), verdict: 'unknown', reasons: [`reason ${n}.`] }),
    );
    const text = stockReport(stockReportView({ stocks }), 100);
    expect(text).toContain('15 earlier ones are not shown');
    expect(text).toContain('reason 44.');
    expect(text).not.toContain('reason 14.');
  });

  it('an empty station says so', () => {
    const empty = stockReportView({ stocks: [], grades: [], cumulative: [] });
    expect(lines(stockReport(empty, 80))[1]).toBe(' no balance was closed in this time');
  });

  it('texts of others steer nothing', () => {
    const bad = stockReportView({
      site: hostile,
      stocks: [short(1, { stock: hostile, grade: hostile, verdict: 'investigate', reasons: [hostile] })],
      findings: [{ stock: hostile, kind: 'theft', text: hostile }],
    });
    expect(stockReport(bad, 80)).not.toMatch(steers);
    expect(stockCsv(bad).replaceAll('\r\n', '')).not.toMatch(steers);
    expect(varianceSvg(bad)).not.toMatch(steers);
  });
});

describe('M174: wet stock as CSV', () => {
  it('has litres to the millilitre, and empty cells for what is not known', () => {
    expect(
      stockCsv({ ...report, stocks: [escalated, unknown], grades: [short(5, { stock: '92' })] }).split(
        '\r\n',
      ),
    ).toEqual([
      'of,stock,grade,period,from,to,opening_l,deliveries_l,sales_l,book_l,gauge_l,variance_l,variance_percent,verdict,open,reasons',
      "stock,T1,92,day,2026-11-28,2026-11-28,20000.000,5000.000,6000.000,19000.000,18987.700,-91.200,-1.5200,escalate,no,'-91.2 L is more than 1 % of what was sold; no delivery was booked",
      'stock,M1,diesel,day,2026-11-27,2026-11-27,,5000.000,6000.000,,,,,unknown,no,the gauge was away at the end',
      'grade,,92,day,2026-11-27,2026-11-27,20000.000,5000.000,6000.000,19000.000,18987.700,0.005,0.0001,within,no,',
      '',
    ]);
  });
});

describe('M174: the cumulative variance as a picture', () => {
  const thresholds = { investigatePpm: 5000, escalatePpm: 10_000 };
  const svg = varianceSvg({ ...report, thresholds });

  it('has a panel for each stock with its curve, axes, units, thresholds and findings', () => {
    for (const text of [
      'T1  92',
      'M1  diesel',
      '-103.5 L (-0.86 %) of 12 000 L sold',
      '+100 L',
      '0 L',
      '11-27',
      '11-28',
    ])
      expect(svg).toContain(`>${text}</text>`);
    expect(svg).toContain('>investigate ±0.50 % of sales</text>');
    expect(svg).toContain('>escalate ±1.00 % of sales</text>');
    expect(svg).toContain('>leak-suspected: about 0.8 L/h go while nobody fuels</text>');
    expect(svg).toContain('>No balance was closed in this time.</text>');
    expect(svg.match(/stroke="#1f5fa8"/g)).toHaveLength(1);
  });

  it('draws values where the axis says: zero in the middle, dates from first to last', () => {
    // 60 L, the threshold of the first day, and 120 L of the last, on an axis that reaches 132 L.
    const { points } = {
      points: [...svg.matchAll(/<path d="M84 ([\d.]+)L504 ([\d.]+)" fill="none" stroke="#b3261e"/g)],
    };
    const y = (ml: number): string => String(Math.round((116 + ((132_000 - ml) / 264_000) * 180) * 10) / 10);
    expect(points.map(([, first, last]) => [first, last])).toEqual([
      [y(60_000), y(120_000)],
      [y(-60_000), y(-120_000)],
    ]);
  });

  it('without thresholds draws none', () => {
    expect(varianceSvg(report)).not.toContain('investigate');
  });

  it('is well-formed whatever texts say, and loads nothing from elsewhere', () => {
    const text = varianceSvg(
      stockReportView({ site: hostile, findings: [{ stock: 'T1', kind: 'theft', text: hostile }] }),
    );
    expect(text).not.toContain('<script');
    expect(text).toContain('&lt;script&gt;&amp;');
    expect(text.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|@import|<image|<style/);
  });

  it('of a station without stocks is still a picture', () => {
    expect(varianceSvg(stockReportView({ cumulative: [] }))).toContain('No stock is measured here.');
  });

  it('of one day has a point and no number that is none', () => {
    const one = varianceSvg(stockReportView({ from: '2026-11-27', to: '2026-11-27', thresholds }));
    expect(one).not.toMatch(/NaN|Infinity|undefined|null/);
  });
});

it('M174: no line of a report is wider than its table', () => {
  for (const line of stockReport(report, 80).split('\n')) expect(columns(line)).toBeLessThanOrEqual(110);
});
