/** Where the faulty stores lie: in memory where there is such a place, for their disk is a simulated one anyhow. */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new directory; the caller removes it. */
export function workplace(): string {
  return mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'forecourt-faults-'));
}
