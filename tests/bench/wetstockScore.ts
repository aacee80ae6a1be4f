/** What was found of what there was, against the targets. */
import type { Delivery } from '../../src/model/tank.ts';
import type { TrueDelivery } from '../../src/simulator/tanks/inflows.ts';
import type { TankRun } from './wetstockRun.ts';
import { dayMs, epoch } from './wetstockWorld.ts';

export interface Target {
  readonly name: string;
  readonly target: string;
  readonly measured: string;
  readonly pass: boolean;
}

const slackMs = 45 * 60_000;
const largeLitres = 500;

interface VolumeError {
  readonly litres: number;
  readonly day: number;
  readonly how: string;
  readonly error: number;
}

interface Drop {
  readonly from: number;
  readonly to: number;
  readonly litres: number;
}

/** Drops that no gauge could tell apart are one delivery. */
function dropsOf(truth: readonly TrueDelivery[]): Drop[] {
  const drops: Drop[] = [];
  for (const { startedAt, endedAt, litres } of truth) {
    const last = drops.at(-1);
    if (last && startedAt - last.to < slackMs)
      drops[drops.length - 1] = { from: last.from, to: endedAt, litres: last.litres + litres };
    else drops.push({ from: startedAt, to: endedAt, litres });
  }
  return drops;
}

/** Milliseconds that both share; negative: so far apart. */
const overlap = (drop: Drop, { startedAt, endedAt }: Delivery): number =>
  Math.min(drop.to, endedAt - epoch) - Math.max(drop.from, startedAt - epoch);

function deliveriesOf(run: TankRun) {
  const drops = dropsOf(run.truth);
  const used = new Set<number>();
  let missed = 0;
  const errors: VolumeError[] = [];
  for (const drop of drops) {
    const near = run.booked.filter((each, index) => {
      const hit = overlap(drop, each) > -slackMs;
      if (hit) used.add(index);
      return hit;
    });
    // one that is nearer to another drop is that one's, else two drops an hour apart are each told as both
    const nearest = near.filter((each) =>
      drops.every((other) => overlap(other, each) <= overlap(drop, each)),
    );
    const own = nearest.length > 0 ? nearest : near;
    if (own.length === 0 && drop.litres > largeLitres) missed++;
    if (own.length > 0)
      errors.push({
        litres: drop.litres,
        day: drop.from / dayMs,
        how: own.map(({ source, flags }) => [source, ...flags].join(' ')).join(', '),
        error: own.reduce((sum, each) => sum + each.volume, 0) / 1000 - drop.litres,
      });
  }
  return {
    drops: drops.length,
    found: errors.length,
    missed,
    invented: run.booked.length - used.size,
    errors,
  };
}

const within = ({ litres, error }: VolumeError): boolean => Math.abs(error) <= Math.max(30, litres * 0.003);

export function scoreRuns(runs: readonly TankRun[]): { lines: string[]; targets: Target[] } {
  const all = runs.map((run) => ({ run, ...deliveriesOf(run) }));
  const errors = all.flatMap((each) => each.errors);
  const sizes = errors.map(({ error }) => Math.abs(error)).sort((a, b) => a - b);
  const isTight = ({ options: { troubles } }: TankRun): boolean => Object.keys(troubles).length === 0;
  const tight = runs.filter(isTight);
  const falseAlarms = tight.flatMap((run) => run.alarms.map((alarm) => ({ run, alarm })));
  const leaks = runs.flatMap((run) =>
    run.options.troubles.leak ? [{ run, leak: run.options.troubles.leak }] : [],
  );
  const leakDays = leaks.map(({ run, leak }) => {
    const found = run.alarms.find(({ kind, day }) => kind === 'leak-suspected' && day >= leak.fromDay);
    return found ? found.day - leak.fromDay : null;
  });
  const thefts = runs.flatMap((run) =>
    run.options.troubles.theft ? [{ run, theft: run.options.troubles.theft }] : [],
  );
  const morning = thefts.filter(({ run, theft }) =>
    run.alarms.some(
      ({ kind, day }) => ['theft', 'sudden-loss'].includes(kind) && day >= theft.day && day < theft.day + 0.4,
    ),
  );
  const meters = runs.filter(({ options }) => options.troubles.meterFactor !== undefined);
  const metersFound = meters.filter(({ alarms }) => alarms.some(({ kind }) => kind === 'meter-drift'));
  const raised = (kind: string, among: readonly TankRun[]): number =>
    among.filter(({ alarms }) => alarms.some((alarm) => alarm.kind === kind)).length;
  const stolen = thefts.map(({ run }) => run);
  const takenForLeak = raised('leak-suspected', [...meters, ...stolen]);
  const takenForMeter = raised('meter-drift', [...leaks.map(({ run }) => run), ...stolen]);
  const sum = (of: (each: (typeof all)[number]) => number): number =>
    all.reduce((total, each) => total + of(each), 0);
  const good = errors.filter(within).length;
  const targets: Target[] = [
    target(
      'deliveries over 500 L missed',
      '0',
      String(sum((each) => each.missed)),
      sum((each) => each.missed) === 0,
    ),
    target(
      'deliveries invented',
      '0',
      String(sum((each) => each.invented)),
      sum((each) => each.invented) === 0,
    ),
    target(
      'delivered volume within 0.3 % or 30 L',
      'all',
      `${good} of ${errors.length}`,
      good === errors.length,
    ),
    target(
      'leak of 0.76 L/h found after days',
      '<= 30',
      leakDays.map((day) => day?.toFixed(1) ?? 'never').join(', ') || '-',
      leakDays.every((day) => day !== null && day <= 30),
    ),
    target(
      'alarms on tight tanks',
      '0',
      `${falseAlarms.length} in ${tight.length} tanks`,
      falseAlarms.length === 0,
    ),
    target(
      'theft of 100 L overnight found the next morning',
      'all',
      `${morning.length} of ${thefts.length}`,
      morning.length === thefts.length,
    ),
    target(
      'meters that err by 0.5 % found',
      'all',
      `${metersFound.length} of ${meters.length}`,
      metersFound.length === meters.length,
    ),
    target('meters that err, thefts taken for a leak', '0', String(takenForLeak), takenForLeak === 0),
    target('leaks, thefts taken for meters that err', '0', String(takenForMeter), takenForMeter === 0),
  ];
  const lines = [
    `deliveries: ${sum((each) => each.drops)} came, ${sum((each) => each.found)} found; error of the volume: median ${median(sizes).toFixed(1)} L, worst ${(sizes.at(-1) ?? 0).toFixed(1)} L`,
    ...all.flatMap(({ run: { options }, errors: own }) =>
      own
        .filter((each) => !within(each))
        .map(
          ({ day, litres, error, how }) =>
            `off, seed ${options.seed} tank ${options.tank} day ${day.toFixed(2)}: ${error.toFixed(1)} L of ${litres.toFixed(0)} L (${how})`,
        ),
    ),
    ...falseAlarms.map(
      ({ run, alarm }) =>
        `false alarm, seed ${run.options.seed} tank ${run.options.tank} day ${alarm.day.toFixed(2)}: ${alarm.kind}: ${alarm.text}`,
    ),
    ...runs.map(
      (run) =>
        `seed ${run.options.seed} tank ${run.options.tank} ${JSON.stringify(run.options.troubles)}: idle ${run.rate?.toFixed(3) ?? '-'} L/h, meter ${run.meter ? `${(run.meter.share * 100).toFixed(3)} +/- ${(run.meter.plusMinus * 100).toFixed(3)} %` : '-'}${run.alarms.length > 0 ? `; ${run.alarms.map(({ kind, day }) => `${kind} on day ${day.toFixed(1)}`).join(', ')}` : ''}`,
    ),
    '',
  ];
  return { lines, targets };
}

const target = (name: string, wanted: string, measured: string, pass: boolean): Target => ({
  name,
  target: wanted,
  measured,
  pass,
});
const median = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? 0;
