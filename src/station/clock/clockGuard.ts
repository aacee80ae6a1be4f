/**
 * Watches the system's clock. The station's own time runs on evenly; when the system's clock was set, the guard sets the
 * station's time too, and moves in one transaction whatever still waits for a time: open claims, running fuellings. What is
 * recorded stays as it was recorded. `docs/adr/0014` says why.
 */
import type { Clock, Log } from '../../core/ports.ts';
import { type Instant, instant } from '../../model/units.ts';
import type { Store } from '../../store/store.ts';
import { boardKeepsMs } from '../board.ts';
import { type BusinessDate, rfc3339 } from '../businessDay.ts';
import { claimsKeptMs } from '../claims.ts';
import type { Boot } from '../systemClock.ts';
import type { ClockView } from '../view.ts';
import { begin, type DistrustReason, judge, type StepReason } from './judge.ts';
import { loadClock, type PastStep, saveClock } from './savedClock.ts';
import type { StationClock } from './stationClock.ts';

/** What waits for a time beside the claims. Both are called with the same distance, the second only when the first is on the disk. */
export interface Movable {
  /** Before the transaction: writes what could not be moved. */
  settle(): void;
  /** Inside the transaction. */
  store(deltaMs: number): void;
  /** After it. */
  move(deltaMs: number): void;
}

export interface ClockGuard {
  report(): ClockView;
  /** The machine's boot: within it the station's time goes on exactly. null: the system does not tell. */
  readonly bootId: string | null;
  /** Whether the date is one that can be. */
  readonly synchronised: boolean;
  /** Nothing may be judged by its age while the time is in doubt, or was moved far a short while ago. */
  mayPrune(): boolean;
  /** How much later a sale of this number ended by the time in force now than was recorded; null: it is too old for any scan. */
  movedSince(sale: number): number | null;
  /** How long ago this was nobody knows: the machine was off since. */
  isUnplaced(at: Instant): boolean;
  /** Compares the clocks once. Throws what the store throws; nothing is changed then, and the next look tries again. */
  look(): void;
  /** From now on the clocks are compared every second. */
  start(): void;
  stop(): void;
}

export interface GuardDeps {
  readonly system: Clock;
  readonly boot: Boot;
  readonly clock: StationClock;
  readonly store: Store;
  readonly site: string;
  readonly businessDate: BusinessDate;
  readonly log: Log;
  /** Asked when it is needed: what moves may be made after the guard. */
  readonly things: () => Movable;
}

const lookEveryMs = 1_000;
const saveEveryMs = 60_000;
/** Two looks at the clocks further apart than this tell nothing: the process stood still between them. */
const blinkMs = 100;
const sleptMs = 1_000;
/** Differences that vary by less are the same. */
const steadyWithinMs = 1_000;
const farMs = 3_600_000;
const pruneRestsMs = 24 * 3_600_000;
/** The books were not written for so long, or the clock was set while the machine was off. */
const longAbsenceMs = 30 * 24 * 3_600_000;

/** Sets `clock` to the best time that is known. To be called before anything else reads it. */
export function createClockGuard(deps: GuardDeps): ClockGuard {
  const { system, boot, clock, store, site, businessDate, log } = deps;
  const began = { upMs: boot.upMs(), mono: system.mono() };
  let asleep = 0;
  let synchronised = true;
  let pruneFrom = 0;
  let oldSale = 0;
  let steps: readonly PastStep[] = [];
  let unplacedUntil = Number.NEGATIVE_INFINITY;
  let lastStep: ClockView['lastStep'] = null;
  /** A doubt that is not in the books yet. */
  let untold: { readonly reason: DistrustReason; readonly afterBoot: boolean } | null = null;
  let savedMono = Number.NEGATIVE_INFINITY;
  let isLate = true;
  let isFailing = false;
  let ticker: NodeJS.Timeout | null = null;

  const saved = loadClock(store);
  if (saved !== null && saved.bootId !== null && saved.bootId === boot.id) {
    // The same boot: what has passed since is known, whatever the clock was set to meanwhile.
    clock.set(instant(saved.at + Math.max(0, boot.upMs() - saved.upMs)));
    ({ synchronised, pruneFrom, oldSale, steps } = saved);
  } else startAnew();
  /** How far the two clocks are apart, and since when it is so. */
  let apart = { ms: system.now() - clock.now(), since: clock.mono() };

  function startAnew(): void {
    const newest = store.journal.newestAt();
    const known = saved === null ? newest : Math.max(saved.at, newest ?? saved.at);
    const { at, distrust } = begin(system.now(), known);
    clock.set(instant(at));
    if (saved !== null) ({ pruneFrom, oldSale, steps } = saved);
    if (known !== null && at - known > longAbsenceMs) pruneFrom = at + pruneRestsMs;
    if (distrust === null) return;
    synchronised = false;
    untold = { reason: distrust, afterBoot: true };
    unplacedUntil = at;
    oldSale = newestSale();
    steps = [];
  }

  function newestSale(): number {
    return store.sales.recent({ limit: 1 })[0]?.id ?? 0;
  }

  function save(): void {
    const at = clock.now();
    saveClock(store, { bootId: boot.id, upMs: boot.upMs(), at, synchronised, pruneFrom, oldSale, steps });
    savedMono = clock.mono();
  }

  function tellDoubt(wall: Instant): void {
    if (untold === null) return;
    const at = clock.now();
    const { reason, afterBoot } = untold;
    const stationTime = rfc3339(at);
    const systemClock = rfc3339(wall);
    store.transaction(() => {
      // How old they are nobody knows, so none may fall to a driver of now.
      if (afterBoot) store.claims.move(instant(unplacedUntil - claimsKeptMs), -2 * claimsKeptMs);
      const data = { at: stationTime, systemClock, reason };
      store.journal.append('clock.not-synchronised', site, at, businessDate(at), data);
      save();
    });
    untold = null;
    log.error(
      { systemClock, stationTime, reason },
      'the clock is not synchronised: sales go on and are marked; see the time service and the clock battery',
    );
  }

  function step(deltaMs: number, reason: StepReason): void {
    const things = deps.things();
    things.settle();
    const before = { synchronised, pruneFrom, oldSale, steps };
    const from = clock.now();
    const to = instant(from + deltaMs);
    synchronised = true;
    pruneFrom = Math.abs(deltaMs) >= farMs ? to + pruneRestsMs : Math.max(0, pruneFrom + deltaMs);
    const all = steps.map((each) => ({ ...each, at: each.at + deltaMs }));
    all.push({ afterSale: newestSale(), deltaMs, at: to });
    const isOld = (each: PastStep): boolean => to - each.at > boardKeepsMs;
    oldSale = Math.max(oldSale, ...all.filter(isOld).map((each) => each.afterSale));
    steps = all.filter((each) => !isOld(each));
    clock.set(to);
    try {
      store.transaction(() => {
        // Those that lie ahead of a clock that went back would come alive again.
        const since = instant(Math.min(from, to) - claimsKeptMs);
        store.claims.move(since, deltaMs);
        store.attendances.move(since, deltaMs);
        things.store(deltaMs);
        const data = { from: rfc3339(from), to: rfc3339(to), deltaMs, reason };
        store.journal.append('clock.stepped', site, to, businessDate(to), data);
        save();
      });
    } catch (error) {
      ({ synchronised, pruneFrom, oldSale, steps } = before);
      clock.set(instant(clock.now() - deltaMs));
      throw error;
    }
    things.move(deltaMs);
    unplacedUntil += deltaMs;
    lastStep = { at: rfc3339(to), deltaMs, reason };
    log.warn({ from: rfc3339(from), to: rfc3339(to), deltaMs, reason }, 'the clock was set');
  }

  /** Both clocks at one moment; null: the process was held up between the two. */
  function both(): { own: Instant; wall: Instant; upMs: number } | null {
    const own = clock.now();
    const upBefore = boot.upMs();
    const wall = system.now();
    const upMs = boot.upMs();
    return clock.now() - own <= blinkMs && upMs - upBefore <= blinkMs ? { own, wall, upMs } : null;
  }

  function noticeSleep(upMs: number): void {
    const missed = upMs - began.upMs - (system.mono() - began.mono) - asleep;
    if (missed < sleptMs) return;
    asleep += missed;
    clock.slept(missed);
    log.warn({ ms: Math.round(missed) }, 'the machine was suspended');
  }

  function look(): void {
    noticeSleep(boot.upMs());
    const seen = both();
    if (seen === null) return;
    const { own, wall } = seen;
    tellDoubt(wall);
    const now = clock.mono();
    if (Math.abs(wall - own - apart.ms) > steadyWithinMs) apart = { ms: wall - own, since: now };
    const verdict = judge({ own, wall, synchronised, steadyMs: now - apart.since });
    if (verdict.kind === 'slew') clock.slew(verdict.ms);
    else if (verdict.kind === 'step') {
      step(verdict.deltaMs, isLate && verdict.reason === 'stepped' ? 'while-stopped' : verdict.reason);
      apart = { ms: 0, since: now };
    } else if (verdict.kind === 'distrust') {
      synchronised = false;
      untold = { reason: verdict.reason, afterBoot: false };
      tellDoubt(wall);
    }
    isLate = false;
    if (now - savedMono >= saveEveryMs) save();
  }

  function lookAgain(): void {
    try {
      look();
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.error({ err: error }, 'the time could not be recorded; it is tried again');
      isFailing = true;
    }
  }

  return {
    bootId: boot.id,
    report: () => ({ synchronised, lastStep }),
    get synchronised() {
      return synchronised;
    },
    mayPrune: () => synchronised && clock.now() >= pruneFrom,
    movedSince: (sale) =>
      sale <= oldSale
        ? null
        : steps.reduce((sum, { afterSale, deltaMs }) => (afterSale >= sale ? sum + deltaMs : sum), 0),
    isUnplaced: (at) => at <= unplacedUntil,
    look,
    start() {
      lookAgain();
      ticker ??= setInterval(lookAgain, lookEveryMs);
    },
    stop() {
      if (ticker) clearInterval(ticker);
      try {
        save();
      } catch (error) {
        log.error({ err: error }, 'the time could not be kept for the next start');
      }
    },
  };
}
