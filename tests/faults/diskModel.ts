/**
 * What a disk may hold. A write is sure only after a sync of its file that succeeded; until then any part of it may be there or
 * not, sector by sector, in any order. A name (creation, removal, renaming) is sure only after a sync of the directory; names
 * come in their order. After a sync that failed, what was written before it and did not get to the disk never will, unless it
 * is written again: the kernel takes those pages for clean.
 */
import type { Random } from '../../src/core/ports.ts';
import type { Step } from './recording.ts';

type Change =
  | { readonly kind: 'write'; readonly offset: number; readonly data: Buffer }
  | { readonly kind: 'truncate'; readonly length: number };
type NameChange = Extract<Step, { kind: 'create' | 'unlink' | 'rename' }>;

interface DiskFile {
  sure: Buffer;
  pending: Change[];
}

export interface DiskModel {
  /** Takes the next step of the recording. */
  take(step: Step): void;
  /** The files as they may be found when the power goes now. */
  cut(): Map<string, Buffer>;
}

/** How likely a sector that was not synced is on the disk; one of these for each cut. */
const chances = [0, 0.1, 0.5, 0.9, 1] as const;
const sectors = [512, 4096] as const;

/** `random` decides what is lost. */
export function createDiskModel(random: Random): DiskModel {
  const files = new Map<number, DiskFile>();
  const sureNames = new Map<string, number>();
  let pendingNames: NameChange[] = [];

  const one = <T>(of: readonly [T, ...T[]]): T => of[Math.floor(random() * of.length)] ?? of[0];
  const fileOf = (id: number): DiskFile => {
    const known = files.get(id) ?? { sure: Buffer.alloc(0), pending: [] };
    files.set(id, known);
    return known;
  };

  /** Of a failed sync some sectors got to the disk; the others are given up. */
  function giveUp(file: DiskFile): void {
    file.sure = survivors(file, one(chances), one(sectors));
    file.pending = [];
  }

  function survivors({ sure, pending }: DiskFile, chance: number, sector: number): Buffer {
    const pieces = pending.flatMap((change) =>
      change.kind === 'write' ? piecesOf(change, sector) : [change],
    );
    return replay(
      sure,
      pieces.filter(() => random() < chance),
    );
  }

  return {
    take(step) {
      switch (step.kind) {
        case 'write':
        case 'truncate':
          fileOf(step.file).pending.push(step);
          break;
        case 'sync': {
          const file = fileOf(step.file);
          if (step.failed) giveUp(file);
          else {
            file.sure = replay(file.sure, file.pending);
            file.pending = [];
          }
          break;
        }
        case 'sync-directory':
          if (step.failed) break;
          for (const change of pendingNames) rename(sureNames, change);
          pendingNames = [];
          break;
        case 'create':
        case 'unlink':
        case 'rename':
          pendingNames.push(step);
          break;
        case 'mark':
      }
    },
    cut() {
      const chance = one(chances);
      const sector = one(sectors);
      const names = new Map(sureNames);
      const kept = Math.round(random() * pendingNames.length);
      for (const change of pendingNames.slice(0, kept)) rename(names, change);
      return new Map([...names].map(([name, id]) => [name, survivors(fileOf(id), chance, sector)]));
    },
  };
}

function rename(names: Map<string, number>, change: NameChange): void {
  if (change.kind === 'create') names.set(change.name, change.file);
  else if (change.kind === 'unlink') names.delete(change.name);
  else {
    const file = names.get(change.from);
    names.delete(change.from);
    if (file !== undefined) names.set(change.to, file);
  }
}

/** A new buffer: what is sure is shared by many cuts. */
function replay(sure: Buffer, changes: readonly Change[]): Buffer {
  const ends = changes.map((change) =>
    change.kind === 'write' ? change.offset + change.data.length : change.length,
  );
  const bytes = Buffer.alloc(Math.max(sure.length, ...ends));
  sure.copy(bytes);
  let { length } = sure;
  for (const change of changes) {
    if (change.kind === 'write') {
      change.data.copy(bytes, change.offset);
      length = Math.max(length, change.offset + change.data.length);
    } else {
      if (change.length < length) bytes.fill(0, change.length, length);
      length = change.length;
    }
  }
  return bytes.subarray(0, length);
}

/** A write is torn where the disk's sectors end. */
function piecesOf(write: { offset: number; data: Buffer }, sector: number): Change[] {
  const pieces: Change[] = [];
  const end = write.offset + write.data.length;
  for (let from = write.offset; from < end; ) {
    const to = Math.min(end, (Math.floor(from / sector) + 1) * sector);
    pieces.push({
      kind: 'write',
      offset: from,
      data: write.data.subarray(from - write.offset, to - write.offset),
    });
    from = to;
  }
  return pieces;
}
