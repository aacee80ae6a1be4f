/** The fuelling points of the file as they were left: each with its state, or counted anew where that is not its own. */
import type { FuellingAlarm, PointSpec } from '../core/fuelling/machine.ts';
import {
  totalizerModulus,
  totalizerResolution,
  volumeResolution,
} from '../core/registers/profileReadings.ts';
import type { DispenserProfile } from '../model/config/profile.ts';
import type { FuellingPointConfig } from '../model/config/station.ts';
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
    const device = loaded.config.devices.find((each) => each.id === config.device);
    const profile = loaded.profiles.get(device?.profile ?? '') as DispenserProfile;
    const dispenser = { device: config.device, profile: profile.profile, point: config.point };
    const { state, alarm } = loadPoint(context, id, dispenser);
    const point = { spec: specOf(config, profile, context), dispenser, state, unwritten: [] };
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

function specOf(
  { id, nozzles }: FuellingPointConfig,
  profile: DispenserProfile,
  { currencyDecimals }: StationContext,
): PointSpec {
  return {
    fuellingPoint: id,
    hoses: nozzles.map(({ hose, id: nozzle, grade, tank = null }) => ({ hose, nozzle, grade, tank })),
    lastSale: profile.lastSale !== undefined,
    saleNumber: profile.saleNumber ?? null,
    totalizerModulus: totalizerModulus(profile),
    totalizerResolution: totalizerResolution(profile),
    volumeResolution: volumeResolution(profile),
    settleMs: profile.timing.settleMs,
    currencyDecimals,
  };
}
