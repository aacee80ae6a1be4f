/** For contrast: the same session on the thread that imports this. OPCUA_BENCH: endpoint, folder of certificates. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { ownCertificate } from '../../src/drivers/opcua/pki/ownCertificate.ts';
import { openTrustStore } from '../../src/drivers/opcua/pki/trustStore.ts';
import { openSession } from '../../src/drivers/opcua/session.ts';
import { opcuaProfileSchema } from '../../src/model/config/opcuaProfile.ts';
import { busyServer, busyTanks } from './opcuaSession.ts';

const { endpoint, directory } = JSON.parse(process.env.OPCUA_BENCH ?? '{}') as {
  endpoint: string;
  directory: string;
};
const profile = opcuaProfileSchema.parse(
  parse(readFileSync(new URL('./sale/bench-opcua.yaml', import.meta.url), 'utf8')),
);
const own = () =>
  ownCertificate({ directory, applicationUri: 'urn:forecourt:bench', names: [], now: new Date() });
const session = openSession(
  {
    ...{ server: busyServer(endpoint), profile, identity: { kind: 'anonymous' } as const },
    ...{ tanks: busyTanks, points: [], currencyDecimals: 2 },
  },
  {
    ...{ trust: openTrustStore(directory), own, random: Math.random, now: Date.now },
    mono: () => Number(process.hrtime.bigint()) / 1e6,
    post() {},
  },
);
process.once('disconnect', () => {
  void session.close();
  setTimeout(() => process.exit(0), 5_000).unref();
});
