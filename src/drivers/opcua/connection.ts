/** One connection with its session, made with deadlines and without node-opcua's own retries. Runs in a worker only. */
import { X509Certificate } from 'node:crypto';
import {
  type ClientSession,
  MessageSecurityMode,
  OPCUAClient,
  SecurityPolicy,
  type UserIdentityInfo,
  UserTokenType,
} from 'node-opcua-client';
import { ForecourtError } from '../../model/errors.ts';
import { within } from './deadline.ts';
import type { OpcuaIdentity, SessionSpec } from './messages.ts';
import { CertificateStore } from './pki/certificateStore.ts';
import { keyPair } from './pki/keyPair.ts';
import type { OwnCertificate } from './pki/ownCertificate.ts';
import type { TrustStore } from './pki/trustStore.ts';

export interface Connection {
  readonly session: ClientSession;
  /** Settles when the connection is gone, with why; never rejects. */
  readonly gone: Promise<string>;
  /** Throws OPCUA_UNTRUSTED when its certificate was untrusted meanwhile, or has expired. */
  requireTrust(): Promise<void>;
  close(): Promise<void>;
}

export const policies = {
  None: SecurityPolicy.None,
  Basic256Sha256: SecurityPolicy.Basic256Sha256,
  Aes256Sha256RsaPss: SecurityPolicy.Aes256_Sha256_RsaPss,
} as const;
/** With a second for the subscription before it: within the farewell of the thread. */
const closeMs = 2_500;
/** The server keeps a session for so long at least that is not heard of. */
const sessionMs = 60_000;

/** Bounds what a server can make us hold: 4 MB a message. */
export const transportSettings = {
  maxChunkCount: 64,
  maxMessageSize: 4 * 1024 * 1024,
  receiveBufferSize: 65_536,
  sendBufferSize: 65_536,
};

/** Rejects with OPCUA_UNTRUSTED or OPCUA_CONNECT. */
export async function connect(
  { server, identity }: Pick<SessionSpec, 'server' | 'identity'>,
  own: OwnCertificate,
  trust: TrustStore,
  now: () => Date,
): Promise<Connection> {
  const mend = `\`forecourt opcua trust ${server.id}\``;
  const store = new CertificateStore({ trust, peer: server.id, mend, now });
  const client = OPCUAClient.create({
    applicationName: 'Forecourt',
    applicationUri: own.view.applicationUri,
    clientName: 'forecourt',
    endpointMustExist: false,
    securityMode: MessageSecurityMode[server.mode],
    securityPolicy: policies[server.policy],
    // a lost connection is made anew from the start: its certificate is judged again, and no retry is hidden
    connectionStrategy: { maxRetry: 0, initialDelay: 100, maxDelay: 200 },
    requestedSessionTimeout: Math.max(sessionMs, server.pollS * 3000),
    keepSessionAlive: false,
    transportTimeout: server.timeoutMs,
    defaultTransactionTimeout: server.timeoutMs,
    transportSettings,
    clientCertificateManager: store,
    certificateKeyPairProvider: keyPair({ certificate: own.view.pem, key: own.keyPem }),
  });
  const close = (): Promise<void> =>
    within(closeMs, 'closing', client.disconnect()).catch(() => {
      // the server sees it by its own time-outs
    });
  const gone = new Promise<string>((resolve) => {
    client.on('close', (error) => resolve(error?.message ?? 'the connection was closed'));
    client.on('connection_lost', () => resolve('the connection was lost'));
    client.on('abort', () => resolve('the connection was aborted'));
  });
  try {
    await within(server.connectS * 1000, 'connecting', client.connect(server.endpoint));
    const session = await within(
      server.connectS * 1000,
      'opening a session',
      client.createSession(identityInfo(identity)),
    );
    const ended = new Promise<string>((resolve) =>
      session.on('session_closed', (status) => resolve(`the session ended: ${status.name}`)),
    );
    return {
      session,
      gone: Promise.race([gone, ended]),
      async requireTrust() {
        const shown = client.serverCertificate;
        if (server.policy === 'None' || shown === undefined) return;
        await store.checkCertificate(shown);
        if (store.refusal) throw store.refusal;
      },
      close,
    };
  } catch (error) {
    // in the background: a server that does not answer does not answer to this either
    void close();
    throw store.refusal ?? explain(error, server.endpoint, own);
  }
}

function identityInfo(identity: OpcuaIdentity): UserIdentityInfo {
  switch (identity.kind) {
    case 'anonymous':
      return { type: UserTokenType.Anonymous };
    case 'user':
      return { type: UserTokenType.UserName, userName: identity.user, password: identity.password };
    case 'certificate':
      return {
        type: UserTokenType.Certificate,
        certificateData: new X509Certificate(identity.certificate).raw,
        privateKey: identity.key,
      };
  }
}

/** What a technician can do something about, in words. */
function explain(error: unknown, endpoint: string, own: OwnCertificate): ForecourtError {
  if (error instanceof ForecourtError) return error;
  const { message } = error instanceof Error ? error : new Error(String(error));
  const first = message.split('\n', 1)[0]?.slice(0, 300) ?? '';
  const refuse = (why: string) =>
    new ForecourtError('OPCUA_CONNECT', `${endpoint}: ${why}`, { answer: first }, error);
  if (/ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|ETIMEDOUT|EAI_AGAIN/.test(message))
    return refuse(`not reached (${/E[A-Z_]{5,}/.exec(message)?.[0]})`);
  if (/BadIdentityTokenRejected|BadUserAccessDenied|BadIdentityTokenInvalid|BadUserSignature/.test(message))
    return refuse('the server refuses the identity: check user and password, or the user certificate');
  if (/BadSecurityChecksFailed|BadCertificateUntrusted|BadCertificateInvalid/.test(message))
    return refuse(
      `the server does not trust this station's certificate (SHA-1 ${own.view.sha1}): trust it there`,
    );
  if (/cannot find an? ?endpoint/i.test(message))
    return refuse('the server has no endpoint with this security policy and mode');
  return refuse(first);
}
