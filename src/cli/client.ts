/** The local API as the commands use it: HTTP over the daemon's Unix socket. */
import { existsSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join, resolve } from 'node:path';
import { type ErrorCode, errorCatalogue } from '../model/error-catalogue.ts';
import { ForecourtError } from '../model/errors.ts';
import { loadStation } from '../station/configuration/load.ts';

export interface Connection {
  readonly socket?: string;
  readonly station?: string;
}

const answerWithinMs = 5000;

/** The socket to ask: named, from a station file, from FORECOURT_SOCKET, the service's, or the demonstration's. */
export function socketOf(connection: Connection, env: NodeJS.ProcessEnv): string {
  if (connection.socket !== undefined) return resolve(connection.socket);
  if (connection.station !== undefined) {
    const { station } = loadStation(connection.station);
    if (!station) throw new ForecourtError('CONFIG_INVALID', `${connection.station} has errors`);
    return station.socket;
  }
  const usual = ['/var/lib/forecourt/forecourt.sock', demoSocket()];
  return env.FORECOURT_SOCKET ?? usual.find((path) => existsSync(path)) ?? usual[0] ?? '';
}

/** Where `forecourt demo` keeps its station, in the working folder. */
export const demoFolder = (): string => resolve('.forecourt', 'demo');
const demoSocket = (): string => join(demoFolder(), 'store', 'forecourt.sock');

/** GET `path` as JSON. Throws API_UNREACHABLE, or the daemon's own coded error. */
export async function get<T>(socket: string, path: string): Promise<T> {
  return answerOf(await open(socket, path));
}

/** POST `body` as JSON to `path`; it is not sent again by itself. Throws as `get` does. */
export async function post<T>(
  socket: string,
  path: string,
  body: object,
  withinMs = answerWithinMs,
): Promise<T> {
  return answerOf(await open(socket, path, undefined, JSON.stringify(body), withinMs));
}

async function answerOf<T>(response: IncomingMessage): Promise<T> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as T & {
    error?: { code: string; message: string };
  };
  if ((response.statusCode ?? 500) >= 400) throw refused(body.error);
  return body;
}

/** Server-sent events of `path`, until the daemon ends them. Throws API_UNREACHABLE when it dies, and when `signal` aborts. */
export async function* events(
  socket: string,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<{ type: string; data: unknown }> {
  const response = await open(socket, path, signal);
  if ((response.statusCode ?? 500) >= 400) {
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    throw refused(
      (JSON.parse(Buffer.concat(chunks).toString('utf8')) as { error?: { code: string; message: string } })
        .error,
    );
  }
  let type = 'message';
  for await (const line of linesOf(response, socket)) {
    if (line.startsWith('event: ')) type = line.slice(7);
    else if (line.startsWith('data: ')) yield { type, data: JSON.parse(line.slice(6)) as unknown };
  }
}

/** By hand: readline reports an aborted response as an error that nobody can catch. */
async function* linesOf(response: IncomingMessage, socket: string): AsyncGenerator<string> {
  response.setEncoding('utf8');
  let rest = '';
  try {
    for await (const chunk of response) {
      const lines = (rest + (chunk as string)).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    throw unreachable(`the daemon on ${socket} went away`, socket, error);
  }
}

const unreachable = (message: string, socket: string, error: unknown): ForecourtError =>
  new ForecourtError('API_UNREACHABLE', message, { socket }, error);

function refused(error: { code: string; message: string } | undefined): ForecourtError {
  const given = error?.code ?? '';
  // A code that this version does not know comes from a newer daemon.
  const code = Object.hasOwn(errorCatalogue, given) ? (given as ErrorCode) : 'API_REFUSED';
  return new ForecourtError(code, error?.message ?? 'the daemon refused without a reason');
}

function open(
  socket: string,
  path: string,
  signal?: AbortSignal,
  body?: string,
  withinMs = answerWithinMs,
): Promise<IncomingMessage> {
  const sending =
    body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' } };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { socketPath: socket, path, ...sending, ...(signal ? { signal } : {}) },
      resolve,
    );
    if (!signal)
      outgoing.setTimeout(withinMs, () =>
        outgoing.destroy(new Error(`no answer within ${withinMs / 1000} s`)),
      );
    outgoing.on('error', (error) => {
      reject(unreachable(`no daemon answers on ${socket} (${error.message})`, socket, error));
    });
    outgoing.end(body);
  });
}
