/** The thread of the station's own OPC UA server: read-only, secured, bounded. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { hostname } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import {
  MessageSecurityMode,
  SecurityPolicy,
  type ServerSecureChannelLayer,
  setDebugLogger,
  setErrorLogger,
  setWarningLogger,
} from 'node-opcua-client';
import { OPCUAServer } from 'node-opcua-server';
import { containAccepted, containExceptions } from '../opcua/containment.ts';
import { CertificateStore } from '../opcua/pki/certificateStore.ts';
import { keyPair } from '../opcua/pki/keyPair.ts';
import { type OwnCertificate, ownCertificate } from '../opcua/pki/ownCertificate.ts';
import { openTrustStore } from '../opcua/pki/trustStore.ts';
import type { ExportSetup, ExportSnapshot, FromExport, ToExport } from './messages.ts';
import { addStation } from './nodes.ts';

const port = parentPort;
if (!port) throw new Error('the OPC UA server is started by the station');
const { directory, config, users, site, version, currencyDecimals } = workerData as ExportSetup;
const applicationUri = `urn:forecourt:${site}:server`;
const beatEveryMs = 1_000;
const certificateLookMs = 6 * 3_600_000;
const wrongPasswordMs = 1_000;
const trustEveryMs = 5_000;
const tellEveryMs = 10_000;

const post = (message: FromExport): void => port.postMessage(message);
const tell = (...words: unknown[]): void => {
  const message = words
    .filter((word) => typeof word !== 'object')
    .join(' ')
    .trim()
    .slice(0, 300);
  post({ kind: 'log', level: 'debug', fields: {}, message: `node-opcua: ${message}` });
};
setDebugLogger(tell);
setWarningLogger(tell);
setErrorLogger(tell);
process.on('unhandledRejection', (reason) => tell('a promise nobody waited for:', String(reason)));

let cutOff = 0;
let cutOffToldAt = Number.NEGATIVE_INFINITY;
/** Whoever may connect can do this as often as he likes: the log is not to be filled with it. */
function tellCutOff(client: string, error: unknown): void {
  cutOff += 1;
  if (performance.now() - cutOffToldAt < tellEveryMs) return;
  cutOffToldAt = performance.now();
  const reason = String(error instanceof Error ? error.message : error).slice(0, 200);
  const message = 'the OPC UA library threw an exception at what clients sent: they were cut off';
  post({ kind: 'log', level: 'warn', fields: { client, clients: cutOff, reason }, message });
  cutOff = 0;
}
containAccepted(tellCutOff);
containExceptions(() => performance.now(), tellCutOff);

const anyAddress = config.host === '0.0.0.0' || config.host === '::';
const name = anyAddress ? hostname() : config.host;

async function own(): Promise<OwnCertificate> {
  const names = [...new Set([name, hostname(), ...config.names])];
  const result = await ownCertificate({ directory, applicationUri, names, now: new Date() });
  const { news, view, next } = result;
  if (news !== null) {
    const { sha1, sha256, validTo } = news === 'next-made' && next ? next : view;
    const fields = { sha1, sha256, validTo: validTo.toISOString() };
    const message = `the OPC UA server's certificate: ${news === 'next-made' ? 'the next one was made' : news}`;
    post({ kind: 'log', level: news === 'made' ? 'info' : 'warn', fields, message });
  }
  return result;
}

let current = await own();
let pair = keyPair({ certificate: current.view.pem, key: current.keyPem });
const provider = {
  getCertificate: () => pair.getCertificate(),
  getCertificateChain: () => pair.getCertificateChain(),
  getPrivateKey: () => pair.getPrivateKey(),
  invalidate: () => {},
};

const clients = new CertificateStore({
  trust: openTrustStore(directory),
  peer: null,
  mend: '`forecourt opcua trust --client`',
  now: () => new Date(),
  onRefusal: (error) =>
    post({
      kind: 'log',
      level: 'warn',
      fields: { code: error.code, reason: error.message },
      message: 'an OPC UA client was refused',
    }),
});
/** Nobody identifies himself by a user certificate. */
const nobody = new CertificateStore({
  trust: { ...openTrustStore(directory), isTrusted: () => false, keepRejected: () => {} },
  peer: null,
  mend: 'use a user and password',
  now: () => new Date(),
});

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function isUser(user: string, password: string): boolean {
  const given = digest(String(password));
  return users.some((each) => each.user === user && timingSafeEqual(digest(each.password), given));
}

const server = new OPCUAServer({
  host: config.host,
  port: config.port,
  hostname: name,
  securityPolicies: [
    config.policy === 'Basic256Sha256' ? SecurityPolicy.Basic256Sha256 : SecurityPolicy.Aes256_Sha256_RsaPss,
  ],
  securityModes: [MessageSecurityMode[config.mode]],
  allowAnonymous: users.length === 0,
  // a client learns the certificate by it; nothing else is to be had without security
  disableDiscovery: false,
  timeout: 15_000,
  maxConnectionsPerEndpoint: config.maxSessions + 4,
  serverInfo: {
    applicationUri,
    productUri: 'urn:forecourt',
    applicationName: { text: 'Forecourt', locale: 'en' },
  },
  buildInfo: { productName: 'Forecourt', softwareVersion: version, manufacturerName: 'Forecourt' },
  serverCapabilities: {
    maxSessions: config.maxSessions,
    maxSubscriptions: config.maxSessions * 5,
    maxSubscriptionsPerSession: 5,
    maxMonitoredItems: 10_000,
    maxMonitoredItemsPerSubscription: 2_000,
    maxMonitoredItemsQueueSize: 10,
    minSupportedSampleRate: 250,
    operationLimits: {
      maxNodesPerRead: 1000,
      maxNodesPerBrowse: 1000,
      maxNodesPerWrite: 100,
      maxNodesPerMethodCall: 10,
      maxMonitoredItemsPerCall: 1000,
      maxNodesPerTranslateBrowsePathsToNodeIds: 1000,
    },
  },
  transportSettings: { adjustTransportLimits: bounded },
  userManager: {
    isValidUserAsync(user: string, password: string, callback: (error: null, valid: boolean) => void) {
      if (isUser(user, password)) {
        callback(null, true);
        return;
      }
      post({
        kind: 'log',
        level: 'warn',
        fields: { user: String(user).slice(0, 64) },
        message: 'an OPC UA user was refused',
      });
      // guessing is to take its time
      setTimeout(() => callback(null, false), wrongPasswordMs);
    },
  },
  isAuditing: false,
  serverCertificateManager: clients,
  userCertificateManager: nobody,
  certificateKeyPairProvider: provider,
} as unknown as ConstructorParameters<typeof OPCUAServer>[0]);

/** What a client may make us hold. */
function bounded(hello: { receiveBufferSize: number; sendBufferSize: number }) {
  return {
    receiveBufferSize: Math.min(65_536, Math.max(8_192, hello.receiveBufferSize)),
    sendBufferSize: Math.min(65_536, Math.max(8_192, hello.sendBufferSize)),
    maxMessageSize: 1024 * 1024,
    maxChunkCount: 32,
  };
}

let write: ((snapshot: ExportSnapshot) => void) | null = null;
let waiting: ExportSnapshot | null = null;

port.on('message', (message: ToExport) => {
  if (message.kind === 'update') {
    if (write) write(message.snapshot);
    else waiting = message.snapshot;
    return;
  }
  void server.shutdown(0).finally(() => process.exit(0));
});

try {
  await server.initialize();
  for (const endpoint of server.endpoints) endpoint.setCertificateProvider(provider);
  write = addStation(server, { site, version, currencyDecimals });
  if (waiting) write(waiting);
  await server.start();
  const { sha1, sha256 } = current.view;
  post({ kind: 'listening', endpoint: `opc.tcp://${name}:${config.port}`, sha1, sha256 });
} catch (error) {
  post({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
  setTimeout(() => process.exit(1), 100);
}

/** Who is trusted no more, or has expired, is let go: the library asks only when a channel is opened. */
const channels = new Set<ServerSecureChannelLayer>();
server.on('newChannel', (channel) => channels.add(channel));
server.on('closeChannel', (channel) => channels.delete(channel));
setInterval(async () => {
  for (const channel of channels) {
    const shown = channel.clientCertificate;
    if (shown && !(await clients.checkCertificate(shown)).isGood()) channel.close(() => {});
  }
}, trustEveryMs);

setInterval(() => {
  const { currentSessionCount, currentSubscriptionCount } = server;
  const heapMb = Math.round(process.memoryUsage().heapUsed / 1e5) / 10;
  post({ kind: 'beat', sessions: currentSessionCount, subscriptions: currentSubscriptionCount, heapMb });
}, beatEveryMs);

setInterval(async () => {
  const before = current.view.sha256;
  current = await own();
  if (current.view.sha256 === before) return;
  pair = keyPair({ certificate: current.view.pem, key: current.keyPem });
  for (const endpoint of server.endpoints) endpoint.setCertificateProvider(provider);
}, certificateLookMs);
