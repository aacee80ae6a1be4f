/** What a server shows of itself before anything is trusted. Loads node-opcua: for commands, never for the daemon's thread. */
import {
  MessageSecurityMode,
  OPCUAClient,
  setDebugLogger,
  setErrorLogger,
  setWarningLogger,
} from 'node-opcua-client';
import type { OpcuaServerConfig } from '../../model/config/opcua.ts';
import { ForecourtError } from '../../model/errors.ts';
import { policies, transportSettings } from './connection.ts';
import { within } from './deadline.ts';
import { type CertificateView, viewCertificate } from './pki/certificate.ts';
import { CertificateStore } from './pki/certificateStore.ts';
import { keyPair } from './pki/keyPair.ts';
import { selfSigned } from './pki/ownCertificate.ts';
import { openTrustStore } from './pki/trustStore.ts';

export interface Discovered {
  readonly certificate: CertificateView;
  /** `Basic256Sha256, SignAndEncrypt`, in the server's order. */
  readonly endpoints: readonly string[];
  /** The server has one with the policy and mode that the station file asks for. */
  readonly fits: boolean;
}

const withinMs = 15_000;

/** Asks without security, for nothing but the certificate. Rejects with OPCUA_CONNECT, or OPCUA_UNTRUSTED where there is none. */
export async function discover(server: OpcuaServerConfig): Promise<Discovered> {
  const silent = (): void => {};
  setDebugLogger(silent);
  setWarningLogger(silent);
  setErrorLogger(silent);
  const applicationUri = 'urn:forecourt:discovery';
  const own = await selfSigned({ applicationUri, names: [], now: new Date() });
  const client = OPCUAClient.create({
    applicationName: 'Forecourt',
    applicationUri,
    endpointMustExist: false,
    securityMode: MessageSecurityMode.None,
    securityPolicy: policies.None,
    connectionStrategy: { maxRetry: 0, initialDelay: 100, maxDelay: 200 },
    transportSettings,
    clientCertificateManager: new CertificateStore({
      trust: { ...openTrustStore('.'), isTrusted: () => false, keepRejected: silent },
      peer: null,
      mend: '',
      now: () => new Date(),
    }),
    certificateKeyPairProvider: keyPair(own),
  });
  try {
    await within(withinMs, server.endpoint, client.connect(server.endpoint));
    const found = await within(withinMs, server.endpoint, client.getEndpoints());
    const secured = found.filter(
      ({ serverCertificate }) => serverCertificate && serverCertificate.length > 0,
    );
    const fitting = secured.find(
      ({ securityMode, securityPolicyUri }) =>
        MessageSecurityMode[securityMode] === server.mode && securityPolicyUri === policies[server.policy],
    );
    const chosen = fitting ?? secured[0];
    if (!chosen) throw new ForecourtError('OPCUA_UNTRUSTED', `${server.endpoint} shows no certificate`);
    return {
      certificate: viewCertificate(chosen.serverCertificate),
      endpoints: found.slice(0, 50).map(({ securityMode, securityPolicyUri }) => {
        const policy = securityPolicyUri?.split('#')[1] ?? 'None';
        return `${policy}, ${MessageSecurityMode[securityMode]}`;
      }),
      fits: fitting !== undefined,
    };
  } catch (error) {
    if (error instanceof ForecourtError) throw error;
    const reason = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
    throw new ForecourtError('OPCUA_CONNECT', `${server.endpoint} does not answer: ${reason}`, {}, error);
  } finally {
    void client.disconnect().catch(silent);
  }
}
