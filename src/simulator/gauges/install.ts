/** Every gauge of a station's file, before the physical tanks of its ground. */
import type { Clock } from '../../core/ports.ts';
import type { Profile } from '../../model/config/profile.ts';
import type { StationConfig } from '../../model/config/station.ts';
import type { TankConfig } from '../../model/config/tanks.ts';
import { ForecourtError } from '../../model/errors.ts';
import { startSimulatedOpcua } from '../opcua/server.ts';
import { randomFor } from '../physics/random.ts';
import type { Scheduler } from '../scheduler.ts';
import type { RegisterBank } from '../slave.ts';
import { type Endpoint, requireLoopback } from '../wire/endpoint.ts';
import { modbusGaugeBank } from './modbusGauge.ts';
import type { TankOptions } from './options.ts';
import type { TankFarm } from './tankFarm.ts';
import { serveTlsGauge } from './tlsServer.ts';

export interface GaugeInstallation {
  readonly station: StationConfig;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly options: TankOptions;
  readonly farm: TankFarm;
  readonly serialPaths: Readonly<Record<string, string>>;
  readonly deadDevices: readonly string[];
  readonly seed: number;
  readonly speed: number;
  readonly clock: Clock;
  readonly realTime: Scheduler;
  readonly simulated: Scheduler;
}

export interface Gauges {
  /** Registers of the Modbus gauges, by device. */
  readonly banks: ReadonlyMap<string, RegisterBank>;
  /** Listens with all others. Errors: SIMULATOR_REFUSED, LINE_OPEN. */
  open(): Promise<Endpoint[]>;
}

/** Throws SIMULATOR_REFUSED for a gauge that others could reach. */
export function installGauges(at: GaugeInstallation): Gauges {
  const { station, farm } = at;
  const banks = new Map<string, RegisterBank>();
  const openings: (() => Promise<Endpoint>)[] = [];
  for (const gauge of station.gauges) {
    const tanks = station.tanks.filter((tank) => tank.gauge?.gauge === gauge.id);
    switch (gauge.kind) {
      case 'tls': {
        if (gauge.connection.kind === 'tcp') requireLoopback(gauge.connection.host, gauge.id);
        const served = {
          ...{ config: gauge, serialPath: at.serialPaths[gauge.id], zone: station.site.zone },
          ...{ options: at.options, clock: at.clock, speed: at.speed },
          ...{ realTime: at.realTime, simulated: at.simulated },
          random: randomFor(at.seed, `gauge ${gauge.id}`),
          tanks: tanks.map((tank) => ({
            number: numberOf(tank),
            label: tank.grade.toUpperCase(),
            capacityLitres: farm.capacityLitres(tank.id),
            limits: farm.limits(tank.id),
            density15: farm.density15(tank.id),
            past: farm.past(tank.id),
            shows: () => farm.shows(tank.id),
            reports: () => farm.reports(tank.id),
            standing: () => farm.standing(tank.id),
            alarmEvents: () => farm.alarmEvents(tank.id),
            drawn: (from: number, to: number) => farm.drawn(tank.id, from, to),
          })),
        };
        openings.push(() => serveTlsGauge(served));
        break;
      }
      case 'modbus': {
        const device = station.devices.find(({ id }) => id === gauge.device);
        const profile = at.profiles.get(device?.profile ?? '');
        if (profile?.kind !== 'gauge')
          throw new ForecourtError(
            'SIMULATOR_REFUSED',
            `gauge ${gauge.id}: ${gauge.device} has no gauge's profile`,
          );
        const shown = tanks.map(({ id, gauge: its }) => {
          const tank = { shows: () => farm.shows(id), standing: () => farm.standing(id) };
          return [its?.tank ?? 1, tank] as const;
        });
        const switches = {
          alive: () => !at.deadDevices.includes(gauge.device),
          stale: () => at.options.stale.includes(gauge.id),
        };
        banks.set(gauge.device, modbusGaugeBank(profile, new Map(shown), switches));
        break;
      }
      case 'opcua': {
        const server = station.opcua.find(({ id }) => id === gauge.server);
        if (!server) break;
        const { hostname, port } = new URL(server.endpoint.replace(/^opc\.tcp/, 'http'));
        requireLoopback(hostname, gauge.id);
        openings.push(() =>
          startSimulatedOpcua({
            ...{ host: hostname, port: Number(port || 4840) },
            read: () => tanks.map((tank) => snapshotOf(farm, tank)),
          }),
        );
      }
    }
  }
  return { banks, open: () => openInTurn(openings) };
}

async function openInTurn(openings: readonly (() => Promise<Endpoint>)[]): Promise<Endpoint[]> {
  const opened: Endpoint[] = [];
  try {
    for (const open of openings) opened.push(await open());
  } catch (error) {
    await Promise.all(opened.map((each) => each.close()));
    throw error;
  }
  return opened;
}

const numberOf = (tank: TankConfig): number => tank.gauge?.tank ?? 1;

/** A probe that is out shows no number. */
function snapshotOf(farm: TankFarm, tank: TankConfig) {
  const shows = farm.shows(tank.id);
  const none = Number.NaN;
  return {
    tank: numberOf(tank),
    volumeLitres: shows?.volumeLitres ?? none,
    correctedLitres: shows?.volume15Litres ?? none,
    ullageLitres: shows?.ullageLitres ?? none,
    heightMm: shows?.heightMm ?? none,
    waterMm: shows?.waterMm ?? none,
    temperatureC: shows?.temperatureC ?? none,
    deliveryInProgress: shows?.deliveryInProgress ?? false,
  };
}
