/** The boundary round a card reader: what throws while its bytes are taken stays with it. */
import { createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openReader } from '../../../src/drivers/readers/reader.ts';
import { readerSchema } from '../../../src/model/config/station.ts';
import { instant, monoMs } from '../../../src/model/units.ts';
import { createBoundaries } from '../../../src/station/deviceFaults.ts';
import { manualClock, recordingLog } from '../../support/tempStore.ts';

const patience = { timeout: 20_000, interval: 5 };

/** Two readers of lines behind one boundary; the clock of `sick` fails in the midst of a read where it is told to. */
async function twoReaders() {
  const clock = manualClock();
  const log = recordingLog();
  const boundaries = createBoundaries(clock, log);
  const failures = { left: 0 };
  const texts = { sick: [] as string[], well: [] as string[] };
  const start = async (id: 'sick' | 'well') => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const config = readerSchema.parse({
      ...{ id, kind: 'line', format: 'number', fuellingPoints: ['1'] },
      connection: { kind: 'tcp', host: '127.0.0.1', port },
    });
    if (config.kind === 'modbus') throw new Error('not a reader of bytes');
    const reader = openReader(config, {
      clock: {
        now() {
          if (id === 'sick' && failures.left > 0) {
            failures.left -= 1;
            throw new TypeError('card 12345678 is too much for me');
          }
          return instant(clock.now());
        },
        mono: () => monoMs(performance.now()),
      },
      random: () => 0,
      log,
      onRead: ({ text }) => texts[id].push(text),
      onHealth() {},
      guard: (work) => boundaries.run(id, work),
    });
    onTestFinished(async () => {
      await reader.stop();
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const socket = await vi.waitFor(() => sockets[0] ?? expect.fail('nobody connected'), patience);
    await vi.waitFor(() => expect(reader.stats().online).toBe(true), patience);
    return async (text: string): Promise<void> => {
      const before = reader.stats().bytes;
      socket.write(`${text}\r\n`);
      await vi.waitFor(() => expect(reader.stats().bytes).toBe(before + text.length + 2), patience);
    };
  };
  return { clock, log, boundaries, texts, failures, sick: await start('sick'), well: await start('well') };
}

it('a fault in one reader is counted, told without the card, and its neighbour and its next card are read', async () => {
  const { sick, well, boundaries, texts, failures, log } = await twoReaders();
  failures.left = 1;
  await sick('11111111');
  await well('22222222');
  await sick('33333333');
  expect(texts).toEqual({ sick: ['33333333'], well: ['22222222'] });
  expect(boundaries.of('sick')).toMatchObject({ count: 1, last: 'INTERNAL' });
  expect(boundaries.of('well').count).toBe(0);
  const errors = log.lines.filter(({ level }) => level === 'error');
  expect(errors).toHaveLength(1);
  // Where it happened is told, and nothing of what the card said.
  expect(JSON.stringify(errors)).toContain('boundary.test.ts');
  expect(JSON.stringify(errors)).not.toContain('12345678');
});

it('half a card from before the fault is not joined to what follows', async () => {
  const { sick, texts, failures } = await twoReaders();
  failures.left = 1;
  await sick('11111111\r\n999');
  await sick('');
  await sick('44444444');
  expect(texts.sick).not.toContain('99944444444');
  expect(texts.sick.at(-1)).toBe('44444444');
});

it('it is left alone for a while when it goes on, and read again afterwards', async () => {
  const { sick, well, boundaries, clock, texts, failures } = await twoReaders();
  failures.left = 3;
  for (const text of ['11111111', '22222222', '33333333']) await sick(text);
  expect(boundaries.of('sick').count).toBe(3);
  await sick('44444444');
  await well('55555555');
  expect(texts).toEqual({ sick: [], well: ['55555555'] });
  clock.advance(60_001);
  await sick('66666666');
  expect(texts.sick).toEqual(['66666666']);
});
