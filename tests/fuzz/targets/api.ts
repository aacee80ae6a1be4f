/** Bytes on the local API's real socket, of a whole station without devices. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCatalogue } from '../../../src/model/error-catalogue.ts';
import { loadStation } from '../../../src/station/configuration/load.ts';
import { type Station, startStation } from '../../../src/station/station.ts';
import { systemClock } from '../../../src/station/systemClock.ts';
import { mutated } from '../mutateTree.ts';
import { damaged, pieces, type Rng, rngOf } from '../random.ts';
import { holds, type Target, type Verdict } from '../target.ts';

const paths = [
  '/v1/status',
  '/v1/devices',
  '/v1/sales',
  '/v1/sales/1',
  '/v1/sales/FP1:1:g0:0-10',
  '/v1/sales/1/evidence',
  '/v1/members/m-1',
  '/v1/events',
  '/v1/lines/bus/trace',
  '/v1/claims',
  '/v1/alerts',
  '/v1/sales/1/assign',
  '/v1/sales/1/reassign',
  '/v1/sales/1/void',
];
const queries = ['limit', 'before', 'fuellingPoint', 'since', 'all', 'x', '__proto__', 'limit[]'];
const values = [
  '1',
  '0',
  '-1',
  '1e9',
  'NaN',
  '%00',
  '%ZZ',
  '9'.repeat(30),
  'FP1',
  '',
  'true',
  '../..',
  '%F0%9F',
  'a'.repeat(2_000),
];
const body = {
  reason: 'wrong card',
  by: 'Li',
  user: 'root',
  request: 'r-1',
  member: 'm-1',
  card: { number: '62E3086CED', format: 'em40' },
};

function someRequest(rng: Rng): Buffer {
  const method = rng.pick([
    'GET',
    'GET',
    'GET',
    'POST',
    'POST',
    'PUT',
    'HEAD',
    'OPTIONS',
    'DELETE',
    'TRACE',
    'get',
    'PRI',
  ]);
  let path = rng.pick(paths);
  if (rng.chance(0.3))
    path = damaged(rng, Buffer.from(path))
      .toString('latin1')
      .replace(/[\r\n]/g, '');
  if (rng.chance(0.02)) path += '/x'.repeat(rng.pick([10, 3_000]));
  if (rng.chance(0.4))
    path += `?${Array.from({ length: rng.between(1, 4) }, () => `${rng.pick(queries)}=${rng.pick(values)}`).join('&')}`;
  const text = rng.chance(0.8)
    ? (JSON.stringify(mutated(rng, body)) ?? '')
    : damaged(rng, Buffer.from(JSON.stringify(body))).toString('latin1');
  const content =
    method === 'POST' || rng.chance(0.1)
      ? Buffer.from(rng.chance(0.02) ? 'x'.repeat(100_000) : text)
      : Buffer.alloc(0);
  const headers = [
    'Host: x',
    ...(content.length > 0
      ? [
          `Content-Type: ${rng.pick(['application/json', 'application/json', 'application/json', 'text/plain', 'x', 'application/json; charset=utf-16'])}`,
        ]
      : []),
    ...(content.length > 0
      ? [
          rng.chance(0.9)
            ? `Content-Length: ${content.length + (rng.chance(0.1) ? rng.between(-5, 5) : 0)}`
            : 'Transfer-Encoding: chunked',
        ]
      : []),
    ...(rng.chance(0.1)
      ? [
          `${rng.pick(['X-A', 'Cookie', 'Expect', 'Upgrade', 'Content-Length', 'Transfer-Encoding'])}: ${rng.pick(['100-continue', 'websocket', 'a'.repeat(9_000), '-1', 'gzip', '\u00ff'])}`,
        ]
      : []),
    'Connection: close',
  ];
  const whole = Buffer.concat([
    Buffer.from(`${method} ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`, 'latin1'),
    content,
  ]);
  if (rng.chance(0.15)) return damaged(rng, whole);
  return rng.chance(0.05) ? rng.bytes(rng.between(1, 400)) : whole;
}

const answerDeadlineMs = 8_000;
const mostKept = 256 * 1024;

/** Writes, says goodbye and collects what comes. */
function exchange(socket: string, request: Buffer, seed: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let kept = 0;
    const deadline = setTimeout(() => {
      client.destroy();
      reject(new Error(`no end of the connection within ${answerDeadlineMs} ms`));
    }, answerDeadlineMs);
    const client = createConnection(socket, () => {
      for (const piece of pieces(rngOf(seed), request, 700)) client.write(piece);
      client.end();
    });
    client.on('data', (chunk: Buffer) => {
      kept += chunk.length;
      if (kept < mostKept) chunks.push(chunk);
    });
    // A server that has refused does not read on: the rest of what we write then fails.
    client.on('error', () => {});
    client.on('close', () => {
      clearTimeout(deadline);
      resolve(Buffer.concat(chunks));
    });
  });
}

function checkAnswer(answer: Buffer): Verdict {
  const text = answer.toString();
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]);
  holds(status === 503 || (status >= 100 && status < 500), 'no answer tells of a defect', {
    answer: text.slice(0, 500),
  });
  // What follows the first answer is the answer to bytes behind the request: neither its body nor its headers count.
  const start = answer.indexOf('\r\n\r\n') + 4;
  const head = answer.toString('latin1', 0, start);
  const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
  const content = answer.toString('utf8', start, start + length);
  // Node's own answer to an expectation that it cannot meet has no body of ours.
  if (status === 417) return 'refused';
  if (status >= 400 && /content-type: application\/json/i.test(head) && content !== '') {
    const { error } = JSON.parse(content) as { error: { code: string; hint: string } };
    holds(
      error.code in errorCatalogue && error.code !== 'INTERNAL' && error.hint !== '',
      'an error has a code and a mend',
      { content },
    );
  }
  return status < 400 ? 'accepted' : 'refused';
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** An input is a seed for the pieces, and the bytes of one connection. */
export function apiTarget(): Target {
  let folder = '';
  let station: Station | null = null;
  return {
    name: 'api-socket',
    share: 0.4,
    async begin() {
      folder = mkdtempSync(join(tmpdir(), 'forecourt-fuzz-'));
      const write = (name: string, content: object): void =>
        writeFileSync(join(folder, name), JSON.stringify(content));
      write('station.json', {
        site: { id: 'S1', zone: 'UTC' },
        store: { directory: 'store' },
        program: 'program.json',
        members: 'members.json',
      });
      write('program.json', {
        program: 'p',
        version: 1,
        earn: [{ id: 'l', per: 'litre', points: 1 }],
        tiers: [{ id: 'ordinary' }],
      });
      write('members.json', { members: [{ id: 'm-1' }] });
      const { station: loaded } = loadStation(join(folder, 'station.json'));
      if (!loaded) throw new Error('the station of the fuzz run is not valid');
      station = await startStation(loaded, {
        clock: systemClock,
        random: Math.random,
        log: silent,
        env: {},
        version: '0',
      });
    },
    async end() {
      await station?.stop('done');
      rmSync(folder, { recursive: true, force: true });
    },
    make: (rng) => Buffer.concat([rng.bytes(1), someRequest(rng)]),
    async run(input): Promise<Verdict> {
      const answer = await exchange(station?.socket ?? '', input.subarray(1), input[0] ?? 0);
      return answer.length === 0 ? 'refused' : checkAnswer(answer);
    },
  };
}
