/** Which exceptions of a thread are borne, and which end it. */
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';

const module = new URL('../../../src/drivers/opcua/containment.ts', import.meta.url).href;

/** Runs `work` in a thread that contains exceptions; what it told, and the error that ended it. */
async function thread(work: string): Promise<{ told: unknown[]; ended: string | null }> {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const tell = (word) => parentPort.postMessage(word);
     import(${JSON.stringify(module)}).then(({ containAccepted, containExceptions, inAttempt }) => {
       containExceptions(() => performance.now(), (peer, error) => tell(peer + ' threw ' + error.message));
       const attempt = (peer) => ({ peer, fail: (reason) => tell(peer + ' failed: ' + reason) });
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

  it('costs the connection that it was thrown at, and no other, where connections are accepted', async () => {
    const { told, ended } = await thread(`
      containAccepted((peer, error) => tell(error.message));
      const net = require('node:net');
      const server = net.createServer((socket) => {
        socket.on('data', (data) => {
          if (String(data) === 'bad') throw new Error('at bytes');
          if (String(data) === 'later') setTimeout(() => { throw new Error('of a timer'); }, 5);
          else socket.end('well');
        });
      }).listen(0, '127.0.0.1', async () => {
        const send = (text) => new Promise((done) => {
          let answer = '';
          const socket = net.connect(server.address().port, '127.0.0.1', () => socket.write(text));
          socket.on('data', (data) => { answer += data; }).on('error', () => {});
          socket.on('close', () => done(answer || 'cut off'));
        });
        tell(await Promise.all(['good', 'bad', 'later', 'good'].map(send)));
        server.close();
      });
    `);
    expect(ended).toBeNull();
    expect(told.slice(0, 2).map((word) => String(word).replace(/^.* threw /, ''))).toEqual([
      'at bytes',
      'of a timer',
    ]);
    expect(told.at(-1)).toEqual(['well', 'cut off', 'cut off', 'well']);
  });
});
