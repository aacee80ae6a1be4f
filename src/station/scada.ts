/** The station's own OPC UA server for an on-site SCADA: what it shows, and when. Off unless the file has `opcuaServer`. */
import { join } from 'node:path';
import { createOpcuaExport } from '../drivers/opcuaServer/export.ts';
import type { FuellingPointState, TankState } from '../model/states.ts';
import type { LoadedStation } from './configuration/load.ts';
import { readSecret } from './configuration/secrets.ts';
import type { StationContext } from './context.ts';
import type { StationDeps } from './deps.ts';
import type { TankAlarmView } from './tanks/view.ts';

export interface Scada {
  /** Every second. */
  tick(): void;
  stop(): Promise<void>;
}

export interface ScadaSource {
  fuellingPoints(): readonly FuellingPointState[];
  tanks(): readonly TankState[];
  alarms(): readonly TankAlarmView[];
}

const noScada: Scada = { tick() {}, stop: async () => {} };

/** Throws SECRET_MISSING where a password cannot be had; an address that is taken is told in the log, and tried again. */
export function createScada(
  context: StationContext,
  { config, file, storeDirectory }: LoadedStation,
  deps: StationDeps,
  source: ScadaSource,
): Scada {
  const { opcuaServer } = config;
  if (!opcuaServer) return noScada;
  const users = opcuaServer.users.map(({ user, password }) => ({
    user,
    password: readSecret(password, file, deps.env),
  }));
  const server = createOpcuaExport({
    ...{ config: opcuaServer, users, pkiDirectory: join(storeDirectory, 'pki') },
    ...{ site: context.site, version: deps.version, currencyDecimals: context.currencyDecimals },
    ...{ clock: context.clock, log: context.log, random: deps.random },
  });
  return {
    tick: () =>
      server.update({
        tanks: source.tanks(),
        fuellingPoints: source.fuellingPoints(),
        alarms: source.alarms().map(({ number, subject, kind, text, raisedAt, acknowledgedAt }) => ({
          ...{ number, subject, kind, text, at: raisedAt, acknowledged: acknowledgedAt !== null },
        })),
      }),
    stop: () => server.stop(),
  };
}
