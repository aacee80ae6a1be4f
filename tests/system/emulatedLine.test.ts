import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type EmulatedLine,
  type EmulatedLineOptions,
  emulatedRegister,
  startEmulatedLine,
} from '../support/emulatedLine.ts';

/** Read of holding registers 100 and 101 of unit 3, and of unit 4; CRCs from an independent calculator. */
const readUnit3 = Buffer.from('0303006400028436', 'hex');
const readUnit4 = Buffer.from('0403006400028581', 'hex');
const replyBytes = 3 + 4 + 2;

let line: EmulatedLine | undefined;
let port: FileHandle | undefined;

afterEach(async () => {
  await port?.close();
  await line?.stop();
  line = undefined;
  port = undefined;
});

async function openLine(options: EmulatedLineOptions): Promise<{ line: EmulatedLine; port: FileHandle }> {
  line = await startEmulatedLine(options);
  if (!('path' in line.end)) throw new Error('a pty was expected');
  port = await open(line.end.path, constants.O_RDWR | constants.O_NOCTTY);
  return { line, port };
}

async function receive(from: FileHandle, count: number): Promise<Buffer> {
  const received: Buffer[] = [];
  while (Buffer.concat(received).length < count) {
    const { bytesRead, buffer } = await from.read(Buffer.alloc(256), 0, 256, null);
    received.push(Buffer.from(buffer.subarray(0, bytesRead)));
  }
  return Buffer.concat(received);
}

describe('the emulated line', () => {
  it('answers with registers that tell their unit and address', async () => {
    const { line, port } = await openLine({ baud: 115_200 });
    await port.write(readUnit3);
    const reply = await receive(port, replyBytes);
    expect(reply.subarray(0, 3)).toEqual(Buffer.from([3, 3, 4]));
    expect([reply.readUInt16BE(3), reply.readUInt16BE(5)]).toEqual([
      emulatedRegister(3, 100),
      emulatedRegister(3, 101),
    ]);
    expect(await line.stats()).toMatchObject({ requests: 1, early: 0, badCrc: 0, replies: 1 });
  });

  it('drops and counts a request that begins before 3.5 characters of silence', async () => {
    const { line, port } = await openLine({ baud: 9600 });
    await port.write(Buffer.concat([readUnit3, readUnit4]));
    const reply = await receive(port, replyBytes);
    expect(reply[0]).toBe(3);
    expect(await line.stats()).toMatchObject({ requests: 2, early: 1, replies: 1 });
  });

  it.each([
    ['a dead unit', readUnit4, { unanswered: 1, badCrc: 0 }],
    [
      'a damaged request',
      Buffer.concat([readUnit3.subarray(0, 7), Buffer.from([0])]),
      { unanswered: 0, badCrc: 1 },
    ],
  ])('does not answer for %s, and counts it', async (_, request, counted) => {
    const { line, port } = await openLine({ baud: 115_200, deadUnit: 4 });
    await port.write(request);
    await expect.poll(() => line.stats()).toMatchObject({ requests: 1, early: 0, replies: 0, ...counted });
  });

  it('delivers a late reply whole when nothing else talks', async () => {
    const { line, port } = await openLine({
      baud: 115_200,
      late: { permille: 1000, fromMs: 50, toMs: 100 },
    });
    await port.write(readUnit3);
    expect((await receive(port, replyBytes)).readUInt16BE(3)).toBe(emulatedRegister(3, 100));
    expect(await line.stats()).toMatchObject({ late: 1, replies: 1, garbledBytes: 0 });
  });
});
