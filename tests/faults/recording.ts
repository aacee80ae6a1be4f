/** What the shim recorded, and the files as a disk could hold them after a power cut at any point of it. */
import { readFileSync } from 'node:fs';
import type { Told } from './workerProcess.ts';

export type Step =
  | { readonly kind: 'create'; readonly file: number; readonly name: string }
  | { readonly kind: 'write'; readonly file: number; readonly offset: number; readonly data: Buffer }
  | { readonly kind: 'truncate'; readonly file: number; readonly length: number }
  | { readonly kind: 'sync'; readonly file: number; readonly failed: boolean }
  | { readonly kind: 'sync-directory'; readonly failed: boolean }
  | { readonly kind: 'unlink'; readonly name: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'mark'; readonly told: readonly Told[] };

/** `struct entry` of shim.c. */
const headerBytes = 24;

export function readRecording(path: string): Step[] {
  const bytes = readFileSync(path);
  const steps: Step[] = [];
  for (let at = 0; at < bytes.length; ) {
    const kind = String.fromCharCode(bytes.readUInt8(at));
    const failed = bytes.readUInt8(at + 1) !== 0;
    const nameEnd = at + headerBytes + bytes.readUInt16LE(at + 2);
    const file = bytes.readUInt32LE(at + 4);
    const offset = Number(bytes.readBigUInt64LE(at + 8));
    const length = Number(bytes.readBigUInt64LE(at + 16));
    const name = bytes.toString('utf8', at + headerBytes, nameEnd);
    const hasData = kind === 'W' || kind === 'R' || kind === 'M';
    const data = bytes.subarray(nameEnd, hasData ? nameEnd + length : nameEnd);
    steps.push(stepOf(kind, { failed, file, offset, name, data }));
    at = nameEnd + data.length;
  }
  return steps;
}

function stepOf(
  kind: string,
  entry: { failed: boolean; file: number; offset: number; name: string; data: Buffer },
): Step {
  const { failed, file, offset, name, data } = entry;
  switch (kind) {
    case 'C':
      return { kind: 'create', file, name };
    case 'W':
      return { kind: 'write', file, offset, data };
    case 'T':
      return { kind: 'truncate', file, length: offset };
    case 'S':
      return { kind: 'sync', file, failed };
    case 'D':
      return { kind: 'sync-directory', failed };
    case 'U':
      return { kind: 'unlink', name };
    case 'R':
      return { kind: 'rename', from: name, to: data.toString() };
    case 'M':
      return {
        kind: 'mark',
        told: data
          .toString()
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Told),
      };
    default:
      throw new Error(`the recording has a step of kind ${kind}`);
  }
}
