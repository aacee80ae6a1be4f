/**
 * What is done to the store beside the sales: old rows out, the log into the file. In small portions, so that none keeps a
 * sale waiting. Pages that become free are used again, so the file stays as large as it once was: it is never vacuumed.
 */
import type { Clock, Log } from '../core/ports.ts';
import type { StationConfig } from '../model/config/station.ts';
import { instant } from '../model/units.ts';
import type { Store } from '../store/store.ts';

const pruneEveryMs = 10 * 60_000;
/** Of each kind at one time: some 300,000 a day, and a few milliseconds of work. */
const pruneAtMost = 2_000;
/** Often enough that no sale's commit has to do it. */
const checkpointEveryMs = 5_000;
const dayMs = 24 * 3_600_000;

/**
 * One portion. Events go past their stream's retention and never before head office has them; scans of no sale go past the
 * retention of business events, levels of tanks past that of telemetry. Sales, ledger and credits are the books and stay, and so do the uses of coupons: a
 * program may give a coupon a longer life, and then every use of it counts. Returns how many rows went.
 */
export function pruneStore(
  store: Pick<Store, 'transaction' | 'journal' | 'claims' | 'tanks'>,
  retention: Pick<StationConfig['store'], 'retentionDays' | 'telemetryDays'>,
  now: number,
): number {
  const business = instant(now - retention.retentionDays * dayMs);
  const telemetry = instant(now - retention.telemetryDays * dayMs);
  return store.transaction(
    () =>
      store.journal.prune({ business, telemetry }, pruneAtMost) +
      store.claims.forget(business, pruneAtMost) +
      store.tanks.levels.prune(telemetry, pruneAtMost),
  );
}

/** Begins; returns the end of it. A failure is logged and tried again at the next time. */
export function startHousekeeping(options: {
  readonly store: Store;
  readonly retention: StationConfig['store'];
  readonly clock: Clock;
  readonly log: Log;
  /** False while the time is in doubt. */
  readonly mayPrune: () => boolean;
}): () => void {
  const { store, retention, clock, log, mayPrune } = options;
  const every = (ms: number, what: string, work: () => unknown): NodeJS.Timeout =>
    setInterval(() => {
      try {
        work();
      } catch (error) {
        log.error({ err: error }, `${what} failed`);
      }
    }, ms);
  const timers = [
    every(pruneEveryMs, 'pruning the store', () => mayPrune() && pruneStore(store, retention, clock.now())),
    every(checkpointEveryMs, 'the checkpoint', () => store.checkpoint()),
  ];
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}
