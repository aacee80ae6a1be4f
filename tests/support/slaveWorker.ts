/** Scripted Modbus devices in a thread of their own: they answer while the test's own thread stands still. */
import { parentPort, workerData } from 'node:worker_threads';
import { asMbap, rightAnswer, startScriptedSlave } from './scriptedSlave.ts';

export interface LateSlave {
  readonly mbap: boolean;
  /** Every so many-th answer is late; 0: none is. */
  readonly lateEvery: number;
  readonly lateMs: number;
}

const { mbap, lateEvery, lateMs } = workerData as LateSlave;
let count = 0;
const slave = await startScriptedSlave(
  (request) => {
    const right = rightAnswer(request);
    count += 1;
    const isLate = lateEvery > 0 && count % lateEvery === 0;
    return [{ afterMs: isLate ? lateMs : 2, bytes: mbap ? asMbap(request, right) : right }];
  },
  { mbap },
);
parentPort?.postMessage(slave.port);
