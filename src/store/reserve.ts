/** Room for a bad day: a file beside the database, really filled, that is given back when the disk runs full. */
import { randomFill } from 'node:crypto';
import { statSync, unlinkSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Reserve {
  /** Bytes wanted. */
  readonly wanted: number;
  /** Bytes held now. */
  held(): number;
  /**
   * Fills the file where it is missing or has another size. Not in a sale's way: a piece at a time, off the main thread.
   * Throws what the disk throws, and leaves nothing half done.
   */
  fill(): Promise<void>;
  /** Removes it at once; false: there was none, or the disk refused. */
  giveBack(): boolean;
}

const pieceBytes = 1024 * 1024;
const fillRandom = promisify(randomFill<Buffer>);

/** `forecourt.reserve` in `directory`, of `wanted` bytes; 0: none. */
export function createReserve(directory: string, wanted: number): Reserve {
  const path = join(directory, 'forecourt.reserve');
  const part = `${path}.part`;
  /** Bumped when it is given back: a filling that is under way then ends. */
  let turn = 0;
  let filling = false;
  const held = (): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

  /** Random, since some file systems store zeros as nothing. */
  async function writePart(mine: number): Promise<boolean> {
    const file = await open(part, 'w', 0o600);
    try {
      const piece = Buffer.alloc(pieceBytes);
      for (let left = wanted; left > 0; left -= piece.length) {
        if (mine !== turn) return false;
        await fillRandom(piece);
        await file.write(piece, 0, Math.min(left, piece.length));
        // By the piece: one long sync would make a sale's wait.
        await file.datasync();
      }
      return true;
    } finally {
      await file.close();
    }
  }

  return {
    wanted,
    held,
    async fill() {
      if (filling || held() === wanted) return;
      filling = true;
      const mine = turn;
      try {
        await rm(path, { force: true });
        if (wanted > 0 && (await writePart(mine))) await rename(part, path);
      } finally {
        filling = false;
        await rm(part, { force: true });
      }
    },
    giveBack() {
      turn++;
      try {
        unlinkSync(path);
        return true;
      } catch {
        // There is none, or the disk refuses this too.
        return false;
      }
    },
  };
}
