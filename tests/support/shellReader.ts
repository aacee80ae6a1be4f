/** A card reader whose bytes a shell writes into a pty: `printf > pty`. */
import { execFileSync } from 'node:child_process';
import { onTestFinished, vi } from 'vitest';
import { joinPtys } from './socatPtys.ts';
import type { Daemon } from './station.ts';
import { tempDirectory } from './tempStore.ts';

export interface ShellReader {
  /** As the station's file names it. */
  readonly connection: { readonly kind: 'serial'; readonly path: string };
  /** `text` as printf takes it, `\\002` and such. */
  printf(text: string): void;
  unplug(): Promise<void>;
}

export async function shellReader(): Promise<ShellReader> {
  const cable = await joinPtys(tempDirectory(), 'reader');
  onTestFinished(() => cable.stop());
  return {
    connection: { kind: 'serial', path: cable.near },
    unplug: cable.stop,
    printf: (text) => void execFileSync('sh', ['-c', `printf '${text}' > "$0"`, cable.far]),
  };
}

/** The frame an RDM6300 sends for a tag of ten hex digits: STX, digits, their bytes' XOR, ETX. */
export function rdm6300(tag: string): string {
  const checksum = Buffer.from(tag, 'hex').reduce((sum, byte) => sum ^ byte, 0);
  return `\\002${tag}${checksum.toString(16).toUpperCase().padStart(2, '0')}\\003`;
}

/** What came before the port was open is not a scan: readers must be online first. */
export async function readersOnline(daemon: Daemon): Promise<void> {
  await vi.waitFor(
    async () => {
      const { readers } = await daemon.status();
      if (!readers.every((reader) => reader.online)) throw new Error('a reader is away');
    },
    { timeout: 25_000, interval: 20 },
  );
}
