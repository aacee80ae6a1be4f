/** How the disk under the store does: room, refusals, and what head office should hear of them. */
import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Log } from '../core/ports.ts';
import { type ErrorCode, errorCatalogue } from '../model/error-catalogue.ts';
import type { ForecourtError } from '../model/errors.ts';
import type { EventData } from '../model/events.ts';
import type { Instant } from '../model/units.ts';
import { fileFailure } from './failures.ts';
import type { Reserve } from './reserve.ts';

/** An event to be journalled once the disk takes it. */
export type DiskNews = {
  [T in 'store.space-low' | 'store.space-recovered' | 'store.writing-resumed']: {
    readonly type: T;
    readonly at: Instant;
    readonly data: EventData<T>;
  };
}['store.space-low' | 'store.space-recovered' | 'store.writing-resumed'];

export interface DiskHealth {
  /** refusing: nothing can be stored, and nothing is acknowledged to a dispenser. */
  readonly state: 'sound' | 'space-low' | 'refusing';
  readonly since: Instant | null;
  readonly code: ErrorCode | null;
  /** What is wrong, and how to mend it; empty when sound. */
  readonly text: string;
  readonly hint: string;
  /** null: not measured yet. */
  readonly freeBytes: number | null;
  readonly reserveBytes: number;
  /** Writes refused since the start. */
  readonly refused: number;
}

export interface Disk {
  /** A durable commit is on the disk. */
  stored(): void;
  /** A write was refused. True: room was made for it, it may be tried once more. */
  refused(failure: ForecourtError): boolean;
  /** Room is short or writes are refused: only what must be kept is stored. */
  sparing(): boolean;
  /** Measures the room, makes the reserve where there is room for it, and learns why writes are refused. Rejects never. */
  check(): Promise<void>;
  health(): DiskHealth;
  /** What was not told yet, oldest first; `told` is called after it is journalled. */
  news(): readonly DiskNews[];
  told(count: number): void;
}

interface Refusal {
  readonly since: Instant;
  code: ErrorCode;
  text: string;
  count: number;
}

const rfc3339 = (at: Instant): string => new Date(at).toISOString();
const mb = (bytes: number): string => `${Math.floor(bytes / 1e6)} MB`;
const mostNews = 100;
/** Room must grow beyond the mark by a tenth before the alarm ends, so that it does not flutter. */
const easedAt = (markBytes: number): number => markBytes + Math.floor(markBytes / 10);

/** `markBytes`: less free space than this is alarmed; 0: never. `free` asks the file system, in bytes; tests give their own. */
export function createDisk(options: {
  readonly directory: string;
  readonly reserve: Reserve;
  readonly markBytes: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly free?: () => Promise<number>;
}): Disk {
  const { directory, reserve, markBytes, clock, log } = options;
  const free = options.free ?? (() => freeBytes(directory));
  let news: DiskNews[] = [];
  let room: number | null = null;
  let lowSince: Instant | null = null;
  let refusal: Refusal | null = null;
  let refusedEver = 0;

  function tell(item: DiskNews): void {
    news = [...news, item].slice(-mostNews);
  }

  function measured(bytes: number): void {
    room = bytes;
    const at = clock.now();
    if (lowSince === null && bytes < markBytes) {
      lowSince = at;
      const { hint } = errorCatalogue.STORE_SPACE_LOW;
      log.error({ code: 'STORE_SPACE_LOW', freeBytes: bytes, markBytes, hint }, 'the disk runs full');
      tell({ type: 'store.space-low', at, data: { freeBytes: bytes, markBytes, at: rfc3339(at) } });
    } else if (lowSince !== null && bytes >= easedAt(markBytes)) {
      const since = rfc3339(lowSince);
      lowSince = null;
      log.warn({ freeBytes: bytes, since }, 'there is room on the disk again');
      tell({ type: 'store.space-recovered', at, data: { freeBytes: bytes, since, at: rfc3339(at) } });
    }
  }

  async function fillReserve(bytes: number): Promise<void> {
    // Not when it would bring the alarm about by itself.
    const missing = reserve.wanted - reserve.held();
    if (missing === 0 || refusal !== null || (missing > 0 && bytes - missing < easedAt(markBytes))) return;
    await reserve.fill();
    log.info({ bytes: reserve.held() }, 'the reserve on the disk is made');
  }

  /** SQLite does not say what the kernel answered; a small file of our own does. */
  async function findReason(of: Refusal): Promise<void> {
    const path = join(directory, 'forecourt.probe');
    try {
      const file = await open(path, 'w', 0o600);
      try {
        await file.write(Buffer.alloc(4096, 1));
        await file.datasync();
      } finally {
        await file.close();
        await rm(path, { force: true });
      }
    } catch (error) {
      const failure = fileFailure(error);
      of.code = failure.code;
      of.text = failure.message;
    }
  }

  return {
    stored() {
      if (refusal === null) return;
      const { since, code, text, count } = refusal;
      const at = clock.now();
      refusal = null;
      log.warn({ code, since: rfc3339(since), refused: count }, 'the disk takes writes again');
      tell({
        type: 'store.writing-resumed',
        at,
        data: { code, text, failedAt: rfc3339(since), refused: count, at: rfc3339(at) },
      });
    },
    refused(failure) {
      refusedEver++;
      if (failure.code === 'STORE_FULL' && gaveBack()) return true;
      if (refusal) refusal.count++;
      else {
        refusal = { since: clock.now(), code: failure.code, text: failure.message, count: 1 };
        log.error(
          { code: failure.code, reason: failure.message, hint: failure.hint },
          'the disk refuses writes: nothing is stored or acknowledged until it takes them',
        );
      }
      return false;
    },
    sparing: () => lowSince !== null || refusal !== null,
    async check() {
      try {
        const bytes = await free();
        measured(bytes);
        await fillReserve(bytes);
        if (refusal) await findReason(refusal);
      } catch (error) {
        const failure = fileFailure(error);
        log.warn({ code: failure.code, reason: failure.message }, 'the disk could not be looked at');
      }
    },
    health() {
      const code = refusal?.code ?? (lowSince === null ? null : 'STORE_SPACE_LOW');
      return {
        state: refusal ? 'refusing' : lowSince === null ? 'sound' : 'space-low',
        since: refusal?.since ?? lowSince,
        code,
        text:
          refusal?.text ?? (lowSince === null ? '' : `${mb(room ?? 0)} free, the mark is ${mb(markBytes)}`),
        hint: code === null ? '' : errorCatalogue[code].hint,
        freeBytes: room,
        reserveBytes: reserve.held(),
        refused: refusedEver,
      };
    },
    news: () => news,
    told(count) {
      news = news.slice(count);
    },
  };

  function gaveBack(): boolean {
    const bytes = reserve.held();
    if (!reserve.giveBack()) return false;
    log.error({ code: 'STORE_FULL', bytes }, 'the disk is full: the reserve is given back, make room now');
    return true;
  }
}

async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}
