/**
 * A tank gauge or PLC that speaks OPC UA, for demonstrations and tests: the nodes of `generic-opcua`, filled from a picture
 * of the tanks. Secured as a real one; whom it lets in is for the caller to say. node-opcua is loaded at the first start.
 */
import { X509Certificate } from 'node:crypto';
import type { OPCUAServer } from 'node-opcua-server';
import { requireLoopback } from '../wire/endpoint.ts';
import { addTanks, type TankSnapshot } from './tankNodes.ts';

export type { TankSnapshot } from './tankNodes.ts';

export interface SimulatedOpcuaOptions {
  readonly host: string;
  readonly port: number;
  /** The picture now; asked every `everyMs`. Its tanks stay the same. */
  readonly read: () => readonly TankSnapshot[];
  readonly everyMs?: number;
  /** PEM texts; left out: made at the start. */
  readonly certificate?: { readonly certificate: string; readonly key: string };
  /** Whose certificate is taken; left out: everybody's. */
  readonly isTrusted?: (der: Uint8Array) => boolean;
  /** Name to password; left out or empty: anonymous clients are let in. */
  readonly users?: Readonly<Record<string, string>>;
}

export interface SimulatedOpcua {
  readonly endpoint: string;
  /** PEM. */
  readonly certificate: string;
  close(): Promise<void>;
}

const applicationUri = 'urn:forecourt:simulated-gauge';
export const simulatedNamespace = 'urn:forecourt:gauge';

/** Listens on a loopback address. Errors: SIMULATOR_REFUSED; rejects when the port is taken. */
export async function startSimulatedOpcua(options: SimulatedOpcuaOptions): Promise<SimulatedOpcua> {
  requireLoopback(options.host, 'the OPC UA gauge');
  const [{ OPCUAServer }, library] = await Promise.all([
    import('node-opcua-server'),
    import('node-opcua-client'),
  ]);
  const { crypto_utils, MessageSecurityMode, SecurityPolicy } = library;
  library.setWarningLogger(() => {});
  library.setErrorLogger(() => {});
  const pair = options.certificate ?? (await makeCertificate(crypto_utils, options.host));
  const der = new X509Certificate(pair.certificate).raw;
  const privateKey = crypto_utils.makePrivateKeyFromPem(pair.key);
  const provider = {
    getCertificate: () => der,
    getCertificateChain: () => [der],
    getPrivateKey: () => privateKey,
    invalidate: () => {},
  };
  const manager = peerStore(library.StatusCodes, options.isTrusted ?? (() => true));
  const users = Object.entries(options.users ?? {});
  const server = new OPCUAServer({
    host: options.host,
    port: options.port,
    hostname: options.host,
    securityPolicies: [SecurityPolicy.Basic256Sha256, SecurityPolicy.Aes256_Sha256_RsaPss],
    securityModes: [MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt],
    allowAnonymous: users.length === 0,
    disableDiscovery: false,
    serverInfo: { applicationUri, applicationName: { text: 'Simulated gauge', locale: 'en' } },
    userManager: {
      isValidUser: (name: string, password: string) =>
        users.some(([user, secret]) => user === name && secret === password),
    },
    isAuditing: false,
    serverCertificateManager: manager,
    userCertificateManager: manager,
    certificateKeyPairProvider: provider,
  } as unknown as ConstructorParameters<typeof OPCUAServer>[0]);
  await server.initialize();
  // an endpoint looks for files otherwise
  for (const endpoint of server.endpoints) endpoint.setCertificateProvider(provider);
  const refresh = addTanks(server, library, simulatedNamespace, options.read);
  await server.start();
  const timer = setInterval(refresh, options.everyMs ?? 1_000);
  return {
    endpoint: `opc.tcp://${options.host}:${options.port}`,
    certificate: pair.certificate,
    close: () => stop(server, timer),
  };
}

async function stop(server: OPCUAServer, timer: NodeJS.Timeout): Promise<void> {
  clearInterval(timer);
  await server.shutdown(0);
}

type CryptoUtils = typeof import('node-opcua-client')['crypto_utils'];

async function makeCertificate(
  crypto: CryptoUtils,
  host: string,
): Promise<{ certificate: string; key: string }> {
  const privateKey = await crypto.generatePrivateKey(2048);
  const { cert } = await crypto.createSelfSignedCertificate({
    privateKey,
    subject: '/CN=Simulated gauge/O=Forecourt',
    applicationUri,
    dns: ['localhost'],
    ip: /^[\d.]+$/.test(host) ? [host] : [],
    notBefore: new Date(Date.now() - 86_400_000),
    validity: 3650,
    purpose: crypto.CertificatePurpose.ForApplication,
  });
  return { certificate: cert, key: (await crypto.privateKeyToPEM(privateKey)).privPem };
}

type Codes = typeof import('node-opcua-client')['StatusCodes'];

/** The methods that node-opcua calls on a certificate manager. */
function peerStore(codes: Codes, isTrusted: (der: Uint8Array) => boolean) {
  const judge = (shown: Buffer | Buffer[]) => {
    const first = Array.isArray(shown) ? shown[0] : shown;
    return first && isTrusted(first) ? codes.Good : codes.BadCertificateUntrusted;
  };
  return {
    referenceCounter: 0,
    initialize: async () => {},
    dispose: async () => {},
    checkCertificate(
      shown: Buffer | Buffer[],
      callback?: (error: null, status: Codes['Good']) => void,
    ): Promise<Codes['Good']> | undefined {
      const status = judge(shown);
      if (!callback) return Promise.resolve(status);
      callback(null, status);
      return undefined;
    },
    verifyCertificate: async (shown: Buffer | Buffer[]) => judge(shown).name,
    getTrustStatus: async (shown: Buffer) => judge(shown),
    trustCertificate: async () => {},
    rejectCertificate: async () => {},
    addIssuer: async () => {},
    addRevocationList: async () => {},
  };
}
