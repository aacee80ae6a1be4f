import { request } from 'node:http';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ForecourtError } from '../../../src/model/errors.ts';
import { startApi } from '../../../src/station/api/server.ts';
import type { Desk } from '../../../src/station/desk.ts';
import { tempDirectory } from '../../support/tempStore.ts';

const correct = vi.fn<Desk['correct']>();
const claims = vi.fn<Desk['claims']>();
const desk: Desk = {
  correct,
  claims,
  alerts: (limit) => [{ limit }] as never,
  evidence: (sale) => ({ sale }) as never,
};
const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
let socketPath: string;

beforeEach(async () => {
  vi.clearAllMocks();
  correct.mockReturnValue({ changed: true } as never);
  claims.mockReturnValue({ sales: [] } as never);
  socketPath = join(tempDirectory(), 's.sock');
  const view = { books: { verify: () => () => {}, reconcile: () => () => {} } };
  const api = await startApi(socketPath, { view: view as never, desk, tanks: {} as never }, log);
  onTestFinished(() => api.stop());
});

function send(
  path: string,
  body?: string,
  type = 'application/json',
): Promise<{ status: number | undefined; body: { error?: { code: string; message: string } } }> {
  const method = body === undefined ? 'GET' : 'POST';
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, path, method, headers: { 'content-type': type } }, (incoming) => {
      let text = '';
      incoming.on('data', (chunk) => {
        text += chunk;
      });
      incoming.on('end', () => resolve({ status: incoming.statusCode, body: JSON.parse(text) }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
const post = (path: string, body: unknown) => send(path, JSON.stringify(body));
const why = { reason: 'receipt shown', by: 'Wang' };

describe('the desk on the local API', () => {
  it('takes decisions by member, by card, and to void', async () => {
    expect(await post('/v1/sales/42/assign', { ...why, member: 'm-1', user: 'op', request: 'r-1' })).toEqual({
      ...{ status: 200, body: { changed: true } },
    });
    await post('/v1/sales/FP1%3A1%3Ag0%3A0-10/reassign', { ...why, card: { number: '77', format: 'em40' } });
    await post('/v1/sales/42/void', { ...why, reason: '  spilled  ' });
    const none = { user: null, request: null };
    expect(correct.mock.calls.map(([decision]) => decision)).toEqual([
      {
        ...why,
        sale: 42,
        what: 'assign',
        to: expect.objectContaining({ member: 'm-1' }),
        user: 'op',
        request: 'r-1',
      },
      {
        ...{ ...why, ...none, sale: 'FP1:1:g0:0-10', what: 'reassign' },
        to: expect.objectContaining({ card: { number: '77', format: 'em40' } }),
      },
      { ...why, ...none, reason: 'spilled', sale: 42, what: 'void', to: null },
    ]);
  });

  it.each([
    ['no body', 'assign', undefined],
    ['no reason', 'assign', { by: 'Wang', member: 'm-1' }],
    ['an empty reason', 'void', { ...why, reason: '  ' }],
    ['a reason of two lines', 'void', { ...why, reason: 'one\ntwo' }],
    ['a reason too long', 'void', { ...why, reason: 'x'.repeat(201) }],
    ['nobody named', 'assign', why],
    ['two owners', 'assign', { ...why, member: 'm-1', card: { number: '7' } }],
    ['an unknown key', 'void', { ...why, member: 'm-1' }],
    ['a card without a number', 'reassign', { ...why, card: { number: '' } }],
    ['an unknown format', 'reassign', { ...why, card: { number: '7', format: 'tattoo' } }],
    ['a name that is none', 'assign', { ...why, member: '../../etc' }],
    ['a request id that is none', 'void', { ...why, request: 'a b' }],
    ['a list', 'void', [why]],
  ])('refuses %s', async (_, what, body) => {
    const answer = await send(`/v1/sales/42/${what}`, body === undefined ? '' : JSON.stringify(body));
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'USAGE' } } });
    expect(correct).not.toHaveBeenCalled();
    expect(log.error).not.toHaveBeenCalled();
  });

  it('M45: a refused body is answered without the card’s number in it', async () => {
    const answer = await post('/v1/sales/42/assign', {
      ...why,
      card: { number: '550011223344', format: 'x' },
    });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer)).not.toContain('550011223344');
  });

  it('refuses bodies that are too large, of another type, or no JSON', async () => {
    const large = await post('/v1/sales/42/void', { ...why, reason: 'x'.repeat(70_000) });
    expect(large.status).toBe(413);
    expect((await send('/v1/sales/42/void', 'reason=x', 'application/x-www-form-urlencoded')).status).toBe(
      415,
    );
    expect((await send('/v1/sales/42/void', '{"reason":')).status).toBe(400);
    expect(correct).not.toHaveBeenCalled();
  });

  it.each([
    ['CORRECTION_REFUSED', 409],
    ['CORRECTION_TOO_LATE', 409],
    ['CARD_REFUSED', 409],
    ['NOT_FOUND', 404],
  ] as const)('answers %s as %i', async (code, status) => {
    correct.mockImplementation(() => {
      throw new ForecourtError(code, 'because');
    });
    expect(await post('/v1/sales/1/void', why)).toMatchObject({
      ...{ status, body: { error: { code, message: 'because' } } },
    });
  });

  it('asks for claims with filters, and for evidence and alerts', async () => {
    await send('/v1/claims');
    await send('/v1/claims?all=true&fuellingPoint=FP1&limit=5&since=2026-11-22T08:00:00Z');
    expect(claims.mock.calls.map(([query]) => query)).toEqual([
      { all: false, limit: 200, since: undefined, fuellingPoint: undefined },
      { all: true, limit: 5, since: Date.UTC(2026, 10, 22, 8), fuellingPoint: 'FP1' },
    ]);
    for (const bad of ['all=1', 'since=yesterday', 'limit=0', 'limit=5000', 'other=1'])
      expect((await send(`/v1/claims?${bad}`)).status).toBe(400);
    expect((await send('/v1/sales/7/evidence')).body).toEqual({ sale: 7 });
    expect((await send('/v1/alerts?limit=3')).body).toEqual([{ limit: 3 }]);
  });
});
