/** What other systems at the station read of the real daemon: the local API, exported reports, and the feed over TCP. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { BalanceView, LoadReportView, StockReportView, TankView } from '../../src/station/tanks/view.ts';
import type { SaleView } from '../../src/station/view.ts';
import { startMosquitto, subscribe } from '../support/mosquitto.ts';
import { oneDispenserStation } from '../support/oneDispenserStation.ts';
import { cli, runStation } from '../support/station.ts';
import { startTlsPeer } from '../support/tlsGaugePeer.ts';
import { fill, fortyLitres } from '../support/walk.ts';

const patience = { timeout: 90_000, interval: 200 };
const sum = (values: readonly number[]): number => values.reduce((all, each) => all + each, 0);
const thousandths = (text: string | undefined): number => Math.round(Number(text) * 1000);

/** Lines of a CSV file without quotes, by the names of its columns. */
function table(text: string): Record<string, string>[] {
  const [head = '', ...lines] = text.trimEnd().split('\r\n');
  const names = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, n) => [name, cells[n] ?? '']));
  });
}

it('M190: sales, stock, finance and marketing systems read the same numbers from the API, the reports and the feed', {
  timeout: 240_000,
}, async () => {
  const gauge = await startTlsPeer('tcp');
  onTestFinished(() => gauge.stop());
  const holds = (litres: number) =>
    gauge.set({
      tanks: {
        1: { product: '1', status: 0, floats: [litres, litres, 30_000 - litres, litres / 12, 0, 15, 0] },
      },
    });
  await holds(9_000);
  const broker = await startMosquitto();
  const marketing = await subscribe(broker.port, 'forecourt/v1/S1/#');
  const { dispenser, file } = await oneDispenserStation({
    station: {
      mqtt: { host: '127.0.0.1', port: broker.port },
      gauges: [
        {
          ...{ id: 'G1', kind: 'tls', clock: 'utc', pollS: 1 },
          connection: { kind: 'tcp', host: '127.0.0.1', port: gauge.port },
        },
      ],
      tanks: [{ id: 'T1', grade: '92', capacityLitres: 30_000, gauge: { gauge: 'G1', tank: 1 } }],
    },
  });
  const daemon = await runStation(file);
  const from = (await daemon.status()).businessDate;
  const stock = async (): Promise<StockReportView> =>
    daemon.api(`/v1/reports/stock?from=${from}&to=${(await daemon.status()).businessDate}`);
  await daemon.reaches('FP1', 'idle');
  // The day begins with the first look at the tank.
  await vi.waitFor(async () => expect((await stock()).stocks[0]?.openingMl).toBe(9_000_000), patience);
  await fill(daemon, 'FP1', dispenser);
  await fill(daemon, 'FP1', dispenser, { ...fortyLitres, volumeMl: 25_000, amount: 19_625 });
  await holds(8_935);
  const balance = await vi.waitFor(async () => {
    const [found] = (await stock()).stocks;
    expect(found).toMatchObject({ salesMl: 65_000, gaugeMl: 8_935_000 });
    return found as BalanceView;
  }, patience);
  const to = (await daemon.status()).businessDate;

  // Sales and finance: what was sold is what left the tank's book and what each pump gave.
  const sales = await daemon.api<SaleView[]>('/v1/sales?limit=1000');
  expect(sales.map(({ volumeMl, amount }) => [volumeMl, amount])).toEqual([
    [25_000, 19_625],
    [40_000, 31_400],
  ]);
  const sold = sum(sales.map(({ volumeMl }) => volumeMl));
  expect(balance).toMatchObject({ stock: 'T1', grade: '92', period: 'day', open: true, salesMl: sold });
  const load = await daemon.api<LoadReportView>(`/v1/reports/load?from=${from}&to=${to}`);
  expect(sum(load.rows.map(({ volumeMl }) => volumeMl))).toBe(sold);
  expect(sum(load.rows.map((row) => row.sales))).toBe(sales.length);
  // Stock: opening + deliveries - sales is what the gauge shows.
  const [tank] = await daemon.api<TankView[]>('/v1/tanks');
  expect(balance.bookMl).toBe((balance.openingMl ?? 0) + balance.deliveriesMl - sold);
  expect([balance.gaugeMl, balance.varianceMl]).toEqual([tank?.volumeMl, 0]);

  // The same as files.
  const exported = async (report: string, format: string): Promise<string> => {
    const path = join(file.directory, `${report}.${format}`);
    const range = ['--from', from, '--to', to, '--station', file.file];
    const { code, stderr } = await cli('report', report, '--format', format, '-o', path, ...range);
    expect([code, stderr]).toEqual([0, '']);
    return readFileSync(path, 'utf8');
  };
  const json = JSON.parse(await exported('stock', 'json')) as StockReportView;
  const lines = table(await exported('stock', 'csv'));
  expect(json.stocks).toEqual([balance]);
  expect(lines.map(({ of }) => of)).toEqual(['stock', 'grade']);
  for (const line of lines) {
    expect(line).toMatchObject({ grade: '92', from: balance.from, to: balance.to, open: 'yes' });
    const { opening_l, deliveries_l, sales_l, book_l, gauge_l, variance_l } = line;
    expect([opening_l, deliveries_l, sales_l, book_l, gauge_l, variance_l].map(thousandths)).toEqual([
      ...[balance.openingMl, balance.deliveriesMl, balance.salesMl],
      ...[balance.bookMl, balance.gaugeMl, balance.varianceMl],
    ]);
  }
  const pumps = table(await exported('load', 'csv'));
  expect(sum(pumps.map(({ volume_l }) => thousandths(volume_l)))).toBe(sold);

  // Marketing listens: each sale once, and the tank as it is now.
  const told = (await vi.waitFor(() => {
    const events = marketing.received.filter(({ topic }) => topic.endsWith('/events/sale.completed'));
    expect(events.length).toBeGreaterThanOrEqual(sales.length);
    return events.map(({ payload }) => JSON.parse(payload));
  }, patience)) as { id: string; data: { volumeMl: number; amount: number } }[];
  const once = [...new Map(told.map((event) => [event.id, event.data])).values()];
  expect(once.map(({ volumeMl, amount }) => [volumeMl, amount]).reverse()).toEqual(
    sales.map(({ volumeMl, amount }) => [volumeMl, amount]),
  );
  await vi.waitFor(() => {
    const newest = marketing.received.findLast(({ topic }) => topic.endsWith('/state/tanks/T1'));
    expect(JSON.parse(newest?.payload ?? '{}')).toMatchObject({ volumeMl: tank?.volumeMl });
  }, patience);
});
