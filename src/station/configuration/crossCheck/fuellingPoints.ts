/** Fuelling points and their nozzles: device, hose, grade, tank. */
import type { Profile } from '../../../model/config/profile.ts';
import type { Path, Problem } from '../problem.ts';
import { type Station, unknown } from './names.ts';

export function checkFuellingPoints(station: Station, profiles: ReadonlyMap<string, Profile>): Problem[] {
  const problems: Problem[] = [];
  const { devices, opcua, fuellingPoints } = station.value;
  const taken = new Map<string, string>();
  fuellingPoints.forEach((fuellingPoint, index) => {
    const at = (...rest: (string | number)[]): Path => ['fuellingPoints', index, ...rest];
    const named = [...devices, ...opcua];
    const device = named.find((candidate) => candidate.id === fuellingPoint.device);
    if (!device)
      problems.push(
        ...unknown(
          station,
          at('device'),
          'device',
          fuellingPoint.device,
          named.map((each) => each.id),
        ),
      );
    const key = `${fuellingPoint.device} ${fuellingPoint.point}`;
    const other = taken.get(key);
    if (other !== undefined) {
      problems.push(
        station.problem(
          at('point'),
          `point ${fuellingPoint.point} of device "${fuellingPoint.device}" is already fuelling point "${other}"`,
          'Each fuelling point needs a point of its own.',
        ),
      );
    } else taken.set(key, fuellingPoint.id);
    const profile = device && profiles.get(device.profile);
    if (profile?.kind === 'opcua' && !profile.dispenser) {
      problems.push(
        station.problem(
          at('device'),
          `profile ${profile.profile} of server "${fuellingPoint.device}" has no dispensers`,
          'Add `dispenser` to the profile, or name another device.',
        ),
      );
    }
    if (profile?.kind === 'reader' || profile?.kind === 'gauge') {
      problems.push(
        station.problem(
          at('device'),
          `device "${fuellingPoint.device}" has the profile of a ${profile.kind}`,
          'Name a dispenser.',
        ),
      );
    }
    const dispenser = profile?.kind === 'dispenser' ? profile : null;
    const hoses = profile?.kind === 'opcua' ? profile.dispenser?.hoses : dispenser?.hoses;
    if (dispenser && fuellingPoint.point > dispenser.points.count) {
      problems.push(
        station.problem(
          at('point'),
          `${dispenser.profile} has ${dispenser.points.count} fuelling point(s)`,
          'Use a smaller number, or the right profile.',
        ),
      );
    }
    problems.push(...checkNozzles(station, index, hoses ?? null));
  });
  return problems;
}

function checkNozzles(station: Station, index: number, hosesOfProfile: number | null): Problem[] {
  const problems: Problem[] = [];
  const { grades, tanks, fuellingPoints } = station.value;
  const names = new Set<string>();
  const hoses = new Set<number>();
  fuellingPoints[index]?.nozzles.forEach((nozzle, n) => {
    const at = (key: string): Path => ['fuellingPoints', index, 'nozzles', n, key];
    if (names.has(nozzle.id))
      problems.push(
        station.problem(
          at('id'),
          `nozzle "${nozzle.id}" is there twice`,
          'Give each nozzle of a fuelling point its own name.',
        ),
      );
    if (hoses.has(nozzle.hose))
      problems.push(
        station.problem(
          at('hose'),
          `hose ${nozzle.hose} is there twice`,
          'Each nozzle is another hose of the dispenser.',
        ),
      );
    names.add(nozzle.id);
    hoses.add(nozzle.hose);
    if (hosesOfProfile !== null && nozzle.hose > hosesOfProfile) {
      problems.push(
        station.problem(
          at('hose'),
          `the dispenser's profile has ${hosesOfProfile} hose(s)`,
          'Use a smaller number, or the right profile.',
        ),
      );
    }
    if (!grades.some((grade) => grade.id === nozzle.grade)) {
      problems.push(
        ...unknown(
          station,
          at('grade'),
          'grade',
          nozzle.grade,
          grades.map((each) => each.id),
        ),
      );
    }
    if (nozzle.tank === undefined) return;
    const tank = tanks.find((candidate) => candidate.id === nozzle.tank);
    if (!tank)
      problems.push(
        ...unknown(
          station,
          at('tank'),
          'tank',
          nozzle.tank,
          tanks.map((each) => each.id),
        ),
      );
    else if (tank.grade !== nozzle.grade) {
      problems.push(
        station.problem(
          at('tank'),
          `tank "${tank.id}" holds ${tank.grade}, the nozzle sells ${nozzle.grade}`,
          'Name the tank that this nozzle draws from.',
        ),
      );
    }
  });
  return problems;
}
