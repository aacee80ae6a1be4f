/** The store against what only a second process can do to it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { manualClock, recordingLog, tempDirectory, tempStore } from '../support/tempStore.ts';

const writer = fileURLToPath(new URL('../support/storeWriter.ts', import.meta.url));

function startWriter(directory: string): {
  child: ChildProcess;
  committed: () => number;
  reached(n: number): Promise<void>;
} {
  const child = spawn(process.execPath, [writer, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  let newLine = () => {};
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    newLine();
  });
  const committed = () => Number(text.slice(0, text.lastIndexOf('\n')).split('\n').at(-1));
  return {
    child,
    committed,
    reached: (n) =>
      new Promise((resolve, reject) => {
        child.once('exit', () => reject(new Error('the writer ended by itself')));
        newLine = () => committed() >= n && resolve();
        newLine();
      }),
  };
}

describe('a store whose process was killed', () => {
  it('has every sale that was committed, whole, and none twice', { timeout: 60_000 }, async () => {
    const directory = tempDirectory();
    for (let round = 1; round <= 5; round++) {
      const { child, committed, reached } = startWriter(directory);
      await reached(round * 150);
      child.kill('SIGKILL');
      await once(child, 'close');

      const store = tempStore(directory);
      const head = store.feed.head('business');
      // At most the one commit whose number could not be printed any more.
      expect(head - committed()).toBeOneOf([0, 1]);
      expect(store.sales.totals().count).toBe(head);
      expect(store.ledger.balance('member')).toBe(head);
      expect(store.feed.read('business', 0, head + 1).map((row) => row.seq)).toEqual(
        Array.from({ length: head }, (_, n) => n + 1),
      );
      expect(store.check()).toEqual({ ok: true, problems: [] });
      expect(store.bornAfterCorruption).toBe(false);
      store.close();
    }
  });
});

it('a store that a running process owns is refused to a second one, and free once that is killed', async () => {
  const directory = tempDirectory();
  const { child, reached } = startWriter(directory);
  await reached(1);
  const open = () => openStore({ directory, site: 'test-1', clock: manualClock(), log: recordingLog() });
  expect(open).toThrow(expect.objectContaining({ code: 'STORE_LOCKED' }));
  child.kill('SIGKILL');
  await once(child, 'close');
  open().close();
});
