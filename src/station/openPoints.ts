/** The fuelling points of the file as they were left: each with its state, or counted anew where that is not its own. */
import type { FuellingAlarm, PointSpec } from '../core/fuelling/machine.ts';
import { opcuaDispenserSpec } from '../core/opcua/dispenserSpec.ts';
import {
  totalizerModulus,
  totalizerResolution,
  volumeResolution,
} from '../core/registers/profileReadings.ts';
import type { FuellingPointConfig } from '../model/config/station.ts';
import { ForecourtError } from '../model/errors.ts';
import type { LoadedStation } from './configuration/load.ts';
import type { StationContext } from './context.ts';
import { type AlarmFact, type FuellingPoint, recordAlarm } from './recordFuelling.ts';
import { asideName, loadPoint, type PointDispenser, savePoint, tellStrangers } from './savedPoint.ts';

export interface OpenedPoints {
  readonly points: Map<string, FuellingPoint>;
  /** Already in the books; to be shown. */
  readonly alarms: readonly (readonly [id: string, alarm: AlarmFact])[];
}

/** Throws what the store throws when it cannot be read. What cannot be written is tried again at the next start. */
export function openPoints(context: StationContext, loaded: LoadedStation): OpenedPoints {
  const points = new Map<string, FuellingPoint>();
  const alarms: [string, AlarmFact][] = [];
  for (const config of loaded.config.fuellingPoints) {
    const { id } = config;
    const profile = dispenserOf(loaded, config);
    const dispenser = { device: config.device, profile: profile.profile, point: config.point };
    const { state, alarm } = loadPoint(context, id, dispenser);
    const point = { spec: specOf(config, profile.spec, context), dispenser, state, unwritten: [] };
    points.set(id, point);
    if (alarm) alarms.push([id, setAside(context, point, alarm)]);
  }
  tellStrangers(context, new Map([...points].map(([id, { dispenser }]) => [id, dispenser])));
  return { points, alarms };
}

/** The old state under another name, the new one in its place, and the alarm, in one transaction. */
function setAside(
  context: StationContext,
  { spec, dispenser, state }: { spec: PointSpec; dispenser: PointDispenser; state: FuellingPoint['state'] },
  { kind, text }: { kind: FuellingAlarm; text: string },
): AlarmFact {
  const { store, clock, log } = context;
  const id = spec.fuellingPoint;
  const fact: AlarmFact = { kind: 'alarm', nozzle: null, alarm: kind, text, at: clock.now() };
  try {
    store.transaction(() => {
      store.machines.setAside(id, asideName(context, id));
      savePoint(context, id, dispenser, state);
      recordAlarm(context, id, fact);
    });
  } catch (error) {
    log.error(
      { err: error, fuellingPoint: id },
      'a state could not be set aside; it is tried at the next start',
    );
  }
  return fact;
}

type DispenserSpec = Omit<PointSpec, 'fuellingPoint' | 'hoses' | 'currencyDecimals'>;

/** The profile of a point's dispenser, on a line or behind an OPC UA server, and what the machine must know of it. */
function dispenserOf(
  { config, profiles }: LoadedStation,
  { id, device }: FuellingPointConfig,
): { profile: string; spec: DispenserSpec } {
  const entry = [...config.devices, ...config.opcua].find((each) => each.id === device);
  const profile = profiles.get(entry?.profile ?? '');
  if (profile?.kind === 'opcua' && profile.dispenser)
    return { profile: profile.profile, spec: opcuaDispenserSpec(profile.units, profile.dispenser) };
  if (profile?.kind !== 'dispenser')
    throw new ForecourtError('INTERNAL', `fuelling point ${id}: ${device} has no dispenser's profile`);
  return {
    profile: profile.profile,
    spec: {
      lastSale: profile.lastSale !== undefined,
      saleNumber: profile.saleNumber ?? null,
      totalizerModulus: totalizerModulus(profile),
      totalizerResolution: totalizerResolution(profile),
      volumeResolution: volumeResolution(profile),
      settleMs: profile.timing.settleMs,
    },
  };
}

const specOf = (
  { id, nozzles }: FuellingPointConfig,
  dispenser: DispenserSpec,
  { currencyDecimals }: StationContext,
): PointSpec => ({
  fuellingPoint: id,
  hoses: nozzles.map(({ hose, id: nozzle, grade, tank = null }) => ({ hose, nozzle, grade, tank })),
  ...dispenser,
  currencyDecimals,
});
