/** What is read from OPC UA servers: gauges and dispensers. Without one in the file nothing of it is loaded. */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createOpcua, type Opcua, type OpcuaClient } from '../drivers/opcua/client.ts';
import type { OpcuaIdentity } from '../drivers/opcua/messages.ts';
import type { OpcuaServerConfig } from '../model/config/opcua.ts';
import { ForecourtError } from '../model/errors.ts';
import type { DispenserReading, Wants } from '../model/readings.ts';
import type { GaugeFact } from '../model/tank.ts';
import type { LoadedStation } from './configuration/load.ts';
import { readSecret } from './configuration/secrets.ts';
import type { StationContext } from './context.ts';
import type { StationDeps } from './deps.ts';
import type { Boundaries } from './deviceFaults.ts';
import type { TankLayout } from './tanks/layout.ts';

/** The part of a dispenser's driver that the answer to a reading needs. */
export interface ReadDispenser {
  want(point: number, wants: Wants): void;
  release(point: number, saleNumber: number | null): Promise<void>;
}

export interface OpcuaDevices {
  /** By the name of the entry in `opcua`. */
  readonly clients: ReadonlyMap<string, OpcuaClient>;
  /** Connects; a server that cannot be reached is tried again by itself. */
  start(): void;
  stop(): Promise<void>;
}

export interface OpcuaSink {
  readonly layout: TankLayout;
  readonly boundaries: Boundaries;
  /** What is read first of a dispenser. */
  readonly atStart: Wants;
  fact(gauge: string, fact: GaugeFact): void;
  reading(dispenser: ReadDispenser, point: number, fuellingPoint: string, reading: DispenserReading): void;
}

/** Throws SECRET_MISSING where an identity cannot be had. */
export function createOpcuaDevices(
  context: StationContext,
  loaded: LoadedStation,
  deps: StationDeps,
  to: OpcuaSink,
): OpcuaDevices {
  const { config, profiles } = loaded;
  const clients = new Map<string, OpcuaClient>();
  const identities = new Map(config.opcua.map((server) => [server, identityOf(server, loaded, deps.env)]));
  let opcua: Opcua | null = null;

  const open = (server: OpcuaServerConfig, identity: OpcuaIdentity): void => {
    const profile = profiles.get(server.profile);
    if (profile?.kind !== 'opcua')
      throw new ForecourtError('INTERNAL', `OPC UA server ${server.id} has no profile`);
    const gauge = config.gauges.find((each) => each.kind === 'opcua' && each.server === server.id);
    const points = new Map(
      config.fuellingPoints
        .filter((each) => each.device === server.id)
        .map((each) => [each.point, each.id] as const),
    );
    if (!gauge && points.size === 0) return;
    opcua ??= createOpcua({
      pkiDirectory: join(loaded.storeDirectory, 'pki'),
      applicationUri: `urn:forecourt:${context.site}`,
      ...{ clock: context.clock, log: context.log, random: deps.random },
    });
    const client: OpcuaClient = opcua.client({
      ...{ server, profile, identity },
      tanks: gauge ? [...(to.layout.byGauge.get(gauge.id)?.keys() ?? [])] : [],
      points: [...points.keys()],
      currencyDecimals: context.currencyDecimals,
      onFact: (fact) => gauge && to.fact(gauge.id, fact),
      onReading: (point, reading) =>
        to.boundaries.run(server.id, () => to.reading(client, point, points.get(point) ?? '', reading)),
    });
    clients.set(server.id, client);
    for (const point of points.keys()) client.want(point, to.atStart);
  };

  return {
    clients,
    start() {
      for (const [server, identity] of identities) open(server, identity);
    },
    stop: async () => opcua?.stop(),
  };
}

function identityOf(
  { identity }: OpcuaServerConfig,
  { file }: LoadedStation,
  env: NodeJS.ProcessEnv,
): OpcuaIdentity {
  if (identity.kind === 'anonymous') return identity;
  if (identity.kind === 'user')
    return { kind: 'user', user: identity.user, password: readSecret(identity.password, file, env) };
  const read = (path: string): string => {
    try {
      return readFileSync(resolve(dirname(file), path), 'utf8');
    } catch (error) {
      throw new ForecourtError('SECRET_MISSING', `${path} cannot be read`, { path }, error);
    }
  };
  return { kind: 'certificate', certificate: read(identity.certificate), key: read(identity.key) };
}
