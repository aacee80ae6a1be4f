/**
 * A disk that fails, stalls or remembers, for the files of one directory as another process sees them: a library in C stands
 * between that process and the kernel (`tests/faults/shim.c`, compiled on first use). Needs gcc.
 *
 *   const disk = faultyDisk(storeDirectory);
 *   spawn(process.execPath, [...], { env: { ...process.env, ...disk.env } });
 *   disk.stallSyncs(2000);
 *   onTestFinished(() => disk.remove());
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What counts as a step, and so what may fail. Names: creations, removals, renamings. */
export const stepKinds = { writes: 1, syncs: 2, truncations: 4, names: 8 } as const;
export const allSteps = 15;
export type DiskError = 'ENOSPC' | 'EIO' | 'EROFS';

export interface Fault {
  readonly error: DiskError;
  /** The step that fails, counted from 1 since now. */
  readonly at: number;
  /** And all after it, until `heal`; ENOSPC also until the reserve is removed. */
  readonly onwards: boolean;
  /** Sum of `stepKinds`; default all. */
  readonly kinds?: number;
}

export interface FaultyDisk {
  /** For the process whose disk this is; it must begin after this was made. */
  readonly env: Readonly<Record<string, string>>;
  /** Counts steps from now on and fails as told. */
  fail(fault: Fault): void;
  /** From now on every sync takes so long more; 0: no more. */
  stallSyncs(ms: number): void;
  /** Nothing fails or stalls any more; steps are counted from 0 again. */
  heal(): void;
  /** After its process has begun and ended. */
  remove(): void;
  seen(): { readonly steps: number; readonly failed: number; readonly stalled: number };
}

/** Words of `struct control` in shim.c. */
const word = { step: 0, at: 1, onwards: 2, error: 3, mask: 4, stallMs: 5, fired: 6, stalled: 7 } as const;
const words = 8;

let library: string | undefined;
let disks = 0;

/** Compiles the shim, once for all disks there are. Throws with the compiler's text. */
function shim(): string {
  if (library === undefined) {
    const directory = mkdtempSync(join(tmpdir(), 'forecourt-shim-'));
    const source = fileURLToPath(new URL('../faults/shim.c', import.meta.url));
    library = join(directory, 'shim.so');
    const flags = ['-O2', '-Wall', '-Wextra', '-shared', '-fPIC', '-o', library, source, '-ldl', '-lpthread'];
    execFileSync(process.env.CC ?? 'gcc', flags, { stdio: ['ignore', 'ignore', 'pipe'] });
  }
  return library;
}

/** The shim goes with the last disk. */
function removeShim(): void {
  if (library) rmSync(dirname(library), { recursive: true, force: true });
  library = undefined;
}

/** `directory` without a slash at its end. `record`: a file for all steps (`tests/faults/recording.ts` reads it), with what is written to `marks`. */
export function faultyDisk(directory: string, record?: { file: string; marks: string }): FaultyDisk {
  const own = mkdtempSync(join(tmpdir(), 'forecourt-disk-'));
  const path = join(own, 'control');
  writeFileSync(path, Buffer.alloc(words * 4));
  const control = openSync(path, 'r+');
  disks++;
  const buffer = Buffer.alloc(4);
  const set = (at: number, value: number): void => {
    buffer.writeUInt32LE(value);
    writeSync(control, buffer, 0, 4, at * 4);
  };
  const get = (at: number): number => {
    readSync(control, buffer, 0, 4, at * 4);
    return buffer.readUInt32LE();
  };
  const disk: FaultyDisk = {
    env: {
      LD_PRELOAD: shim(),
      FAULT_DIR: directory,
      FAULT_CONTROL: path,
      ...(record ? { FAULT_RECORD: record.file, FAULT_MARKS: record.marks } : {}),
    },
    fail({ error, at, onwards, kinds = allSteps }) {
      disk.heal();
      set(word.mask, kinds);
      set(word.error, constants.errno[error]);
      set(word.onwards, onwards ? 1 : 0);
      set(word.at, at);
    },
    stallSyncs: (ms) => set(word.stallMs, ms),
    heal() {
      set(word.at, 0);
      set(word.onwards, 0);
      set(word.stallMs, 0);
      set(word.mask, allSteps);
      for (const counter of [word.step, word.fired, word.stalled]) set(counter, 0);
    },
    remove() {
      closeSync(control);
      rmSync(own, { recursive: true, force: true });
      disks--;
      if (disks === 0) removeShim();
    },
    seen: () => ({ steps: get(word.step), failed: get(word.fired), stalled: get(word.stalled) }),
  };
  disk.heal();
  return disk;
}
