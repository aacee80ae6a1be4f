import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ForecourtError } from '../../../src/model/errors.ts';
import { type ApiServer, startApi } from '../../../src/station/api/server.ts';
import type { Desk } from '../../../src/station/desk.ts';
import type { TankDesk } from '../../../src/station/tanks/view.ts';
import type { StationView, TraceView } from '../../../src/station/view.ts';

const log = { debug() {}, info() {}, warn: vi.fn(), error: vi.fn() };
let folder: string;
let socket: string;
let api: ApiServer;
let traceListener: ((frame: TraceView) => void) | null = null;
const stopTrace = vi.fn();

const view: StationView = {
  status: () => ({ epoch: 'e' }) as never,
  devices: () => [],
  sales: (query) => [query] as never,
  sale: (id) => (id === 7 || id === 'FP1:1:g0:0-10' ? ({ id: 7 } as never) : null),
  member: () => null,
  trace(line, listener) {
    if (line !== 'bus1') throw new ForecourtError('NOT_FOUND', `there is no line "${line}"`);
    traceListener = listener;
    return stopTrace;
  },
  books: {
    verify: () => () => {},
    reconcile: () => () => {},
  },
};

const desk: Desk = {
  claims: (query) => query as never,
  correct: (decision) => decision as never,
  alerts: (limit) => [limit] as never,
  evidence: (id) => ({ id }) as never,
};

const noTanks = {} as TankDesk;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fc-api-'));
  socket = join(folder, 's.sock');
  api = await startApi(socket, { view, desk, tanks: noTanks }, log);
});
afterEach(async () => {
  await api.stop();
  rmSync(folder, { recursive: true, force: true });
});

function get(path: string, method = 'GET', body = ''): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { socketPath: socket, path, method, headers: body ? { 'content-type': 'application/json' } : {} },
      (incoming) => {
        let text = '';
        incoming.on('data', (chunk) => {
          text += chunk;
        });
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: JSON.parse(text) }));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Opens a stream and resolves with what came once `until` is in it. */
function listen(path: string, until: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath: socket, path }, (incoming) => {
      let text = '';
      incoming.on('data', (chunk) => {
        text += chunk;
        if (text.includes(until)) {
          resolve(text);
          outgoing.destroy();
        }
      });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

describe('the local API', () => {
  it('answers JSON, and lets only owner and group in', async () => {
    expect(await get('/v1/status')).toEqual({ status: 200, body: { epoch: 'e' } });
    expect(statSync(socket).mode & 0o777).toBe(0o660);
  });

  it('finds a sale by number and by key', async () => {
    expect((await get('/v1/sales/7')).status).toBe(200);
    expect((await get(`/v1/sales/${encodeURIComponent('FP1:1:g0:0-10')}`)).status).toBe(200);
  });

  it.each([
    ['/v1/sales/8', 404, 'NOT_FOUND'],
    ['/v1/nothing', 404, 'NOT_FOUND'],
    ['/v1/members/x', 404, 'NOT_FOUND'],
    ['/v1/lines/bus9/trace', 404, 'NOT_FOUND'],
    ['/v1/sales?limit=0', 400, 'USAGE'],
    ['/v1/sales?limit=1e9', 400, 'USAGE'],
    ['/v1/sales?unknown=1', 400, 'USAGE'],
    ['/v1/sales/%ZZ', 400, 'USAGE'],
  ])('refuses %s with %i and a coded error with its mend', async (path, status, code) => {
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({
      error: { hint: expect.any(String), code },
    });
  });

  it('refuses a body that is too large or no JSON, and goes on', async () => {
    expect((await get('/v1/status', 'POST', `"${'x'.repeat(100_000)}"`)).status).toBeGreaterThanOrEqual(400);
    expect((await get('/v1/status', 'POST', '{')).status).toBeGreaterThanOrEqual(400);
    expect((await get('/v1/status')).status).toBe(200);
  });

  it('survives bytes that are no HTTP', async () => {
    await new Promise<void>((resolve) => {
      const raw = connect(socket, () => raw.write(Buffer.from([0, 255, 13, 10, 13, 10, 1, 2, 3])));
      raw.resume();
      raw.on('close', () => resolve());
      raw.on('error', () => {});
    });
    expect((await get('/v1/status')).status).toBe(200);
  });

  it('pushes to who listens', async () => {
    const got = listen('/v1/events', 'no-scan');
    await vi.waitFor(() => {
      api.push({ type: 'alarm', data: { at: 'x', fuellingPoint: 'FP1', alarm: 'no-scan', text: 't' } });
      return Promise.race([got, Promise.reject(new Error('not yet'))]);
    });
    expect(await got).toContain('event: alarm\ndata: {"at":"x"');
  });

  it('streams a trace and stops its source when the client goes', async () => {
    stopTrace.mockClear();
    const got = listen('/v1/lines/bus1/trace', 'f7');
    await vi.waitFor(() => expect(traceListener).not.toBeNull());
    traceListener?.({ at: 'x', line: 'bus1', direction: 'tx', bytes: '01 f7', text: '' });
    expect(await got).toContain('event: frame');
    await vi.waitFor(() => expect(stopTrace).toHaveBeenCalledTimes(1));
  });

  it('cuts off a client that does not read, and keeps the others', async () => {
    const deaf = connect(socket, () => deaf.write('GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n'));
    deaf.pause();
    const closed = new Promise<void>((resolve) => deaf.on('close', () => resolve()));
    deaf.on('error', () => {});
    const text = 'x'.repeat(64 * 1024);
    await vi.waitFor(
      () => {
        for (let n = 0; n < 20; n += 1)
          api.push({ type: 'alarm', data: { at: '', fuellingPoint: 'FP1', alarm: 'a', text } });
        expect(log.warn).toHaveBeenCalled();
      },
      { timeout: 10_000 },
    );
    deaf.resume();
    await closed;
    expect((await get('/v1/status')).status).toBe(200);
  });

  it('refuses to start where another daemon answers, and takes over a socket file that nobody serves', async () => {
    await expect(startApi(socket, { view, desk, tanks: noTanks }, log)).rejects.toMatchObject({
      code: 'API_REFUSED',
    });
    await api.stop();
    api = await startApi(socket, { view, desk, tanks: noTanks }, log);
    expect((await get('/v1/status')).status).toBe(200);
  });
});
