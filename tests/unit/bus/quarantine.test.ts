import { describe, expect, it } from 'vitest';
import {
  afterAnswer,
  afterDuplicate,
  afterFailure,
  afterLikeness,
  afterProof,
  afterRefusal,
  afterStray,
  held,
  newTrust,
  type Owed,
  phaseOf,
  type Trust,
} from '../../../src/drivers/bus/quarantine.ts';

const holdMs = 1_000;
const short: Owed = { function: 3, bytes: 7, transaction: null };
const long: Owed = { function: 3, bytes: 13, transaction: null };
const fresh = newTrust(holdMs);
const failedAt = (at: number, trust: Trust = fresh): Trust => afterFailure(trust, long, at);
const plain = (shape: Owed) => ({ ...shape, exception: false });
const refusal = { function: 3, bytes: 5, transaction: null, exception: true };

describe('trust in a device', () => {
  it('is there until something fails', () => {
    expect(phaseOf(fresh, 0)).toBe('trusted');
  });

  it('is suspended for the hold and then until a proof', () => {
    const trust = failedAt(100);
    expect([100, 1_099, 1_100].map((now) => phaseOf(trust, now))).toEqual(['held', 'held', 'unproved']);
    expect(trust).toMatchObject({ failures: 1, debts: [{ ...long, at: 100 }] });
    expect(phaseOf(afterProof(trust, 1_100, 1_110), 1_110)).toBe('trusted');
  });

  it('ends the hold, not the need for a proof, when the late reply goes by', () => {
    const { trust, late } = afterStray(failedAt(100), plain(long), 300);
    expect(late).toBe(true);
    // A little longer, for a second copy; but never longer than without it.
    expect([300, 399, 400].map((now) => phaseOf(trust, now))).toEqual(['held', 'held', 'unproved']);
    expect(trust.debts).toEqual([]);
    expect(phaseOf(afterStray(failedAt(100), plain(long), 1_050).trust, 1_100)).toBe('unproved');
  });

  it('is held anew when the second copy comes', () => {
    const { trust } = afterStray(failedAt(100), plain(long), 300);
    const again = afterStray(trust, plain(long), 350);
    expect(again.late).toBe(false);
    expect([1_349, 1_350].map((now) => phaseOf(again.trust, now))).toEqual(['held', 'unproved']);
  });

  it('goes on holding while another reply is owed', () => {
    const twice = afterFailure(failedAt(100), short, 400);
    const { trust } = afterStray(twice, plain(short), 500);
    expect(phaseOf(trust, 500)).toBe('held');
    expect(phaseOf(trust, 1_099)).toBe('held');
    expect(phaseOf(trust, 1_100)).toBe('unproved');
  });

  it('lets one stray settle one debt, the oldest of its shape', () => {
    const { trust } = afterStray(failedAt(400, failedAt(100)), plain(long), 500);
    expect(trust.debts).toMatchObject([{ ...long, at: 400 }]);
    expect(phaseOf(trust, 1_399)).toBe('held');
  });

  it('lets an exception settle a debt only when it can belong to no other', () => {
    expect(afterStray(failedAt(100), refusal, 200).late).toBe(true);
    const twice = afterFailure(failedAt(100), short, 150);
    const { trust, late } = afterStray(twice, refusal, 200);
    expect(late).toBe(false);
    expect(phaseOf(trust, 1_199)).toBe('held');
  });

  it('is lost over a frame that nothing explains', () => {
    const { trust, late } = afterStray(fresh, plain(long), 50);
    expect(late).toBe(false);
    expect([50, 1_049, 1_050].map((now) => phaseOf(trust, now))).toEqual(['held', 'held', 'unproved']);
  });

  it('is not restored by a sentinel during which such a frame came', () => {
    const { trust } = afterStray(failedAt(100), plain(short), 1_105);
    expect(phaseOf(afterProof(trust, 1_100, 1_110), 1_110)).toBe('held');
    expect(phaseOf(afterProof(trust, 2_106, 2_110), 2_110)).toBe('trusted');
  });

  it('waits longer once replies were seen to come later, even after they were given up', () => {
    expect(afterStray(failedAt(100), plain(long), 900).trust.holdMs).toBe(1_600);
    const proved = afterProof(failedAt(100), 1_100, 1_110);
    const { trust, late } = afterStray(proved, plain(long), 1_600);
    expect(late).toBe(true);
    expect(trust.holdMs).toBe(3_000);
    expect(phaseOf(trust, 4_599)).toBe('held');
  });

  it('comes back to the configured hold with every proof', () => {
    let trust = afterStray(failedAt(100), plain(long), 900).trust;
    for (const expected of [1_440, 1_296, 1_166.4]) {
      trust = afterProof(trust, 1_000, 1_001);
      expect(trust.holdMs).toBeCloseTo(expected, 6);
    }
    for (let round = 0; round < 9; round++) trust = afterProof(trust, 1_000, 1_001);
    expect(trust.holdMs).toBe(holdMs);
  });

  it('settles a debt by the number alone where replies bear one', () => {
    const numbered = { ...long, transaction: 7 };
    const twice = afterFailure(afterFailure(fresh, numbered, 100), { ...long, transaction: 8 }, 150);
    const { trust, late } = afterStray(twice, plain({ ...short, transaction: 8 }), 200);
    expect(late).toBe(true);
    expect(trust.debts).toMatchObject([numbered]);
    expect(afterStray(twice, plain({ ...long, transaction: 9 }), 200).late).toBe(false);
  });

  it('learns nothing from a frame that comes when its reply may have gone by already', () => {
    const likely = afterLikeness(failedAt(100), long);
    // For the hold and the sentinel it is owed all the same.
    expect(phaseOf(likely, 1_099)).toBe('held');
    expect(likely.debts).toHaveLength(1);
    const proved = afterProof(likely, 1_100, 1_110);
    expect(proved.written).toEqual([]);
    const { trust, late } = afterStray(proved, plain(long), 3_000);
    expect(late).toBe(false);
    expect(trust.holdMs).toBe(holdMs);
    // One likeness stands for one reply.
    const another = afterLikeness(failedAt(120, failedAt(100)), long);
    expect(afterProof(another, 1_200, 1_210).written).toMatchObject([{ at: 120 }]);
  });

  it('learns nothing from a frame that comes long after a reply was given up', () => {
    const proved = afterProof(failedAt(100), 1_100, 1_110);
    expect(afterStray(proved, plain(long), 4_100).trust.holdMs).toBe(8_000);
    expect(afterStray(proved, plain(long), 4_101).trust.holdMs).toBe(holdMs);
  });

  it('forgets with time that replies came later: half of the hold in ten minutes', () => {
    const slow = afterStray(failedAt(100), plain(long), 4_100).trust;
    expect(slow.holdMs).toBe(8_000);
    expect(failedAt(4_100 + 600_000, slow).holdMs).toBeCloseTo(4_000, 6);
    expect(failedAt(4_100 + 1_200_000, slow).holdMs).toBeCloseTo(2_000, 6);
    expect(failedAt(4_100 + 86_400_000, slow).holdMs).toBe(holdMs);
  });

  it('never holds longer than half a minute', () => {
    expect(afterStray(failedAt(0), plain(long), 25_000).trust.holdMs).toBe(30_000);
  });

  it('counts failures until an answer', () => {
    const thrice = failedAt(9, failedAt(5, failedAt(1)));
    expect(thrice.failures).toBe(3);
    expect(afterAnswer(thrice, 10).failures).toBe(0);
  });

  it('remembers a bounded number of debts', () => {
    let trust = fresh;
    for (let at = 0; at < 100; at++) trust = failedAt(at, trust);
    expect(trust.debts).toHaveLength(16);
    expect(trust.debts.at(-1)?.at).toBe(99);
  });

  it('takes a refused sentinel for a proof of nothing, and time alone after two', () => {
    const once = afterRefusal(failedAt(100), short, 1_100);
    expect(phaseOf(once, 1_100)).toBe('held');
    expect(phaseOf(once, 2_100)).toBe('unproved');
    expect(once.debts).toContainEqual({ ...short, at: 1_100, maybeSettled: false });
    const again = afterRefusal(once, short, 2_100);
    expect(phaseOf(again, 2_100)).toBe('held');
    expect(phaseOf(again, 3_100)).toBe('trusted');
  });

  it('waits for the second copy of each answer of a device that answers twice', () => {
    const watched = afterDuplicate(fresh, 10);
    expect(phaseOf(watched, 10)).toBe('trusted');
    const answered = afterAnswer(watched, 20);
    expect(phaseOf(answered, 20)).toBe('held');
    expect(phaseOf(afterDuplicate(answered, 25), 25)).toBe('trusted');
    // Without a copy the hold ends by itself, and after five such answers the watch does.
    let trust = answered;
    for (let at = 1_020; trust.echoes > 0; at += holdMs) {
      expect(phaseOf(trust, at)).toBe('trusted');
      trust = afterAnswer(trust, at);
    }
    expect(phaseOf(afterAnswer(trust, 9_000), 9_000)).toBe('trusted');
  });

  it('does not let a copy shorten the hold after a failure', () => {
    const watched = failedAt(30, afterAnswer(afterDuplicate(fresh, 10), 20));
    expect(phaseOf(afterDuplicate(watched, 40), 1_029)).toBe('held');
  });

  it('can be held without anything to prove', () => {
    const trust = held(fresh, 5);
    expect([5, 1_004, 1_005].map((now) => phaseOf(trust, now))).toEqual(['held', 'held', 'trusted']);
  });
});
