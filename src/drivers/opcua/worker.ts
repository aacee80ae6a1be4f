/** The OPC UA thread. Only here and in what only it imports is node-opcua loaded. */
import { parentPort, workerData } from 'node:worker_threads';
import { setDebugLogger, setErrorLogger, setWarningLogger } from 'node-opcua-client';
import { containExceptions } from './containment.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './messages.ts';
import { type OwnCertificate, ownCertificate } from './pki/ownCertificate.ts';
import { openTrustStore } from './pki/trustStore.ts';
import { openSession, type Session } from './session.ts';

const port = parentPort;
if (!port) throw new Error('the OPC UA thread is started by the station');
const setup = workerData as WorkerSetup;
const beatEveryMs = 1_000;

let { aheadMs } = setup;
const post = (message: FromWorker): void => port.postMessage(message);
const now = (): number => Date.now() + aheadMs;
/** The same clock as in every other thread of the process. */
const mono = (): number => Number(process.hrtime.bigint()) / 1e6;

// what the library has to say goes to the station's log, at its own level
const tell = (...words: unknown[]): void =>
  post({
    kind: 'log',
    level: 'debug',
    fields: {},
    message: `node-opcua: ${words
      .filter((word) => typeof word !== 'object')
      .join(' ')
      .trim()
      .slice(0, 300)}`,
  });
setDebugLogger(tell);
setWarningLogger(tell);
setErrorLogger(tell);
process.on('unhandledRejection', (reason) => tell('a promise nobody waited for:', String(reason)));
containExceptions(mono, (server, error) =>
  post({
    kind: 'log',
    level: 'error',
    fields: { server, reason: String(error instanceof Error ? error.stack : error).slice(0, 600) },
    message: 'the OPC UA library threw an exception: the connection is made anew',
  }),
);

const trust = openTrustStore(setup.directory);
const sessions = new Map<string, Session>();
let making: Promise<OwnCertificate> | null = null;

/** One at a time: two would write over each other. */
async function own(): Promise<OwnCertificate> {
  making ??= ownCertificate({
    directory: setup.directory,
    applicationUri: setup.applicationUri,
    names: [],
    now: new Date(now()),
  }).finally(() => {
    making = null;
  });
  const result = await making;
  const { news, view, next } = result;
  if (news !== null) {
    const { sha1, sha256, validTo } = news === 'next-made' && next ? next : view;
    const message = {
      made: "the station's OPC UA certificate was made: trust it at the servers",
      replaced: "the station's OPC UA certificate was replaced: trust the new one at the servers",
      'next-made':
        "the station's OPC UA certificate ends soon: trust the next one at the servers, it is used a week before the end",
    }[news];
    const fields = { sha1, sha256, validTo: validTo.toISOString() };
    post({ kind: 'log', level: news === 'made' ? 'info' : 'warn', fields, message });
  }
  return result;
}

port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'open':
      sessions.set(
        message.spec.server.id,
        openSession(message.spec, { trust, own, post, now, mono, random: Math.random }),
      );
      return;
    case 'want':
      sessions.get(message.server)?.want(message.point, message.group, message.urgency);
      return;
    case 'close':
      void sessions.get(message.server)?.close();
      sessions.delete(message.server);
      return;
    case 'clock':
      aheadMs = message.aheadMs;
      return;
    case 'stop':
      void Promise.all([...sessions.values()].map((session) => session.close())).finally(() =>
        process.exit(0),
      );
      return;
  }
});

setInterval(
  () => post({ kind: 'beat', heapMb: Math.round(process.memoryUsage().heapUsed / 1e5) / 10 }),
  beatEveryMs,
);
post({ kind: 'ready' });
