/** Tanks: their gauge and its number, limits within the capacity, manifolds of one grade. */
import type { Profile } from '../../../model/config/profile.ts';
import type { GaugeConfig, TankConfig } from '../../../model/config/tanks.ts';
import type { Path, Problem } from '../problem.ts';
import { type Station, unknown } from './names.ts';

export function checkTanks(station: Station, profiles: ReadonlyMap<string, Profile>): Problem[] {
  const { tanks } = station.value;
  return [
    ...tanks.flatMap((tank, index) => [
      ...checkGauge(station, profiles, tank, index),
      ...checkLimits(station, tank, index),
    ]),
    ...checkNumbers(station),
    ...checkManifolds(station),
  ];
}

const at = (index: number, ...rest: string[]): Path => ['tanks', index, ...rest];

function checkGauge(
  station: Station,
  profiles: ReadonlyMap<string, Profile>,
  tank: TankConfig,
  index: number,
): Problem[] {
  const { gauges } = station.value;
  const { gauge: measured, strapping } = tank;
  const warn = (path: Path, message: string, hint: string) => station.problem(path, message, hint, 'warning');
  if (!measured) {
    if (strapping !== undefined)
      return [
        warn(
          at(index, 'strapping'),
          `tank "${tank.id}" has a strapping table and no gauge`,
          'Name its gauge, or take the table out.',
        ),
      ];
    if (gauges.length === 0) return [];
    return [
      warn(
        ['tanks', index],
        `tank "${tank.id}" has no gauge: nobody knows its level`,
        `Add \`gauge: { gauge: ${gauges[0]?.id}, tank: N }\`.`,
      ),
    ];
  }
  const gauge = gauges.find((each) => each.id === measured.gauge);
  if (!gauge) {
    const names = gauges.map((each) => each.id);
    return unknown(station, at(index, 'gauge', 'gauge'), 'gauge', measured.gauge, names);
  }
  const profile = profileOf(station, profiles, gauge);
  const problems: Problem[] = [];
  if (profile?.kind === 'gauge' && measured.tank > profile.tanks.count)
    problems.push(
      station.problem(
        at(index, 'gauge', 'tank'),
        `${profile.profile} has ${profile.tanks.count} tank(s)`,
        'Use a smaller number, or the right profile.',
      ),
    );
  const fields = profile?.kind === 'gauge' || profile?.kind === 'opcua' ? profile.tank : undefined;
  if (fields && !fields.volume && strapping === undefined)
    problems.push(
      warn(
        ['tanks', index],
        `gauge "${gauge.id}" gives tank "${tank.id}" only a height: its volume stays unknown`,
        'Add `strapping`: a CSV of height in mm and volume in litres.',
      ),
    );
  return problems;
}

function profileOf(
  { value: { devices, opcua } }: Station,
  profiles: ReadonlyMap<string, Profile>,
  gauge: GaugeConfig,
): Profile | undefined {
  if (gauge.kind === 'tls') return undefined;
  const { profile } =
    (gauge.kind === 'modbus'
      ? devices.find((each) => each.id === gauge.device)
      : opcua.find((each) => each.id === gauge.server)) ?? {};
  return profile === undefined ? undefined : profiles.get(profile);
}

/** No two tanks of the station are the same tank of a gauge. */
function checkNumbers(station: Station): Problem[] {
  const owners = new Map<string, string>();
  return station.value.tanks.flatMap(({ id, gauge }, index) => {
    if (!gauge) return [];
    const key = `${gauge.gauge} ${gauge.tank}`;
    const owner = owners.get(key);
    if (owner === undefined) owners.set(key, id);
    return owner === undefined
      ? []
      : [
          station.problem(
            at(index, 'gauge', 'tank'),
            `tank ${gauge.tank} of gauge "${gauge.gauge}" is already tank "${owner}"`,
            "Each has the gauge's own number of it.",
          ),
        ];
  });
}

/** In their order, from the bottom up. */
const levels = ['criticalLitres', 'lowLitres', 'highLitres', 'overfillLitres'] as const;
type Level = (typeof levels)[number];

function checkLimits(station: Station, tank: TankConfig, index: number): Problem[] {
  const { capacityLitres: capacity, limits, safeFillPercent } = tank;
  const problems: Problem[] = [];
  const path = (level: string): Path => at(index, 'limits', level);
  if (capacity !== undefined) {
    for (const level of levels) {
      const limit = limits[level];
      if (limit !== undefined && limit > capacity)
        problems.push(
          station.problem(
            path(level),
            `${limit} l is above the capacity of ${capacity} l`,
            'Write a smaller limit.',
          ),
        );
    }
  }
  const defaults: Record<Level, number | undefined> =
    capacity === undefined
      ? { criticalLitres: undefined, lowLitres: undefined, highLitres: undefined, overfillLitres: undefined }
      : {
          criticalLitres: 0.05 * capacity,
          lowLitres: 0.1 * capacity,
          highLitres: (safeFillPercent / 100) * capacity,
          overfillLitres: 0.98 * capacity,
        };
  let below: { readonly level: Level; readonly litres: number } | null = null;
  for (const level of levels) {
    const litres = limits[level] ?? defaults[level];
    if (litres === undefined) continue;
    const written = limits[level] !== undefined || (below !== null && limits[below.level] !== undefined);
    if (below && litres < below.litres && written && litres <= (capacity ?? Number.POSITIVE_INFINITY)) {
      const named = limits[level] === undefined ? below.level : level;
      problems.push(
        station.problem(
          path(named),
          `${level} (${shown(litres)} l) is below ${below.level} (${shown(below.litres)} l)`,
          `They rise in this order: ${levels.join(', ')}; what is left out has its default.`,
        ),
      );
    }
    below = { level, litres };
  }
  if (limits.waterMm < limits.waterWarningMm)
    problems.push(
      station.problem(
        path('waterMm'),
        `the alarm at ${limits.waterMm} mm is below the warning at ${limits.waterWarningMm} mm`,
        '`waterWarningMm` comes first.',
      ),
    );
  if (tank.gauge && capacity === undefined) {
    const missing = levels.filter((level) => limits[level] === undefined);
    if (missing.length > 0)
      problems.push(
        station.problem(
          ['tanks', index],
          `tank "${tank.id}" has no capacityLitres: ${missing.join(', ')} cannot be worked out, nor its room for a delivery`,
          'Add `capacityLitres`.',
          'warning',
        ),
      );
  }
  return problems;
}

const shown = (litres: number): string => String(Math.round(litres));

/** What is connected below has one stock, so it has one grade and a name of its own. */
function checkManifolds(station: Station): Problem[] {
  const { tanks } = station.value;
  const problems: Problem[] = [];
  const first = new Map<string, TankConfig>();
  tanks.forEach((tank, index) => {
    if (tank.manifold === undefined) return;
    const namesake = tanks.find((each) => each.id === tank.manifold);
    if (namesake && namesake.manifold !== tank.manifold)
      problems.push(
        station.problem(
          at(index, 'manifold'),
          `"${tank.manifold}" is the name of a tank that does not belong to the manifold`,
          'Give the manifold a name of its own.',
        ),
      );
    const other = first.get(tank.manifold);
    if (other === undefined) first.set(tank.manifold, tank);
    else if (other.grade !== tank.grade)
      problems.push(
        station.problem(
          at(index, 'grade'),
          `tank "${tank.id}" holds ${tank.grade}, and "${other.id}" of the same manifold holds ${other.grade}`,
          'Tanks that are connected hold one grade: mend the grade or the manifold.',
        ),
      );
  });
  return problems;
}
