/**
 * Whether a device may be believed. RTU replies carry no number, so after a failure the reply that is still owed could be
 * taken for the answer to a later request of the same length. Therefore:
 * - the device is held until that reply has been seen going by (and a little longer: it may come twice), or can no longer
 *   come (`holdMs` after the failure);
 *   some devices and gateways answer out of order, so a later answer does not prove that the earlier one is gone;
 * - then it is proved by a sentinel: a read whose answer has another length than everything owed, because `holdMs` is
 *   what people told us and devices in a queue may be later still.
 * Pure: states in, states out; times are monotonic milliseconds.
 */

/** The shape of a reply: what tells it from others on an RTU line. */
export interface ReplyShape {
  readonly function: number;
  /** Length in RTU form. */
  readonly bytes: number;
}

/** What is owed: the shape, and on Modbus TCP the number that the reply must bear; null where replies bear none. */
export interface Owed extends ReplyShape {
  readonly transaction: number | null;
}

export interface Debt extends Owed {
  /** When the request was given up. */
  readonly at: number;
  /** A frame went by that may have been this reply, or a second copy of another. */
  readonly maybeSettled: boolean;
}

export interface Trust {
  readonly holdUntil: number;
  /** Not believed before a sentinel has been answered. */
  readonly unproved: boolean;
  /** Replies that may still come, oldest first. */
  readonly debts: readonly Debt[];
  /** Debts that were given up as lost at the last proof; should one come, replies are later than was thought. */
  readonly written: readonly Debt[];
  readonly holdMs: number;
  /** When `holdMs` was reckoned: it halves with time. */
  readonly reckonedAt: number;
  /** As configured; `holdMs` is longer after replies that came later, and comes back with every proof and with time. */
  readonly leastHoldMs: number;
  /** Failures without an answer between. */
  readonly failures: number;
  readonly lastFailureAt: number;
  /** Sentinels that were refused since the last proof. */
  readonly refusals: number;
  /** Last time a frame came that nothing explains. */
  readonly startledAt: number;
  /** Answers after which a second copy is awaited, because the device was seen to answer twice. */
  readonly echoes: number;
}

export type TrustPhase = 'trusted' | 'held' | 'unproved';

const mostDebts = 16;
const longestHoldMs = 30_000;
/** A device that was seen to answer twice is watched for as many answers. */
const watchedAnswers = 5;
const holdDecay = 0.9;
/** A line that was slow once is not slow for ever. */
const holdHalfLifeMs = 600_000;
/** A frame so many holds after its request is no reply to it: nothing is learned from it. */
const latestHolds = 4;
const latestMs = 15_000;
/** A second copy of a late reply follows the first within this, or is not worth waiting for. */
const copyMs = 100;
/** After so many refused sentinels time alone is the proof. */
const enoughRefusals = 2;

/** `lateReplyMs`: how long after a time-out a reply may still arrive. */
export function newTrust(lateReplyMs: number): Trust {
  return {
    holdUntil: Number.NEGATIVE_INFINITY,
    unproved: false,
    debts: [],
    written: [],
    holdMs: lateReplyMs,
    reckonedAt: Number.NEGATIVE_INFINITY,
    leastHoldMs: lateReplyMs,
    failures: 0,
    lastFailureAt: Number.NEGATIVE_INFINITY,
    refusals: 0,
    startledAt: Number.NEGATIVE_INFINITY,
    echoes: 0,
  };
}

export function phaseOf(trust: Trust, now: number): TrustPhase {
  if (now < trust.holdUntil) return 'held';
  return trust.unproved ? 'unproved' : 'trusted';
}

/** A request was given up: no answer, a damaged one, or the line was lost in the middle. */
export function afterFailure(trust: Trust, owed: Owed, at: number): Trust {
  const halves = Math.max(0, at - trust.reckonedAt) / holdHalfLifeMs;
  const holdMs = Math.max(trust.leastHoldMs, trust.holdMs * 0.5 ** halves);
  return {
    ...trust,
    holdMs,
    reckonedAt: at,
    holdUntil: Math.max(trust.holdUntil, at + holdMs),
    unproved: true,
    debts: [...trust.debts, { ...owed, at, maybeSettled: false }].slice(-mostDebts),
    failures: trust.failures + 1,
    lastFailureAt: at,
  };
}

/** Something the line may still carry from before we knew it: wait, but there is nothing to prove. */
export function held(trust: Trust, at: number): Trust {
  return { ...trust, holdUntil: Math.max(trust.holdUntil, at + trust.holdMs) };
}

export interface StrayVerdict {
  readonly trust: Trust;
  /** It was the late reply to a request given up before. */
  readonly late: boolean;
}

/**
 * A valid frame of the device came that answers nothing in flight.
 * An exception has no length of its own, so it settles a debt only where it can belong to just one.
 */
export function afterStray(trust: Trust, stray: Owed & { exception: boolean }, at: number): StrayVerdict {
  const matches = (debt: Debt) =>
    stray.transaction === null
      ? debt.function === stray.function && (stray.exception || debt.bytes === stray.bytes)
      : debt.transaction === stray.transaction;
  const candidates = trust.debts.filter(matches);
  const settled = stray.exception && candidates.length > 1 ? undefined : candidates[0];
  if (settled) {
    const debts = trust.debts.filter((debt) => debt !== settled);
    const holdMs = heldLonger(trust.holdMs, at - settled.at);
    const open = debts.filter((debt) => at - debt.at < holdMs);
    // What came late may come twice.
    const copiesGone = Math.min(trust.holdUntil, at + copyMs);
    const holdUntil = Math.max(copiesGone, ...open.map((debt) => debt.at + holdMs));
    return { trust: { ...trust, debts, holdMs, reckonedAt: at, holdUntil }, late: true };
  }
  const latest = Math.min(latestMs, latestHolds * trust.holdMs);
  const forgotten = trust.written.find((debt) => at - debt.at <= latest && matches(debt));
  const holdMs = forgotten ? heldLonger(trust.holdMs, at - forgotten.at) : trust.holdMs;
  const written = trust.written.filter((debt) => debt !== forgotten);
  const reckonedAt = forgotten ? at : trust.reckonedAt;
  const startled = {
    ...trust,
    written,
    holdMs,
    reckonedAt,
    holdUntil: at + holdMs,
    unproved: true,
    startledAt: at,
  };
  return { trust: startled, late: forgotten !== undefined };
}

/** Replies come later than was thought: wait twice as long as the latest seen. */
function heldLonger(holdMs: number, lateness: number): number {
  return Math.min(longestHoldMs, Math.max(holdMs, 2 * lateness));
}

/**
 * The bytes of the last answer came once more while a reply of their shape is owed: the reply, or a second copy. The hold
 * runs to its end, as for either; but nothing that comes long after is taken for that reply.
 */
export function afterLikeness(trust: Trust, shape: ReplyShape): Trust {
  const index = trust.debts.findIndex((debt) => !debt.maybeSettled && isOfShape(debt, shape));
  return index === -1
    ? trust
    : {
        ...trust,
        debts: trust.debts.map((debt, n) => (n === index ? { ...debt, maybeSettled: true } : debt)),
      };
}

const isOfShape = (debt: Debt, shape: ReplyShape): boolean =>
  debt.function === shape.function && debt.bytes === shape.bytes;

/** The last answer came once more. Nothing was in flight, so nothing was mistaken, but the next copy could be. */
export function afterDuplicate(trust: Trust, at: number): Trust {
  const awaited = trust.echoes > 0 && !trust.unproved;
  return { ...trust, echoes: watchedAnswers, holdUntil: awaited ? at : trust.holdUntil };
}

/** An ordinary request was answered, be it with an exception. */
export function afterAnswer(trust: Trust, at: number): Trust {
  const answered = trust.failures === 0 ? trust : { ...trust, failures: 0 };
  if (trust.echoes === 0) return answered;
  return { ...answered, echoes: trust.echoes - 1, holdUntil: Math.max(trust.holdUntil, at + trust.holdMs) };
}

/** The sentinel that was sent at `sentAt` got its own answer. */
export function afterProof(trust: Trust, sentAt: number, at: number): Trust {
  const answered = { ...afterAnswer(trust, at), refusals: 0 };
  if (trust.startledAt >= sentAt) return answered;
  const holdMs = Math.max(trust.leastHoldMs, trust.holdMs * holdDecay);
  const written = trust.debts.filter((debt) => !debt.maybeSettled);
  return { ...answered, holdMs, unproved: false, debts: [], written };
}

/**
 * The sentinel was refused with an exception; that may as well be the late answer to something owed, so the sentinel's
 * own answer is owed now. A device that refuses again and again is believed when nothing has come for another hold.
 */
export function afterRefusal(trust: Trust, sentinel: Owed, at: number): Trust {
  const refusals = trust.refusals + 1;
  const byTime = refusals >= enoughRefusals;
  return {
    ...trust,
    refusals: byTime ? 0 : refusals,
    unproved: !byTime,
    debts: byTime ? [] : [...trust.debts, { ...sentinel, at, maybeSettled: false }].slice(-mostDebts),
    written: byTime ? trust.debts : trust.written,
    holdUntil: at + trust.holdMs,
    failures: 0,
  };
}
