/** Which exceptions of a thread are borne, and which end it. */
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';

const module = new URL('../../../src/drivers/opcua/containment.ts', import.meta.url).href;

/** Runs `work` in a thread that contains exceptions; what it told, and the error that ended it. */
async function thread(work: string): Promise<{ told: unknown[]; ended: string | null }> {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const tell = (word) => parentPort.postMessage(word);
     import(${JSON.stringify(module)}).then(({ containExceptions, inAttempt }) => {
       containExceptions(() => performance.now(), (server, error) => tell(server + ' threw ' + error.message));
       const attempt = (server) => ({ server, fail: (reason) => tell(server + ' failed: ' + reason) });
       ${work}
     });`,
    { eval: true },
  );
  const told: unknown[] = [];
  let ended: string | null = null;
  worker.on('message', (word) => told.push(word));
  worker.on('error', (error) => {
    ended = (error as Error).message;
  });
  await new Promise((resolve) => worker.on('exit', resolve));
  return { told, ended };
}

describe('an exception that nobody catches', () => {
  it('costs the attempt whose timer or socket it came from, and is told once', async () => {
    const { told, ended } = await thread(`
      inAttempt(attempt('a'), async () => {
        const server = require('node:net').createServer((socket) => socket.end('x')).listen(0, '127.0.0.1', () => {
          const socket = require('node:net').connect(server.address().port, '127.0.0.1');
          socket.on('data', () => { throw new Error('of a socket'); });
          socket.on('close', () => server.close());
        });
      });
      inAttempt(attempt('b'), async () => {
        await null;
        setTimeout(() => {
          setImmediate(() => {
            setTimeout(() => { throw new Error('again'); }, 5);
            throw new Error('of a timer');
          });
        }, 5);
      });
      setTimeout(() => tell('still there'), 300);
    `);
    expect(ended).toBeNull();
    expect(told.toSorted()).toEqual([
      'a failed: the library failed: of a socket',
      'a threw of a socket',
      'b failed: the library failed: of a timer',
      'b threw of a timer',
      'still there',
    ]);
  });

  it('ends the thread where it belongs to no attempt', async () => {
    const { told, ended } = await thread(`
      setTimeout(() => { throw new Error('whose?'); }, 5);
      setTimeout(() => tell('still there'), 200);
    `);
    expect({ told, ended }).toEqual({ told: [], ended: 'whose?' });
  });

  it('ends the thread where there is no end of them', async () => {
    const { told, ended } = await thread(`
      inAttempt(attempt('a'), async () => { setInterval(() => { throw new Error('on and on'); }, 0); });
    `);
    expect(ended).toBe('on and on');
    expect(told).toEqual(['a threw on and on', 'a failed: the library failed: on and on']);
  });
});
