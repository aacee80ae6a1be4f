/**
 * A thousand fuellings at 16 nozzles, over Modbus TCP and RTU over TCP, at dispensers of three models, with every fault
 * that the simulator knows. What the daemon's journal says at the end is what came out of the hoses.
 */
import { expect, it, vi } from 'vitest';
import type { EventData } from '../../src/model/events.ts';
import { faultKinds, faultPresets } from '../../src/simulator/faults.ts';
import type { DispensedSale } from '../../src/simulator/options.ts';
import type { DeviceView } from '../../src/station/view.ts';
import { type Daemon, runStation } from '../support/station.ts';
import {
  type BusyStation,
  dayFaults,
  journalled,
  simulate,
  writeBusyStation,
} from '../support/thousandSales.ts';

const sales = 1_000;

type Told = EventData<'sale.completed'>;

const by = <S>(all: readonly S[], key: (each: S) => string): Map<string, S[]> =>
  Map.groupBy(all, key) as Map<string, S[]>;

/** Every dispenser is at rest and was asked for its totals, so that the day begins with a baseline. */
async function baselines(daemon: Daemon): Promise<void> {
  await vi.waitFor(
    async () => {
      const { fuellingPoints } = await daemon.status();
      const devices = await daemon.api<DeviceView[]>('/v1/devices');
      expect(fuellingPoints.map((point) => point.state)).toEqual(fuellingPoints.map(() => 'idle'));
      for (const device of devices) expect(device.requests).toBeGreaterThan(20);
    },
    { timeout: 25_000, interval: 100 },
  );
}

/** Whom a sale was credited to, by the journal, against who really scanned: the sale's key where they differ. */
function wrongMembers(
  told: ReadonlyMap<string, Told[]>,
  truth: ReadonlyMap<string, DispensedSale[]>,
  members: ReadonlyMap<string, string>,
): string[] {
  return [...told].flatMap(([nozzle, list]) =>
    list.flatMap(({ sale }, n) => {
      const member = members.get(sale);
      const card = truth.get(nozzle)?.[n]?.card;
      const right = card?.when === 'never' ? undefined : card?.member;
      return member === undefined || member === right ? [] : [`${sale}: ${member} instead of ${right}`];
    }),
  );
}

async function aDay(station: BusyStation) {
  const night = await simulate(station, 0, faultPresets.off);
  const daemon = await runStation(station);
  await baselines(daemon);
  await night.stop();
  const day = await simulate(station, sales, dayFaults);
  await day.done;
  await vi
    .waitFor(async () => expect((await daemon.status()).sales.count).toBe(sales), {
      timeout: 20_000,
      interval: 250,
    })
    .catch(() => {}); // what is missing is told better below
  const { ledgerSum } = await daemon.status();
  await daemon.stop();
  await day.stop();
  return { day, ledgerSum };
}

it('M173, M179: 1,000 sales with faults on: volumes, amounts, totalizers and members are what really was', {
  timeout: 420_000,
}, async () => {
  const station = await writeBusyStation();
  const { day, ledgerSum } = await aDay(station);

  const completed = journalled(station, 'sale.completed');
  const truth = by(day.dispensed, (sale) => sale.nozzle);
  const told = by(completed, (sale) => sale.nozzle);
  for (const [nozzle, dispensed] of truth) {
    const journal = (told.get(nozzle) ?? []).map(({ volumeMl, amount }) => `${volumeMl} ml ${amount}`);
    expect(journal, `nozzle ${nozzle}`).toEqual(
      dispensed.map(({ volume, amount }) => `${volume} ml ${amount}`),
    );
  }
  expect(completed).toHaveLength(sales);
  expect(new Set(completed.map(({ sale }) => sale)).size).toBe(sales);

  for (const { nozzle, volumeMl, amount } of day.totals()) {
    const list = told.get(nozzle) ?? [];
    expect(
      list.reduce((sum, sale) => sum + sale.volumeMl, 0),
      `volume of nozzle ${nozzle}`,
    ).toBe(volumeMl);
    expect(
      list.reduce((sum, sale) => sum + (sale.amount ?? 0), 0),
      `amount of nozzle ${nozzle}`,
    ).toBe(amount);
    // Each span begins where the one before ended: nothing is sold twice, nothing is left out.
    const ends = list.map((sale) => sale.totalizerEndMl);
    expect(list.slice(1).map((sale) => sale.totalizerStartMl)).toEqual(ends.slice(0, -1));
    expect(ends.at(-1)).toBe(truth.get(nozzle)?.at(-1)?.totalizerEnd);
  }

  const members = new Map(journalled(station, 'sale.attributed').map(({ sale, member }) => [sale, member]));
  const credits = journalled(station, 'credit.posted');
  expect(wrongMembers(told, truth, members)).toEqual([]);
  expect(credits.map(({ sale, member }) => [sale, member])).toEqual([...members]);
  expect(ledgerSum).toBe(0);
  const scanned = day.dispensed.filter(
    ({ card }) => card?.when === 'before' || card?.when === 'during',
  ).length;
  expect(members.size).toBeGreaterThan(0.9 * scanned);

  const { faultsInjected } = day.stats();
  for (const kind of faultKinds.filter((each) => dayFaults.rates[each]))
    expect(faultsInjected[kind], kind).toBeGreaterThan(0);
  const recovered = completed.filter(({ quality }) => quality === 'recovered').length;
  const ambiguous = completed.filter(({ attribution }) => attribution === 'ambiguous').length;
  console.info(
    `${sales} sales, ${recovered} recovered; ${scanned} scanned, ${members.size} credited, ${ambiguous} ambiguous; ` +
      `${day.stats().requests} requests, faults ${JSON.stringify(faultsInjected)}`,
  );
});
