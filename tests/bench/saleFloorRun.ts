/** Lets the floor write every sale of a run once more, each after as long an idle time, with a bare commit next to it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openBareCommit } from './saleBare.ts';
import { type FromFloor, monotonicMs, type ToFloor, type Transaction } from './saleMessages.ts';

/** From the reply to the durable commit, ms. */
export interface FloorSale {
  readonly floor: number;
  readonly bare: number;
}

/** As long as the station rests between two polls. */
const restMs = 40;

/** `store`: the directory of the run's store, closed. `bytes`: of one bare commit. The first `warmUp` sales are not counted. */
export async function runFloor(
  directory: string,
  store: string,
  transactions: readonly Transaction[],
  bytes: number,
  warmUp: number,
): Promise<FloorSale[]> {
  const work = transactions.filter((each) => each.writes.length > 0);
  const script = fileURLToPath(import.meta.resolve('./saleFloor.ts'));
  const child = fork(script, [join(store, 'forecourt.db'), join(directory, 'floor.db')], {
    serialization: 'advanced',
  });
  const bare = openBareCommit(directory, 'floor-bare.db');
  const send = (message: ToFloor): void => void child.send(message);
  try {
    const { port } = await message(child, 'listening');
    const socket = connect(port, '127.0.0.1').setNoDelay(true);
    await once(socket, 'connect');
    const ready = message(child, 'ready');
    send({ kind: 'begin', transactions: work.map((each) => each.writes) });
    await ready;
    const reply = Buffer.alloc(64);
    const sales: FloorSale[] = [];
    for (const { sale } of work) {
      await sleep(restMs);
      const committed = message(child, 'committed');
      const from = monotonicMs();
      socket.write(reply);
      const { at } = await committed;
      if (sale === null) continue;
      await sleep(5);
      sales.push({ floor: at - from, bare: bare.commit(bytes) });
    }
    socket.destroy();
    return sales.slice(warmUp);
  } finally {
    bare.close();
    send({ kind: 'stop' });
    await once(child, 'exit');
  }
}

function message<K extends FromFloor['kind']>(
  child: ChildProcess,
  kind: K,
): Promise<Extract<FromFloor, { kind: K }>> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`the floor ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (told: FromFloor) => {
      child.off('exit', ended);
      if (told.kind === kind) resolve(told as Extract<FromFloor, { kind: K }>);
      else reject(new Error(`the floor said ${told.kind} in place of ${kind}`));
    });
  });
}
