/** Cards as their readers' bytes, written into a pty by a shell, and what the daemon makes of them at a pymodbus dispenser. */
import { describe, expect, it, vi } from 'vitest';
import { startSlave } from '../support/modbusSlave.ts';
import { knownMember, knownTag, oneDispenserStation } from '../support/oneDispenserStation.ts';
import { be32Dispenser, watched } from '../support/peerDispensers.ts';
import { rdm6300, readersOnline, shellReader } from '../support/shellReader.ts';
import { type Daemon, runStation, writeStation } from '../support/station.ts';
import { fill, fortyLitres, fuelling, hungUp, lifted } from '../support/walk.ts';

const patience = { timeout: 25_000, interval: 20 };
const otherTags = {
  blocked: '0700A1B2C7',
  lost: '0700A1B2C8',
  replaced: '0700A1B2D8',
  expired: '0700A1B2CC',
};

async function begun(daemon: Daemon): Promise<void> {
  await daemon.reaches('FP1', 'idle');
  await readersOnline(daemon);
}

const scans = (daemon: Daemon, count: number) =>
  vi.waitFor(
    async () =>
      expect((await daemon.status()).readers.reduce((sum, { reads }) => sum + reads, 0)).toBe(count),
    patience,
  );

describe('a card at the dispenser', () => {
  it('M3 M7 M13: a card of the members file: the brief is pushed at the scan, before any fuel', async () => {
    const program = {
      ...{ program: 'test', version: 1, tiers: [{ id: 'ordinary' }, { id: 'vip', multiplier: 1.2 }] },
      earn: [{ id: 'litres', per: 'litre', points: 1 }],
      memberDays: [
        { id: 'always', weekdays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], multiplier: 2 },
      ],
      discounts: [{ id: 'vip-litre', title: 'VIP price', tiers: ['vip'], perLitre: 0.1 }],
    };
    const { reader, file } = await oneDispenserStation({
      program,
      members: [{ ...knownMember, tier: 'vip' }],
    });
    const daemon = await runStation(file);
    await begun(daemon);
    const pushes = await daemon.events();
    reader.printf(rdm6300(knownTag));
    await vi.waitFor(() => expect(pushes.of('member.brief')).toHaveLength(1), patience);
    expect(pushes.of('member.brief')[0]).toEqual({
      reader: 'R1',
      fuellingPoints: ['FP1'],
      brief: {
        member: 'm-1',
        tier: 'vip',
        balance: 0,
        usualGrade: null,
        vehicles: [{ plate: 'A-10001', grade: '92', tankLitres: 50 }],
        benefitsDue: ['always: points x2 today', 'vip-litre: VIP price'],
        refusal: null,
      },
    });
    // The point shows whose card waits.
    await vi.waitFor(
      () => expect(pushes.of('fuelling-point').at(-1)).toMatchObject({ id: 'FP1', member: 'm-1' }),
      patience,
    );
  });

  it('M179: the nozzle decides: a scan during the fuelling, and one after the hang-up, get their sale', {
    timeout: 60_000,
  }, async () => {
    const next = { id: 'm-2', cards: [{ number: otherTags.replaced, format: 'em40' }] };
    const { dispenser, reader, file } = await oneDispenserStation({
      members: [knownMember, next],
      // Else the second sale waits for five minutes whether somebody lifts.
      station: { matching: { waitS: 2 } },
    });
    const daemon = await runStation(file);
    await begun(daemon);
    const pushes = await daemon.events();
    await watched(dispenser);
    await lifted(daemon, 'FP1', dispenser);
    await fuelling(daemon, 'FP1', dispenser);
    reader.printf(rdm6300(knownTag));
    await scans(daemon, 1);
    const during = await hungUp(daemon, 'FP1', dispenser, fortyLitres, 1);
    expect(during).toMatchObject({ attribution: 'attributed', member: 'm-1', points: 40 });
    expect(during.reason).toMatch(/^scan-during/);

    const late = await fill(daemon, 'FP1', dispenser);
    expect(late).toMatchObject({ attribution: 'unclaimed', points: null });
    reader.printf(rdm6300(otherTags.replaced));
    await vi.waitFor(() => expect(pushes.of('credit.posted')).toHaveLength(2), patience);
    expect(pushes.of('credit.posted')[1]).toMatchObject({ sale: late.key, member: 'm-2', balance: 40 });
    const after = await daemon.sale(late.id);
    expect(after).toMatchObject({ attribution: 'attributed', member: 'm-2', points: 40 });
    expect(after.reason).toMatch(/^scan-after/);
  });

  it('M45: blocked, lost and expired cards are refused and not credited; the new card of the same member is', {
    timeout: 60_000,
  }, async () => {
    const cards = [
      { number: otherTags.blocked, format: 'em40', status: 'blocked' },
      { number: otherTags.lost, format: 'em40', status: 'lost' },
      { number: otherTags.expired, format: 'em40', status: 'expired' },
      { number: otherTags.replaced, format: 'em40' },
    ];
    const { dispenser, reader, file } = await oneDispenserStation({
      members: [{ id: 'm-8', cards }],
      // Else the new card would take the sale that just ended.
      station: { matching: { afterS: 0, slowS: 0 } },
    });
    const daemon = await runStation(file);
    await begun(daemon);
    const pushes = await daemon.events();
    for (const [n, status] of (['lost', 'expired', 'blocked'] as const).entries()) {
      reader.printf(rdm6300(otherTags[status]));
      await vi.waitFor(() => expect(pushes.of('card.refused')).toHaveLength(n + 1), patience);
      expect(pushes.of('card.refused')[n]).toMatchObject({ reader: 'R1', refusal: status });
    }
    expect(pushes.of('member.brief')).toEqual([]);
    const refused = await fill(daemon, 'FP1', dispenser);
    expect(refused).toMatchObject({ attribution: 'unclaimed', member: null, points: null });
    expect(refused.reason).toMatch(/^card-blocked/);

    reader.printf(rdm6300(otherTags.replaced));
    await vi.waitFor(() => expect(pushes.of('member.brief')).toHaveLength(1), patience);
    expect(pushes.of('member.brief')[0]?.brief).toMatchObject({ member: 'm-8', balance: 0 });
    expect(await fill(daemon, 'FP1', dispenser)).toMatchObject({ member: 'm-8', points: 40 });
  });

  it('M13: an unknown card is told as such and credits nobody; damaged frames are counted and are no card', {
    timeout: 60_000,
  }, async () => {
    const { dispenser, reader, file } = await oneDispenserStation();
    const daemon = await runStation(file);
    await begun(daemon);
    const pushes = await daemon.events();
    reader.printf(rdm6300(knownTag).replace('62E3', '62E4'));
    reader.printf(rdm6300('0A0B0C0D0E'));
    await vi.waitFor(() => expect(pushes.of('card.refused')).toHaveLength(1), patience);
    expect(pushes.of('card.refused')[0]).toMatchObject({ refusal: 'unknown' });
    const sale = await fill(daemon, 'FP1', dispenser);
    expect(sale).toMatchObject({ attribution: 'unclaimed', member: null, card: null, points: null });
    expect(sale.reason).toMatch(/^card-unknown/);
    const { readers, ledgerSum } = await daemon.status();
    expect(readers).toMatchObject([{ id: 'R1', reads: 1, badFrames: 1 }]);
    expect(ledgerSum).toBe(0);
  });

  it("M179: one reader between two fuelling points: what cannot be told apart is nobody's, with the reason", {
    timeout: 60_000,
  }, async () => {
    const slave = await startSlave('pymodbus', 'rtu-over-tcp');
    const [one, two] = [await be32Dispenser(slave, 1), await be32Dispenser(slave, 2)];
    const reader = await shellReader();
    const daemon = await runStation(
      writeStation({
        members: [knownMember],
        station: {
          lines: [{ id: 'bus', ...slave.line }],
          devices: [1, 2].map((unit) => ({ id: `d${unit}`, profile: 'generic-be32', line: 'bus', unit })),
          fuellingPoints: [1, 2].map((n) => ({
            ...{ id: `FP${n}`, device: `d${n}`, nozzles: [{ id: `${n}`, grade: '92' }] },
          })),
          readers: [
            { id: 'R1', kind: 'rdm6300', fuellingPoints: ['FP1', 'FP2'], connection: reader.connection },
          ],
        },
      }),
    );
    await begun(daemon);
    await daemon.reaches('FP2', 'idle');
    reader.printf(rdm6300(knownTag));
    await scans(daemon, 1);
    await Promise.all([watched(one), watched(two)]);
    for (const [point, dispenser] of [
      ['FP1', one],
      ['FP2', two],
    ] as const) {
      await lifted(daemon, point, dispenser);
      await fuelling(daemon, point, dispenser);
    }
    const sale = await hungUp(daemon, 'FP1', one, fortyLitres, 1);
    expect(sale).toMatchObject({
      fuellingPoint: 'FP1',
      attribution: 'ambiguous',
      member: null,
      points: null,
    });
    expect(sale.reason).toMatch(/^reader-shared: .*FP2/);
  });
});
