/** The station's side of OPC UA for tests: its thread, a trust store, and what it told. */
import { vi } from 'vitest';
import { createOpcua, type OpcuaClient } from '../../src/drivers/opcua/client.ts';
import type { OpcuaIdentity } from '../../src/drivers/opcua/messages.ts';
import { viewCertificate } from '../../src/drivers/opcua/pki/certificate.ts';
import { openTrustStore } from '../../src/drivers/opcua/pki/trustStore.ts';
import { opcuaServerSchema } from '../../src/model/config/opcua.ts';
import type { OpcuaProfile } from '../../src/model/config/opcuaProfile.ts';
import type { DispenserReading } from '../../src/model/readings.ts';
import type { GaugeFact, GaugeHealth, TankReading } from '../../src/model/tank.ts';
import { systemClock } from '../../src/station/systemClock.ts';
import { shippedProfiles } from './profiles.ts';
import { recordingLog } from './tempStore.ts';

export const genericOpcua = (): OpcuaProfile => {
  const found = shippedProfiles.find((profile) => profile.profile === 'generic-opcua');
  if (found?.kind !== 'opcua') throw new Error('no generic-opcua');
  return found;
};

export interface OpcuaSeen {
  readonly client: OpcuaClient;
  readonly facts: GaugeFact[];
  readonly readings: { readonly point: number; readonly reading: DispenserReading }[];
  tank(): Promise<TankReading>;
  /** The next health that is so, from now on. */
  health(online: boolean): Promise<GaugeHealth>;
  forget(): void;
}

const waits = { timeout: 20_000, interval: 25 };

/** One thread for a whole file; `directory` outlives the tests. `program`: instead of the station's own. */
export function opcuaRig(directory: string, program?: URL) {
  const log = recordingLog();
  const opcua = createOpcua({
    pkiDirectory: directory,
    applicationUri: 'urn:forecourt:test-1',
    clock: systemClock,
    log,
    random: () => 0,
    ...(program ? { program } : {}),
  });
  const trust = openTrustStore(`${directory}/client`);

  function read(
    id: string,
    endpoint: string,
    more: {
      readonly config?: object;
      readonly identity?: OpcuaIdentity;
      readonly profile?: OpcuaProfile;
      readonly tanks?: readonly number[];
      readonly points?: readonly number[];
    } = {},
  ): OpcuaSeen {
    const facts: GaugeFact[] = [];
    const readings: OpcuaSeen['readings'] = [];
    const client = opcua.client({
      server: opcuaServerSchema.parse({
        ...{ id, endpoint, profile: 'generic-opcua', publishingMs: 100, pollS: 0.5, timeoutMs: 2_000 },
        ...more.config,
      }),
      profile: more.profile ?? genericOpcua(),
      identity: more.identity ?? { kind: 'anonymous' },
      tanks: more.tanks ?? [1],
      points: more.points ?? [],
      currencyDecimals: 2,
      onFact: (fact) => facts.push(fact),
      onReading: (point, reading) => readings.push({ point, reading }),
    });
    const found = <T>(pick: () => T | undefined): Promise<T> =>
      vi.waitFor(() => {
        const value = pick();
        if (value === undefined)
          throw new Error(`not told; last: ${JSON.stringify([facts.at(-1), client.stats()])}`);
        return value;
      }, waits);
    return {
      client,
      facts,
      readings,
      tank: () => found(() => facts.find((fact) => fact.kind === 'tank')),
      health: (online) =>
        found(() =>
          facts.find((fact): fact is GaugeHealth => fact.kind === 'health' && fact.online === online),
        ),
      forget() {
        facts.length = 0;
        readings.length = 0;
      },
    };
  }

  return {
    opcua,
    log,
    trust,
    read,
    trustPem: (pem: string) => trust.trust(viewCertificate(pem)),
    found: vi.waitFor,
  };
}
