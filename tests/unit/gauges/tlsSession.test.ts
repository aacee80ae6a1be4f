import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeComputerFrame, writeUnknownFunction } from '../../../src/core/tls/frame.ts';
import type { ConnectionEvents } from '../../../src/drivers/connections/connection.ts';
import { tlsSession } from '../../../src/drivers/gauges/tlsSession.ts';
import type { ForecourtError } from '../../../src/model/errors.ts';
import { instant, monoMs } from '../../../src/model/units.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const none = () => undefined;
const request = (code: string, data = '') => ({ code, data });
const reply = (code: string, data = '000000') => writeComputerFrame(code, '202601151430', data);

function line(settings: { gapMs?: number; code?: string } = {}) {
  const sent: { at: number; text: string }[] = [];
  const connections: ConnectionEvents[] = [];
  const session = tlsSession({
    connect(events) {
      connections.push(events);
      return {
        send: (bytes) => sent.push({ at: Date.now(), text: Buffer.from(bytes).toString('latin1') }),
        close: async () => events.closed('stopped'),
      };
    },
    clock: { now: () => instant(Date.now()), mono: () => monoMs(Date.now()) },
    random: () => 0.5,
    log: { debug: none, info: none, warn: none, error: none },
    securityCode: settings.code ?? null,
    commandGapMs: settings.gapMs ?? 0,
    timeoutMs: 1_000,
    longestPauseMs: 1_000,
    opened: none,
    closed: none,
  });
  connections[0]?.opened();
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'answered',
      (error: ForecourtError) => error.code,
    );
  return {
    session,
    sent,
    connections,
    codeOf,
    hear: (bytes: Uint8Array) => connections.at(-1)?.bytes(bytes),
  };
}
const texts = (sent: readonly { text: string }[]) => sent.map(({ text }) => text.slice(1));

describe('one question at a time', () => {
  it('answers reach who asked, in turn, after the gap', async () => {
    const { session, sent, hear } = line({ gapMs: 50 });
    const first = session.exchange(request('i20100'));
    const second = session.exchange(request('i10100'));
    await vi.advanceTimersByTimeAsync(50);
    expect(texts(sent)).toEqual(['i20100']);
    hear(reply('i20100'));
    expect((await first).frame).toMatchObject({ code: 'i20100' });
    await vi.advanceTimersByTimeAsync(49);
    expect(sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(texts(sent)).toEqual(['i20100', 'i10100']);
    hear(writeUnknownFunction());
    expect((await second).frame).toEqual({ kind: 'unknown-function' });
    expect(session.counts).toMatchObject({ requests: 2, unknownFunctions: 1, timeouts: 0 });
  });

  it('a reply to another function or tank answers nothing', async () => {
    const { session, hear } = line();
    const asked = session.exchange(request('i20102'));
    await vi.advanceTimersByTimeAsync(0);
    hear(reply('i20101'));
    hear(reply('i20200'));
    hear(reply('i20102'));
    expect((await asked).frame).toMatchObject({ code: 'i20102' });
    expect(session.counts.lateReplies).toBe(2);
  });

  it('what is set may come back with i', async () => {
    const { session, hear } = line();
    const asked = session.exchange(request('s50100', '2601151430'));
    await vi.advanceTimersByTimeAsync(0);
    hear(reply('i50100'));
    expect((await asked).frame).toMatchObject({ code: 'i50100' });
  });

  it('bytes that keep coming keep the deadline off', async () => {
    const { session, hear } = line();
    const asked = session.exchange(request('i20100'));
    await vi.advanceTimersByTimeAsync(900);
    for (const byte of reply('i20100')) {
      hear(Uint8Array.of(byte));
      await vi.advanceTimersByTimeAsync(700);
    }
    expect((await asked).frame).toMatchObject({ code: 'i20100' });
  });
});

describe('after a failure', () => {
  it('silence and half a reply are told apart', async () => {
    const { session, codeOf, hear } = line();
    const silent = codeOf(session.exchange(request('i20100')));
    await vi.advanceTimersByTimeAsync(1_100);
    expect(await silent).toBe('GAUGE_SILENT');
    const half = codeOf(session.exchange(request('i20100')));
    await vi.advanceTimersByTimeAsync(1_100);
    hear(reply('i20100').subarray(0, 9));
    await vi.advanceTimersByTimeAsync(2_100);
    expect(await half).toBe('GAUGE_BAD_REPLY');
    expect(session.counts).toMatchObject({ timeouts: 2, badFrames: 1 });
  });

  it('the line is asked something else first: an old answer to the same question is not believed', async () => {
    const { session, sent, codeOf, hear } = line();
    const known = session.exchange(request('i50100'));
    await vi.advanceTimersByTimeAsync(0);
    hear(reply('i50100'));
    await known;
    const lost = codeOf(session.exchange(request('i20100')));
    await vi.advanceTimersByTimeAsync(1_100);
    expect(await lost).toBe('GAUGE_SILENT');

    const again = session.exchange(request('i20100'));
    await vi.advanceTimersByTimeAsync(300);
    expect(texts(sent)).toEqual(['i50100', 'i20100', 'i50100']);
    hear(reply('i20100', 'old'));
    hear(reply('i50100'));
    await vi.advanceTimersByTimeAsync(0);
    expect(texts(sent).at(-1)).toBe('i20100');
    hear(reply('i20100', 'new'));
    expect((await again).frame).toMatchObject({ data: 'new' });
    expect(session.counts.lateReplies).toBe(1);
  });

  it('where nothing else was ever answered, as long a silence again is waited for', async () => {
    const { session, sent, codeOf, hear } = line();
    const lost = codeOf(session.exchange(request('i20100')));
    await vi.advanceTimersByTimeAsync(1_100);
    await lost;
    const again = session.exchange(request('i20100'));
    await vi.advanceTimersByTimeAsync(800);
    hear(reply('i20100', 'old'));
    await vi.advanceTimersByTimeAsync(900);
    expect(sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    hear(reply('i20100', 'new'));
    expect((await again).frame).toMatchObject({ data: 'new' });
  });

  it('three in a row: the connection is made anew', async () => {
    const { session, connections, codeOf } = line();
    for (let n = 0; n < 3; n += 1) {
      const lost = codeOf(session.exchange(request('i20100')));
      await vi.advanceTimersByTimeAsync(4_000);
      expect(await lost).toBe('GAUGE_SILENT');
    }
    await vi.advanceTimersByTimeAsync(2_000);
    expect(connections).toHaveLength(2);
  });

  it('a connection that ends ends the question', async () => {
    const { session, connections, codeOf } = line();
    const asked = codeOf(session.exchange(request('i20100')));
    await vi.advanceTimersByTimeAsync(0);
    connections[0]?.closed('gone');
    expect(await asked).toBe('LINE_CLOSED');
    expect(await codeOf(session.exchange(request('i20100')))).toBe('LINE_CLOSED');
  });
});

it('the security code goes out and is never traced', async () => {
  const { session, sent, hear } = line({ code: 'SECRET' });
  const traced: string[] = [];
  session.trace(({ direction, bytes, text }) =>
    traced.push(`${direction} ${Buffer.from(bytes).toString('latin1')} ${text}`),
  );
  const asked = session.exchange(request('i20100'));
  await vi.advanceTimersByTimeAsync(0);
  for (const piece of ['\x01SE', 'CRETi', '20100']) hear(Buffer.from(piece));
  hear(reply('i20100'));
  await asked;
  expect(texts(sent)).toEqual(['SECRETi20100']);
  expect(session.echoes).toBe(true);
  expect(traced.slice(1, 4)).toEqual(['rx \x01** .**', 'rx ****i ****i', 'rx 20100 20100']);
  expect(traced[0]).toBe('tx \x01******i20100 i20100');
});
