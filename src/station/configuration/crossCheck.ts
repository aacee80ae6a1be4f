/** What one file's schema cannot see: names that must exist elsewhere, and things that exclude each other. */
import type { Profile } from '../../model/config/profile.ts';
import { checkDevices } from './crossCheck/devices.ts';
import { checkFuellingPoints } from './crossCheck/fuellingPoints.ts';
import { checkGauges } from './crossCheck/gauges.ts';
import { type Station, uniqueNames } from './crossCheck/names.ts';
import { checkPorts } from './crossCheck/ports.ts';
import { checkReaders } from './crossCheck/readers.ts';
import { checkTanks } from './crossCheck/tanks.ts';
import { checkUse } from './crossCheck/use.ts';
import type { Problem } from './problem.ts';

/** Every cross-reference of the station's file. `profiles` are those that could be read, by name. */
export function crossCheck(station: Station, profiles: ReadonlyMap<string, Profile>): Problem[] {
  return [
    ...uniqueNames(station),
    ...checkDevices(station, profiles),
    ...checkFuellingPoints(station, profiles),
    ...checkReaders(station, profiles),
    ...checkGauges(station, profiles),
    ...checkTanks(station, profiles),
    ...checkPorts(station),
    // What is faulty itself may be what uses the rest.
    ...(station.leftOut.size === 0 ? checkUse(station) : []),
  ];
}
