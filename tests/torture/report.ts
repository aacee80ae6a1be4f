/** The run as tables. */
import { table } from '../../src/cli/render/table.ts';
import type { NozzleResult, Sums } from './compare.ts';
import type { TortureRun } from './run.ts';

const differencesShown = 60;

/** Every difference, in words; none: truth, database and feed agree exactly. */
export function differencesOf({ comparison, wrongEvents }: TortureRun): string[] {
  return [
    ...comparison.nozzles.flatMap(({ nozzle, differences }) =>
      differences.map((text) => `nozzle ${nozzle}: ${text}`),
    ),
    ...comparison.others,
    ...wrongEvents,
  ];
}

export function reportOf(run: TortureRun): string {
  const { comparison, kills, broker, simulator, lives } = run;
  const differences = differencesOf(run);
  const atStep = [...kills.atStep.values()].reduce((sum, count) => sum + count, 0);
  const faults = Object.entries(simulator.faultsInjected).filter(([, count]) => count > 0);
  return [
    nozzleTable(comparison.nozzles),
    '',
    table(
      ['kills at step', 'times>'],
      [...kills.atStep].map(([step, count]) => [step, String(count)]),
    ),
    '',
    table(
      ['what came of each dispensed sale', 'sales>'],
      Object.entries(comparison.outcomes).map(([outcome, count]) => [outcome, String(count)]),
    ),
    '',
    `${atStep + kills.atRandom} kills (${atStep} at a step, ${kills.atRandom} at a random time), ${lives.length} starts; ` +
      `broker killed ${broker.killed} times, paused ${broker.paused} times; ${run.seconds} s`,
    `faults: ${faults.map(([kind, count]) => `${kind} ${count}`).join(', ')}; ${simulator.requests} requests`,
    `${run.events} events, ${run.duplicates} received again and removed by id; ${comparison.recovered} sales recovered, ` +
      `${comparison.merged} dispensed sales share a record, ${comparison.exchanged} told after the next one, ${comparison.ambiguous} ambiguous, ${comparison.amountsUntold} amounts untold`,
    '',
    differences.length === 0
      ? 'No difference: truth, database and feed agree exactly.'
      : `${differences.length} DIFFERENCES\n${differences.slice(0, differencesShown).join('\n')}`,
  ].join('\n');
}

const none: Sums = { sales: 0, volume: 0, amount: 0, members: 0, points: 0 };
const add = (a: Sums, b: Sums): Sums => ({
  sales: a.sales + b.sales,
  volume: a.volume + b.volume,
  amount: a.amount + b.amount,
  members: a.members + b.members,
  points: a.points + b.points,
});

function nozzleTable(nozzles: readonly NozzleResult[]): string {
  const total: NozzleResult = {
    nozzle: 'all',
    fuellingPoint: '',
    truth: nozzles.reduce((sum, each) => add(sum, each.truth), none),
    database: nozzles.reduce((sum, each) => add(sum, each.database), none),
    feed: nozzles.reduce((sum, each) => add(sum, each.feed), none),
    differences: nozzles.flatMap((each) => each.differences),
  };
  const cell = (sums: Sums): string =>
    `${sums.sales} / ${(sums.volume / 1000).toFixed(3)} / ${(sums.amount / 100).toFixed(2)} / ${sums.members} / ${sums.points}`;
  return table(
    ['nozzle', 'point', 'truth: sales / L / amount / members / points', 'database', 'feed', 'differences>'],
    [...nozzles, total].map((each) => [
      each.nozzle,
      each.fuellingPoint,
      ...[each.truth, each.database, each.feed].map(cell),
      String(each.differences.length),
    ]),
  );
}
