/** The three parts of the benchmark: what is run, and the row each run becomes. */
import type { MasterTask } from './busMaster.ts';
import { type MasterKind, type Run, runMaster } from './busRun.ts';
import {
  bestBlocks,
  equalReads,
  latestReplyMs,
  leastCycleMs,
  ranges,
  readMs,
  silenceMs,
  timeoutMs,
  units,
} from './busWork.ts';

/** Most registers of a gap the device allows to be read along; wider than the widest gap that is ever worth it. */
const maxGap = 64;
const deadUnit = 5;

const usual = {
  units,
  timeoutMs,
  maxGap,
  lateReplyMs: latestReplyMs - timeoutMs,
  quarantine: true,
  pollEach: false,
  gapMs: 0,
} satisfies Partial<MasterTask>;

/** What modbus-serial users do: the silence rounded up to the timer's whole milliseconds. */
const timerGapMs = (baud: number): number => Math.ceil(silenceMs(baud));

interface Contender {
  readonly name: string;
  readonly kind: MasterKind;
  readonly task: Partial<MasterTask>;
  /** Good reads that make one device's four ranges. */
  readonly readsPerDevice: number;
}

function contenders(baud: number, kinds: readonly MasterKind[]): Contender[] {
  const best = bestBlocks(baud, ranges);
  const loop = { blocks: ranges };
  const all: Contender[] = [
    { name: 'forecourt', kind: 'forecourt', task: loop, readsPerDevice: 1 },
    {
      name: 'modbus-serial, setTimeout gap',
      kind: 'modbus-serial',
      task: { ...loop, gapMs: timerGapMs(baud) },
      readsPerDevice: ranges.length,
    },
    { name: 'modbus-serial, no gap', kind: 'modbus-serial', task: loop, readsPerDevice: ranges.length },
    {
      name: 'libmodbus in C, best blocks',
      kind: 'libmodbus',
      task: { blocks: best },
      readsPerDevice: best.length,
    },
  ];
  return all.filter(({ kind }) => kinds.includes(kind));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Time in which every unit of `counted` was read once; infinite when nothing was read. */
function cycleMs(
  { master }: Run,
  readsPerDevice: number,
  counted: (unit: number) => boolean = () => true,
): number {
  const good = master.goodByUnit.filter((_, index) => counted(index + 1));
  return (master.elapsedMs * good.length * readsPerDevice) / sum(good);
}

export interface CycleRow {
  readonly baud: number;
  readonly master: string;
  readonly cycleMs: number;
  readonly leastMs: number;
  readonly ratio: number;
  readonly early: number;
  readonly requestsPerS: number;
  readonly cpuUsPerRequest: number;
  /** Against libmodbus at the same baud rate; null without it. */
  readonly cpuTimesLibmodbus: number | null;
  readonly gapMeanUs: number;
  readonly memoryMb: number | null;
  /** Bytes the emulator delivered more than a character late: the machine's noise. */
  readonly behindBytes: number;
}

/** A. One master after the other, so that each has the machine for itself. */
export async function pollCycle(
  baud: number,
  times: { warmupS: number; seconds: number },
  kinds: readonly MasterKind[],
): Promise<CycleRow[]> {
  const rows: CycleRow[] = [];
  for (const { name, kind, task, readsPerDevice } of contenders(baud, kinds)) {
    const run = await runMaster(kind, { baud }, { ...usual, blocks: ranges, ...times, ...task });
    const achieved = cycleMs(run, readsPerDevice);
    rows.push({
      baud,
      master: name,
      cycleMs: achieved,
      leastMs: leastCycleMs(baud),
      ratio: leastCycleMs(baud) / achieved,
      early: run.early,
      requestsPerS: (run.requests * 1000) / run.line.elapsedMs,
      cpuUsPerRequest: run.master.cpuUs / run.requests,
      cpuTimesLibmodbus: null,
      gapMeanUs: run.line.gapMeanUs,
      memoryMb: run.master.peakMemoryMb ?? null,
      behindBytes: run.line.behindBytes,
    });
  }
  const yardstick = rows.find(({ master }) => master.startsWith('libmodbus'))?.cpuUsPerRequest;
  return rows.map((row) => ({
    ...row,
    cpuTimesLibmodbus: yardstick === undefined ? null : row.cpuUsPerRequest / yardstick,
  }));
}

export interface DeadRow {
  readonly master: string;
  readonly aliveCycleMs: number;
  readonly othersCycleMs: number;
  /** Of the others' cycle, against the cycle with all 16 alive. */
  readonly growth: number;
  /** Against 15/16 of that cycle: a station that never had the dead device. */
  readonly growthOver15: number;
  readonly early: number;
}

/** B. All masters at once, each twice: with every unit alive, and with one that never answers. */
export async function deadDevice(
  baud: number,
  times: { warmupS: number; seconds: number },
  kinds: readonly MasterKind[],
): Promise<DeadRow[]> {
  const loops = contenders(baud, kinds).filter(({ name }) => !name.endsWith('no gap'));
  return Promise.all(
    loops.map(async ({ name, kind, task, readsPerDevice }) => {
      const work = { ...usual, blocks: ranges, ...times, ...task };
      const [alive, dead] = await Promise.all([
        runMaster(kind, { baud }, work),
        runMaster(kind, { baud, deadUnit }, work),
      ]);
      const aliveCycleMs = cycleMs(alive, readsPerDevice);
      const othersCycleMs = cycleMs(dead, readsPerDevice, (unit) => unit !== deadUnit);
      return {
        master: name,
        aliveCycleMs,
        othersCycleMs,
        growth: othersCycleMs / aliveCycleMs - 1,
        growthOver15: (othersCycleMs * units) / (aliveCycleMs * (units - 1)) - 1,
        early: dead.early,
      };
    }),
  );
}

export interface LateRow {
  readonly master: string;
  readonly over: 'serial' | 'RTU over TCP';
  readonly units: number;
  readonly reads: number;
  readonly readsPerS: number;
  /** Of the most that a line without faults could carry. */
  readonly shareOfMost: number;
  readonly lateReplies: number;
  readonly garbledBytes: number;
  readonly wrong: number;
}

/** C. All at once: reads of equal length, and replies that come after their time-out. */
export async function lateReplies(
  baud: number,
  times: { warmupS: number; seconds: number; permille: number; units: number },
  kinds: readonly MasterKind[],
): Promise<LateRow[]> {
  const gapMs = timerGapMs(baud) + 1;
  const masters: { master: string; kind: MasterKind; task: Partial<MasterTask> }[] = [
    { master: 'forecourt', kind: 'forecourt', task: {} },
    { master: 'forecourt, quarantine off', kind: 'forecourt', task: { quarantine: false } },
    { master: 'modbus-serial', kind: 'modbus-serial', task: { gapMs } },
    { master: 'libmodbus, RECOVERY_PROTOCOL', kind: 'libmodbus', task: {} },
  ];
  const late = { permille: times.permille, fromMs: timeoutMs, toMs: latestReplyMs };
  const cases = [false, true].flatMap((tcp) => masters.map((entry) => ({ ...entry, tcp })));
  const possible = cases.filter(({ kind, tcp }) => kinds.includes(kind) && !(tcp && kind === 'libmodbus'));
  return Promise.all(
    possible.map(async ({ master, kind, task, tcp }, index) => {
      const work = {
        ...usual,
        blocks: equalReads,
        pollEach: true,
        maxGap: 0,
        warmupS: times.warmupS,
        units: times.units,
        seconds: times.seconds,
      };
      const run = await runMaster(kind, { baud, tcp, late, seed: index + 1 }, { ...work, ...task });
      const reads = sum(run.master.goodByUnit);
      const readsPerS = (reads * 1000) / run.master.elapsedMs;
      return {
        master,
        over: tcp ? ('RTU over TCP' as const) : ('serial' as const),
        units: times.units,
        reads,
        readsPerS,
        shareOfMost: (readsPerS * readMs(baud, equalReads[0]?.count ?? 0)) / 1000,
        lateReplies: run.line.late,
        garbledBytes: run.line.garbledBytes,
        wrong: run.master.wrong,
      };
    }),
  );
}
