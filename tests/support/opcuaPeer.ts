/** node-opcua's own server as a peer: secured, with nodes and faults as a test wants them. */
import { X509Certificate } from 'node:crypto';
import {
  crypto_utils,
  DataType,
  DataValue,
  MessageSecurityMode,
  SecurityPolicy,
  type StatusCode,
  StatusCodes,
  setErrorLogger,
  setWarningLogger,
  VariantArrayType,
} from 'node-opcua-client';
import { OPCUAServer } from 'node-opcua-server';

setWarningLogger(() => {});
setErrorLogger(() => {});

export interface Pair {
  /** PEM texts. */
  readonly certificate: string;
  readonly key: string;
}

let sharedKey: Promise<CryptoKey> | null = null;
type CryptoKey = Awaited<ReturnType<typeof crypto_utils.generatePrivateKey>>;
const dayMs = 86_400_000;

/** A self-signed application certificate; all of them on one key, because making keys takes long. */
export async function makePair(
  subject: string,
  validity: { readonly fromDays?: number; readonly toDays?: number } = {},
): Promise<Pair> {
  sharedKey ??= crypto_utils.generatePrivateKey(2048);
  const privateKey = await sharedKey;
  const { cert } = await crypto_utils.createSelfSignedCertificate({
    privateKey,
    subject: `/CN=${subject}`,
    applicationUri,
    dns: ['localhost'],
    ip: ['127.0.0.1'],
    notBefore: new Date(Date.now() + (validity.fromDays ?? -1) * dayMs),
    notAfter: new Date(Date.now() + (validity.toDays ?? 30) * dayMs),
    purpose: crypto_utils.CertificatePurpose.ForApplication,
  });
  return { certificate: cert, key: (await crypto_utils.privateKeyToPEM(privateKey)).privPem };
}

const applicationUri = 'urn:test:peer';

export interface PeerNode {
  /** `s=...` in the namespace urn:forecourt:gauge. */
  readonly id: string;
  readonly type: keyof typeof DataType;
  readonly array?: boolean;
  /** Asked at every reading. */
  readonly value: () => unknown;
  readonly status?: () => 'Good' | 'UncertainLastUsableValue' | 'BadSensorFailure' | 'BadNoCommunication';
}

export interface PeerOptions {
  readonly port: number;
  readonly pair: Pair;
  readonly nodes: readonly PeerNode[];
  readonly users?: Readonly<Record<string, string>>;
  readonly anonymous?: boolean;
  /** Of an application, and of a user who shows a certificate. */
  readonly trusts?: (der: Uint8Array) => boolean;
}

export interface Peer {
  readonly endpoint: string;
  /** Publish requests get no answer from now on: no notification and no keep-alive. */
  silence(): void;
  refuseSubscriptions(): void;
  /** What is done to its answers of one kind (`CreateMonitoredItems`) from now on, before they are sent. */
  twist(service: string, change: (response: Record<string, unknown>) => void): void;
  sessions(): number;
  channels(): number;
  close(): Promise<void>;
}

interface Channel {
  send_response(type: string, response: Record<string, unknown>, ...rest: unknown[]): unknown;
}

export async function startPeer(options: PeerOptions): Promise<Peer> {
  const der = new X509Certificate(options.pair.certificate).raw;
  const privateKey = crypto_utils.makePrivateKeyFromPem(options.pair.key);
  const provider = {
    getCertificate: () => der,
    getCertificateChain: () => [der],
    getPrivateKey: () => privateKey,
    invalidate: () => {},
  };
  const judge = (shown: Buffer | Buffer[]) =>
    (options.trusts ?? (() => true))(Array.isArray(shown) ? (shown[0] ?? Buffer.alloc(0)) : shown)
      ? StatusCodes.Good
      : StatusCodes.BadCertificateUntrusted;
  const manager = {
    referenceCounter: 0,
    initialize: async () => {},
    dispose: async () => {},
    checkCertificate(
      shown: Buffer | Buffer[],
      answer?: (error: null, status: typeof StatusCodes.Good) => void,
    ) {
      answer?.(null, judge(shown));
      return Promise.resolve(judge(shown));
    },
    verifyCertificate: async () => 'Good',
    getTrustStatus: async () => StatusCodes.Good,
    trustCertificate: async () => {},
    rejectCertificate: async () => {},
  };
  const server = new OPCUAServer({
    host: '127.0.0.1',
    hostname: '127.0.0.1',
    port: options.port,
    securityPolicies: [SecurityPolicy.Basic256Sha256, SecurityPolicy.Aes256_Sha256_RsaPss],
    securityModes: [MessageSecurityMode.SignAndEncrypt],
    allowAnonymous: options.anonymous ?? true,
    serverInfo: { applicationUri, applicationName: { text: 'Peer', locale: 'en' } },
    userManager: { isValidUser: (user: string, password: string) => options.users?.[user] === password },
    isAuditing: false,
    maxConnectionsPerEndpoint: 100,
    serverCertificateManager: manager,
    userCertificateManager: manager,
    certificateKeyPairProvider: provider,
  } as unknown as ConstructorParameters<typeof OPCUAServer>[0]);
  await server.initialize();
  for (const endpoint of server.endpoints) endpoint.setCertificateProvider(provider);
  const { addressSpace } = server.engine;
  if (!addressSpace) throw new Error('no address space');
  const namespace = addressSpace.registerNamespace('urn:forecourt:gauge');
  const folder = namespace.addObject({ organizedBy: addressSpace.rootFolder.objects, browseName: 'Tanks' });
  for (const { id, type, array, value, status } of options.nodes) {
    const dataType = DataType[type];
    namespace.addVariable({
      componentOf: folder,
      browseName: id.replace(/^s=/, ''),
      nodeId: id,
      dataType,
      valueRank: array ? 1 : -1,
      minimumSamplingInterval: 50,
      value: {
        timestamped_get: () => {
          const at = new Date();
          return new DataValue({
            value: {
              dataType,
              arrayType: array ? VariantArrayType.Array : VariantArrayType.Scalar,
              value: value(),
            },
            statusCode: StatusCodes[status?.() ?? 'Good'] as StatusCode,
            sourceTimestamp: at,
            serverTimestamp: at,
          });
        },
      },
    });
  }
  await server.start();
  const insides = server as unknown as Record<string, unknown>;
  return {
    endpoint: `opc.tcp://127.0.0.1:${options.port}`,
    silence() {
      insides._on_PublishRequest = () => {};
    },
    refuseSubscriptions() {
      server.engine.serverCapabilities.maxSubscriptionsPerSession = 0;
      server.engine.serverCapabilities.maxSubscriptions = 0;
    },
    twist(service, change) {
      const name = `_on_${service}Request`;
      const honest = insides[name] as (message: unknown, channel: Channel) => unknown;
      insides[name] = (message: unknown, channel: Channel) =>
        honest.call(
          server,
          message,
          new Proxy(channel, {
            get(target, key) {
              if (key !== 'send_response') {
                const value = Reflect.get(target, key);
                return typeof value === 'function' ? value.bind(target) : value;
              }
              return (type: string, response: Record<string, unknown>, ...rest: unknown[]) => {
                change(response);
                return target.send_response(type, response, ...rest);
              };
            },
          }),
        );
    },
    sessions: () => server.currentSessionCount,
    channels: () => server.currentChannelCount,
    close: () => server.shutdown(0),
  };
}

/** The nodes of one tank as `generic-opcua` has them. */
export const tankNodes = (tank: number, volume: () => number): PeerNode[] => [
  { id: `s=Tank${tank}.Volume`, type: 'Double', value: volume },
  { id: `s=Tank${tank}.CorrectedVolume`, type: 'Double', value: () => volume() - 5 },
  { id: `s=Tank${tank}.Ullage`, type: 'Float', value: () => 1234.5 },
  { id: `s=Tank${tank}.Water`, type: 'UInt16', value: () => 7 },
  { id: `s=Tank${tank}.Temperature`, type: 'Double', value: () => -3.25 },
  { id: `s=Tank${tank}.ProbeLost`, type: 'Boolean', value: () => false },
  { id: `s=Tank${tank}.DeliveryInProgress`, type: 'Boolean', value: () => false },
];
