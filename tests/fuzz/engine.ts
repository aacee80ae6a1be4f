/** Feeds a target with inputs and watches: crashes, broken laws, slow inputs, and memory that does not come back. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { slopeOf } from '../support/slope.ts';
import { rngOf, seedOf } from './random.ts';
import type { Target } from './target.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

export interface Finding {
  readonly target: string;
  readonly index: number;
  readonly problem: string;
  /** Base64. */
  readonly input: string;
}

export interface TargetReport {
  readonly target: string;
  readonly inputs: number;
  readonly accepted: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly slowestMs: number;
  /** Heap after a collection, least squares over the second half of the run. */
  readonly heapBytesPer1000: number;
  readonly findings: readonly Finding[];
}

/** One input may not take longer than this, however it is made. */
const longestMs = 1_000;
const heapSamples = 24;
const leastForHeap = 2_000;
/** A leak of one small object an input is 50 KB a thousand; collections leave far less than this. */
const mostHeapPer1000 = 8_192;
const mostFindings = 5;
/** Rejections and exceptions outside any call are told in a later turn. */
const turnEvery = 256;

const text = (error: unknown): string =>
  error instanceof Error
    ? `${error.name}: ${error.message}\n${error.stack?.split('\n').slice(1, 5).join('\n')}`
    : String(error);

export async function fuzz(target: Target, inputs: number, seed: number): Promise<TargetReport> {
  const findings: Finding[] = [];
  const heap: [number, number][] = [];
  // A collection takes as long as hundreds of inputs, and few inputs tell nothing of a leak.
  const sampleEvery = inputs < leastForHeap ? Number.POSITIVE_INFINITY : Math.floor(inputs / heapSamples);
  let accepted = 0;
  let bytes = 0;
  let slowestMs = 0;
  let index = 0;
  let current: Buffer = Buffer.alloc(0);
  const found = (problem: string): void => {
    if (findings.length < mostFindings)
      findings.push({ target: target.name, index, problem, input: current.toString('base64') });
  };
  const onUnhandled = (error: unknown): void => found(`outside of any call: ${text(error)}`);
  process.on('unhandledRejection', onUnhandled);
  process.on('uncaughtException', onUnhandled);
  await target.begin?.();
  const startedAt = performance.now();
  try {
    for (; index < inputs && findings.length < mostFindings; index++) {
      current = target.make(rngOf(seedOf(seed, target.name, index)));
      bytes += current.length;
      const before = performance.now();
      try {
        const verdict = target.run(current);
        if ((typeof verdict === 'string' ? verdict : await verdict) === 'accepted') accepted++;
      } catch (error) {
        found(text(error));
      }
      const took = performance.now() - before;
      const least = took > longestMs ? await leastOf(target, current) : took;
      slowestMs = Math.max(slowestMs, least);
      if (least > longestMs) found(`took ${Math.round(least)} ms`);
      if (index % turnEvery === 0) await new Promise((resolve) => setImmediate(resolve));
      if (index > 0 && index % sampleEvery === 0) {
        collectGarbage();
        heap.push([index, process.memoryUsage().heapUsed]);
      }
    }
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    await target.end?.();
    process.off('unhandledRejection', onUnhandled);
    process.off('uncaughtException', onUnhandled);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const warm = heap.slice(Math.floor(heap.length / 2));
  const heapBytesPer1000 = warm.length < 8 ? 0 : Math.round(slopeOf(warm) * 1000);
  // Few inputs tell nothing of a slope: the growth must be one that could be seen.
  const grown = (heapBytesPer1000 * inputs) / 2000;
  if (heapBytesPer1000 > mostHeapPer1000 && grown > 2 ** 22)
    found(`heap grows by ${heapBytesPer1000} bytes a thousand inputs`);
  return {
    target: target.name,
    inputs: index,
    accepted,
    bytes,
    seconds,
    perSecond: Math.round(index / seconds),
    slowestMs,
    heapBytesPer1000,
    findings,
  };
}

/** A machine that is busy with others makes any input slow: the least processor time of three tries counts. */
async function leastOf(target: Target, input: Buffer): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 3; tries++) {
    const before = process.cpuUsage();
    try {
      await target.run(input);
    } catch {
      // told already
    }
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}
