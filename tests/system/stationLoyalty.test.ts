/** Credit end to end: a card's bytes, a pymodbus dispenser's registers, the points in the books of the real daemon. */
import { describe, expect, it, vi } from 'vitest';
import { knownMember, knownTag, oneDispenserStation } from '../support/oneDispenserStation.ts';
import { rdm6300, readersOnline } from '../support/shellReader.ts';
import { type Daemon, runStation } from '../support/station.ts';
import { fill } from '../support/walk.ts';

const patience = { timeout: 25_000, interval: 20 };
const tagOf = { ordinary: knownTag, vip: '0700A1B2C4', svip: '0700A1B2C5' } as const;
const tiers = [{ id: 'ordinary' }, { id: 'vip', multiplier: 1.2 }, { id: 'svip', multiplier: 1.5 }];
const earn = [{ id: 'litres', per: 'litre', points: 1 }];
const everyDay = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const always = { from: '2020-01-01', to: '2099-12-31' };
const memberOf = (tier: keyof typeof tagOf) => ({
  ...{ id: `m-${tier}`, tier, cards: [{ number: tagOf[tier], format: 'em40' }] },
});

async function begun(daemon: Daemon): Promise<void> {
  await daemon.reaches('FP1', 'idle');
  await readersOnline(daemon);
}

/** Until the card waits at the point. */
const waiting = (daemon: Daemon, member: string) =>
  vi.waitFor(async () => expect((await daemon.status()).fuellingPoints[0]?.member).toBe(member), patience);

describe('a credited sale', () => {
  it('M27 M28 M40: the same 40 litres earn an ordinary member 40, a VIP 48 and an SVIP 60 points', {
    timeout: 60_000,
  }, async () => {
    const { dispenser, reader, file } = await oneDispenserStation({
      program: { program: 'test', version: 3, earn, tiers },
      members: [memberOf('ordinary'), memberOf('vip'), memberOf('svip')],
    });
    const daemon = await runStation(file);
    await begun(daemon);
    for (const [tier, points] of [
      ['ordinary', 40],
      ['vip', 48],
      ['svip', 60],
    ] as const) {
      reader.printf(rdm6300(tagOf[tier]));
      await waiting(daemon, `m-${tier}`);
      const { id } = await fill(daemon, 'FP1', dispenser);
      const { credit } = await daemon.sale(id);
      expect(credit).toMatchObject({ tier, points, balance: points, program: 'test', programVersion: 3 });
      expect(credit?.explanation).toContainEqual(
        expect.objectContaining({ rule: `tier:${tier}`, applied: true }),
      );
    }
    expect((await daemon.status()).ledgerSum).toBe(0);
  });

  it('M21 M23 M46: member day, campaign and discount, each with its rule on the sale', {
    timeout: 60_000,
  }, async () => {
    const { dispenser, reader, file } = await oneDispenserStation({
      program: {
        ...{ program: 'test', version: 1, earn, tiers },
        memberDays: [
          { id: 'every-day', weekdays: everyDay, multiplier: 2 },
          { id: 'other-grade', weekdays: everyDay, multiplier: 5, grades: ['95'] },
        ],
        campaigns: [{ id: 'opening', ...always, bonus: 25, minimumLitres: 30 }],
        discounts: [{ id: 'vip-litre', tiers: ['vip'], perLitre: 0.1 }],
      },
      members: [memberOf('vip')],
    });
    const daemon = await runStation(file);
    await begun(daemon);
    reader.printf(rdm6300(tagOf.vip));
    await waiting(daemon, 'm-vip');
    const { id } = await fill(daemon, 'FP1', dispenser);
    // 40 L x 1.2 (VIP) x 2 (member day) + 25 (campaign); 40 L x 0.10 off.
    const { credit } = await daemon.sale(id);
    expect(credit).toMatchObject({
      points: 121,
      campaigns: ['opening'],
      discounts: [{ rule: 'vip-litre', amount: 400 }],
    });
    const applied = new Map(credit?.explanation.map((rule) => [rule.rule, rule.applied]));
    expect(applied.get('member-day:every-day')).toBe(true);
    expect(applied.get('member-day:other-grade')).toBe(false);
    expect(applied.get('campaign:opening')).toBe(true);
  });

  it('M20 M22: which card and which coupon: redeemed once, then refused, with points and status on the sale', {
    timeout: 60_000,
  }, async () => {
    const { dispenser, scanner, file } = await oneDispenserStation({
      scanner: true,
      program: {
        ...{ program: 'test', version: 1, earn, tiers },
        coupons: [{ id: 'welcome', code: 'WELCOME-1', ...always, bonus: 100 }],
      },
      members: [
        {
          ...knownMember,
          cards: ['FC-CARD-1', 'FC-CARD-2'].map((number) => ({ number, format: 'code' })),
        },
      ],
    });
    const daemon = await runStation(file);
    await begun(daemon);
    const pushes = await daemon.events();
    const visit = async (card: string) => {
      scanner?.printf('WELCOME-1\\r');
      scanner?.printf(`${card}\\r`);
      await waiting(daemon, 'm-1');
      const { id } = await fill(daemon, 'FP1', dispenser);
      return daemon.sale(id);
    };
    const first = await visit('FC-CARD-1');
    expect(first).toMatchObject({
      ...{ member: 'm-1', points: 140 },
      credit: { balance: 140, coupons: [{ coupon: 'welcome', status: 'redeemed' }] },
    });
    expect(first.card).toMatch(/^[0-9a-f]{64}$/);
    const second = await visit('FC-CARD-2');
    expect(second).toMatchObject({
      ...{ member: 'm-1', points: 40 },
      credit: { balance: 180, coupons: [{ coupon: 'welcome', status: 'refused' }] },
    });
    expect(second.card).not.toBe(first.card);
    expect(pushes.of('credit.posted')).toMatchObject([
      { points: 140, balance: 140, coupons: [{ status: 'redeemed' }] },
      { points: 40, balance: 180, coupons: [{ status: 'refused' }] },
    ]);
  });
});
