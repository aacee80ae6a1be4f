/** A station made of bytes: every device of a station file, on the file's own addresses. */
import type { DispenserProfile, Profile } from '../model/config/profile.ts';
import type { ReaderProfile } from '../model/config/readerProfile.ts';
import type { ReaderConfig } from '../model/config/station.ts';
import { ForecourtError } from '../model/errors.ts';
import { ordinaryBehaviour } from './behaviour.ts';
import { createForecourt } from './forecourt.ts';
import { installGauges } from './gauges/install.ts';
import { ordinaryTanks, type TankOptions } from './gauges/options.ts';
import { createTankFarm } from './gauges/tankFarm.ts';
import type { Behaviour, Simulation, SimulationOptions } from './options.ts';
import { readMemory } from './physics/memory.ts';
import { randomFor } from './physics/random.ts';
import { byteReader } from './readers/byteReader.ts';
import { modbusReader } from './readers/modbusReader.ts';
import type { ReaderPort } from './readers/port.ts';
import { ReaderLink } from './readers/serve.ts';
import { dispenserBank } from './registers.ts';
import { realScheduler } from './scheduler.ts';
import type { RegisterBank } from './slave.ts';
import { newTally, type Tally } from './tally.ts';
import { type Endpoint, requireLoopback } from './wire/endpoint.ts';
import { serveLine } from './wire/serve.ts';

/** Throws SIMULATOR_REFUSED for a station that cannot or must not be simulated; nothing is opened yet. */
export function createSimulation(options: SimulationOptions): Simulation {
  const { station, clock, log, seed, faults } = options;
  const behaviour: Behaviour = { ...ordinaryBehaviour, ...options.behaviour };
  if (!(options.speed > 0))
    throw new ForecourtError('SIMULATOR_REFUSED', `a speed of ${options.speed} is no speed`);
  for (const line of station.lines) if (line.kind !== 'serial') requireLoopback(line.host, line.id);

  const tally = newTally();
  const realTime = realScheduler(clock, 1);
  const simulated = realScheduler(clock, options.speed);
  const { dispenserProfiles, readerProfiles } = profilesByDevice(options);
  const links: ReaderLink[] = [];
  const banks = new Map<string, RegisterBank>();
  const readers = new Map<string, ReaderPort[]>();
  for (const config of station.readers) {
    const port = config.kind === 'modbus' ? addModbusReader(config) : addByteReader(config);
    for (const id of config.fuellingPoints) readers.set(id, [...(readers.get(id) ?? []), port]);
  }

  const { memory } = options;
  const kept = memory === undefined ? { dispensers: {}, tanks: null } : readMemory(memory, log);
  const forecourt = createForecourt({
    station,
    profiles: dispenserProfiles,
    members: options.members,
    readers,
    seed,
    behaviour,
    faults,
    maxSales: options.maxSales ?? Number.POSITIVE_INFINITY,
    scheduler: simulated,
    clock,
    memory: memory === undefined ? null : { path: memory, kept: kept.dispensers },
    tanksMemory: () => farm.memory(),
    tally,
    log,
    onDispensed: options.onDispensed ?? (() => undefined),
  });
  for (const [id, dispenser] of forecourt.dispensers) {
    const bank = dispenserBank(dispenser, {
      currencyDecimals: station.site.currencyDecimals,
      strictMap: behaviour.strictMap,
      nowMs: simulated.now,
      alive: !faults.deadDevices.includes(id),
      acknowledged: () => tally.acknowledged++,
    });
    banks.set(id, bank);
  }

  const tankOptions: TankOptions = { ...ordinaryTanks, ...options.tanks };
  const farm = createTankFarm(station, tankOptions, seed, {
    ...{ flowed: forecourt.flowed, scheduler: simulated, kept: kept.tanks },
  });
  const gauges = installGauges({
    ...{ station, profiles: options.profiles, options: tankOptions, farm, seed, clock },
    ...{ speed: options.speed, realTime, simulated, deadDevices: faults.deadDevices },
    serialPaths: options.serialPaths ?? {},
  });
  for (const [device, bank] of gauges.banks) banks.set(device, bank);

  function addModbusReader(config: Extract<ReaderConfig, { kind: 'modbus' }>): ReaderPort {
    const profile = readerProfiles.get(config.device);
    if (profile === undefined) {
      throw new ForecourtError(
        'SIMULATOR_REFUSED',
        `reader ${config.id}: ${config.device} has no reader's profile`,
      );
    }
    const { port, bank } = modbusReader(config.id, profile, realTime, tally);
    const alive = !faults.deadDevices.includes(config.device);
    banks.set(config.device, { ...bank, powered: () => alive });
    return port;
  }

  function addByteReader(config: Exclude<ReaderConfig, { kind: 'modbus' }>): ReaderPort {
    if (config.connection.kind === 'tcp') requireLoopback(config.connection.host, config.id);
    const link = new ReaderLink(config, options.serialPaths?.[config.id], tally);
    links.push(link);
    return byteReader(config, link.send, tally, log);
  }

  const endpoints: Endpoint[] = [];
  async function closeAll(): Promise<void> {
    await Promise.all([...endpoints.splice(0), ...links].map((open) => open.close()));
  }

  return {
    async start() {
      try {
        for (const line of station.lines) {
          const units = new Map(
            station.devices.flatMap(({ id, line: its, unit }) => {
              const bank = its === line.id ? banks.get(id) : undefined;
              return bank === undefined ? [] : [[unit, bank] as const];
            }),
          );
          const served = serveLine(line, options.serialPaths?.[line.id], {
            framing: line.kind === 'modbus-tcp' ? 'mbap' : 'rtu',
            units,
            faults,
            random: randomFor(seed, `line ${line.id}`),
            turnaroundMs: behaviour.turnaroundMs,
            scheduler: realTime,
            tally,
          });
          endpoints.push(await served);
        }
        for (const link of links) await link.open();
        endpoints.push(...(await gauges.open()));
      } catch (error) {
        await closeAll();
        throw error;
      }
      forecourt.open();
    },
    noMoreCars: forecourt.noMoreCars,
    async stop() {
      forecourt.close();
      farm.stop();
      await closeAll();
    },
    dispensed: forecourt.dispensed,
    totals: forecourt.totals,
    tanks: farm,
    done: forecourt.done,
    stats: () => snapshot(tally),
  };
}

const snapshot = (tally: Tally) => ({ ...tally, faultsInjected: { ...tally.faultsInjected } });

function profilesByDevice({ station, profiles }: SimulationOptions) {
  const dispenserProfiles = new Map<string, DispenserProfile>();
  const readerProfiles = new Map<string, ReaderProfile>();
  for (const { id, profile: name } of station.devices) {
    const profile: Profile | undefined = profiles.get(name);
    if (profile === undefined) {
      throw new ForecourtError('SIMULATOR_REFUSED', `device ${id}: there is no profile ${name}`, {
        device: id,
      });
    }
    if (profile.kind === 'dispenser') dispenserProfiles.set(id, profile);
    else if (profile.kind === 'reader') readerProfiles.set(id, profile);
  }
  return { dispenserProfiles, readerProfiles };
}
