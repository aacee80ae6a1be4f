/** Whose sale: what people decide by the command line, against the real daemon, a pymodbus dispenser and a reader fed by a shell. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import type {
  AlertView,
  ClaimsView,
  CorrectedView,
  SaleDetailView,
  SaleEvidenceView,
} from '../../src/station/view.ts';
import { knownMember, knownTag, oneDispenserStation } from '../support/oneDispenserStation.ts';
import { watched } from '../support/peerDispensers.ts';
import { rdm6300, readersOnline } from '../support/shellReader.ts';
import { cli, type Daemon, runStation } from '../support/station.ts';
import { fill, fortyLitres, fuelling, hungUp, lifted } from '../support/walk.ts';

const patience = { timeout: 25_000, interval: 20 };
const otherTag = '0700A1B2C4';
const attendantTag = '0700A1B2C5';
const lostTag = '0700A1B2C6';
const other = {
  id: 'm-2',
  tier: 'ordinary',
  vehicles: [{ plate: 'B-1', grade: '92', tankLitres: 30 }],
  cards: [
    { number: otherTag, format: 'em40' },
    { number: lostTag, format: 'em40', status: 'lost' },
  ],
};
const attendant = {
  id: 'e-1',
  employee: true,
  cards: [{ number: attendantTag, format: 'em40', role: 'attendant' }],
};

async function opened(station: object = {}, members: readonly object[] = [knownMember, other, attendant]) {
  const parts = await oneDispenserStation({ members, station });
  const daemon = await runStation(parts.file);
  await daemon.reaches('FP1', 'idle');
  await readersOnline(daemon);
  const at = ['--station', parts.file.file];
  const asked = async <T>(...args: readonly string[]): Promise<T> => {
    const { code, stdout, stderr } = await cli(...args, ...at, '--json');
    expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
    return JSON.parse(stdout) as T;
  };
  return { ...parts, daemon, at, asked };
}

/** Scans at R1 and waits until the daemon has it. */
async function scan(daemon: Daemon, reader: { printf(text: string): void }, tag: string): Promise<void> {
  const reads = async () => (await daemon.status()).readers[0]?.reads ?? 0;
  const before = await reads();
  reader.printf(rdm6300(tag));
  await vi.waitFor(async () => expect(await reads()).toBe(before + 1), patience);
}

describe('whose sale, decided by a person', () => {
  it('M20 M179: two cards at one nozzle: seen in claims, assigned, given to the other, voided; the books balance', {
    timeout: 180_000,
  }, async () => {
    const { daemon, dispenser, reader, at, asked, file } = await opened();
    const pushes = await daemon.events();
    await scan(daemon, reader, knownTag);
    await scan(daemon, reader, otherTag);
    const sale = await fill(daemon, 'FP1', dispenser);
    expect(sale).toMatchObject({ attribution: 'ambiguous', member: null, points: null });

    const left = await asked<ClaimsView>('claims');
    expect(left.sales).toMatchObject([
      { sale: { id: sale.id }, correctable: true, candidates: [{ member: 'm-1' }, { member: 'm-2' }] },
    ]);
    const shown = await cli('claims', ...at, '--since', '1h', '--point', 'FP1');
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toMatch(/ambiguous: two-cards/);
    expect(shown.stdout).toMatch(/R1 +m-1 .* s before the lift/);
    expect(shown.stdout).toMatch(/forecourt sale assign SALE/);

    const assigned = await cli(
      'sale',
      'assign',
      `${sale.id}`,
      '--member',
      'm-1',
      '--reason',
      'receipt shown',
      ...at,
    );
    expect(assigned).toMatchObject({ code: 0, stderr: '' });
    expect(assigned.stdout).toMatch(/is m-1's now[\s\S]*receipt shown\n {3}ambiguous -> m-1 \+40/);
    const again = await asked<CorrectedView>(
      'sale',
      'assign',
      `${sale.id}`,
      '--member',
      'm-1',
      '--reason',
      'once more',
    );
    expect(again).toMatchObject({ changed: false, sale: { credit: { balance: 40 } } });
    expect(await asked<ClaimsView>('claims')).toMatchObject({ sales: [] });

    const given = await asked<CorrectedView>(
      ...['sale', 'reassign', `${sale.id}`, '--card', otherTag, '--reason', 'swapped', '--by', 'Manager Li'],
    );
    expect(given).toMatchObject({
      changed: true,
      sale: {
        member: 'm-2',
        points: 40,
        credit: { balance: 40 },
        corrections: [{ kind: 'assigned' }, { by: 'Manager Li' }],
      },
    });
    const explained = await cli('sale', 'explain', `${sale.id}`, ...at);
    expect(explained.stdout).toMatch(/attributed to m-2, because reassigned: by Manager Li: swapped/);
    expect(explained.stdout).toMatch(/m-1 \+40 -> m-2 \+40/);

    const voided = await asked<CorrectedView>('sale', 'void', sale.key, '--reason', 'test fill');
    expect(voided).toMatchObject({
      changed: true,
      sale: { attribution: 'unclaimed', member: null, credit: null },
    });
    expect(await daemon.api('/v1/members/m-1')).toMatchObject({ balance: 0 });
    expect(await daemon.api('/v1/members/m-2')).toMatchObject({ balance: 0 });
    expect((await daemon.status()).ledgerSum).toBe(0);
    for (const proof of ['verify', 'reconcile'])
      expect(await cli(proof, file.file)).toMatchObject({ code: 0, stderr: '' });
    // A scan after it does not take it; what the dispenser said stays.
    await scan(daemon, reader, knownTag);
    expect(await daemon.sale(sale.id)).toMatchObject({
      attribution: 'unclaimed',
      points: null,
      volumeMl: 40_000,
    });
    await vi.waitFor(() => expect(pushes.of('credit.reversed')).toHaveLength(2), patience);
    expect(pushes.of('credit.posted')).toMatchObject([
      { member: 'm-1', points: 40 },
      { member: 'm-2', points: 40 },
    ]);
    expect(JSON.stringify([daemon.logged, pushes.received])).not.toContain(otherTag);
  });

  it('M45: refuses a lost card and a wrong command line with the mend; nobody answers: exit code 3', {
    timeout: 180_000,
  }, async () => {
    const { daemon, dispenser, at, file } = await opened();
    const sale = await fill(daemon, 'FP1', dispenser);
    const assign = (...owner: readonly string[]) =>
      cli('sale', 'assign', `${sale.id}`, '--reason', 'r', ...owner, ...at);
    const lost = await assign('--card', lostTag);
    expect(lost).toMatchObject({ code: 1, stdout: '' });
    expect(lost.stderr).toMatch(/CARD_REFUSED: the card of m-2 is refused: lost\n +mend: .*--member ID/);
    expect(lost.stderr).not.toContain(lostTag);
    expect(await assign()).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--card NUMBER or by --member ID/),
    });
    expect(await cli('sale', 'void', `${sale.id}`, ...at)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--reason/),
    });
    expect(await cli('claims', '--since', 'noon', ...at)).toMatchObject({ code: 2 });
    const evidence = await cli('sale', 'evidence', `${sale.id}`, ...at);
    expect(evidence).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/NOT_FOUND: sale \d+ raised no alert/),
    });
    expect(await daemon.sale(sale.id)).toMatchObject({ member: null, corrections: [] });
    await daemon.stop();
    const gone = await cli('sale', 'void', `${sale.id}`, '--reason', 'r', '--socket', file.socket);
    expect(gone).toMatchObject({ code: 3, stderr: expect.stringMatching(/^API_UNREACHABLE/) });
  });

  it('M20: credits as at the sale after a restart with another program and tier', {
    timeout: 180_000,
  }, async () => {
    const parts = await opened();
    const sale = await fill(parts.daemon, 'FP1', parts.dispenser);
    await parts.daemon.stop();
    const write = (name: string, content: object) =>
      writeFileSync(join(parts.file.directory, name), stringify(content));
    const tiers = [{ id: 'ordinary' }, { id: 'gold', multiplier: 5 }];
    write('program.yaml', {
      program: 'test',
      version: 2,
      tiers,
      earn: [{ id: 'litres', per: 'litre', points: 7 }],
    });
    write('members.yaml', { members: [{ ...knownMember, tier: 'gold' }] });
    const daemon = await runStation(parts.file);
    const assigned = await parts.asked<CorrectedView>(
      'sale',
      'assign',
      `${sale.id}`,
      '--member',
      'm-1',
      '--reason',
      'r',
    );
    expect(assigned.sale).toMatchObject({ points: 40, credit: { programVersion: 1, tier: 'ordinary' } });
    expect(assigned.sale.corrections[0]?.notes).toEqual([]);
    expect((await daemon.status()).ledgerSum).toBe(0);
  });
});

describe('what the station notices by itself', () => {
  it('M152 M164: a 30 L tank takes 40 L: alert with its evidence, by push, feed and command', {
    timeout: 180_000,
  }, async () => {
    const { daemon, dispenser, reader, at, asked } = await opened();
    const pushes = await daemon.events();
    await scan(daemon, reader, attendantTag);
    await scan(daemon, reader, otherTag);
    const sale = await fill(daemon, 'FP1', dispenser);
    expect(sale).toMatchObject({ member: 'm-2', attendant: 'e-1' });
    await vi.waitFor(() => expect(pushes.of('alert')).toHaveLength(1), patience);
    expect(pushes.of('alert')[0]).toMatchObject({
      sale: sale.id,
      kind: 'overfill',
      level: 'verify',
      member: 'm-2',
    });
    expect(await asked<AlertView[]>('sale', 'alerts')).toMatchObject([{ sale: sale.id }]);
    const { alerts } = await asked<SaleEvidenceView>('sale', 'evidence', `${sale.id}`);
    expect(alerts).toMatchObject([
      {
        alert: { kind: 'overfill', text: '40.000 L into a tank of 30 L (133 %)' },
        evidence: {
          sale: { key: sale.key, volumeMl: 40_000, amount: 31_400, price: 7850, attendant: 'e-1' },
          totalizer: { spanMl: 40_000 },
          member: { member: 'm-2', tankLitres: 30 },
          device: { id: 'd1', timeouts: expect.any(Number), badFrames: 0 },
          claims: [{ reader: 'R1', member: 'm-2' }],
        },
      },
    ]);
    const evidence = alerts[0]?.evidence;
    expect(evidence?.states.map(({ state }) => state)).toEqual(
      expect.arrayContaining(['calling', 'fuelling']),
    );
    const volumes = evidence?.readings?.map(({ volumeMl }) => volumeMl ?? 0) ?? [];
    expect(volumes).toEqual([...volumes].sort((a, b) => a - b));
    expect(volumes).toEqual(expect.arrayContaining([5000, 40_000]));
    const words = await cli('sale', 'evidence', `${sale.id}`, ...at);
    expect(words.stdout).toMatch(/verify overfill: 40\.000 L into a tank of 30 L/);
    expect(words.stdout).toMatch(/totalizer +1000\.00 to 1040\.00 L: 40\.00 L/);
    const shown = await asked<SaleDetailView>('sale', 'show', `${sale.id}`);
    expect(shown.alerts).toMatchObject([{ kind: 'overfill' }]);
  });

  it('M181: the wrong nozzle for the scanned vehicle is warned of at the lift, before fuel', {
    timeout: 180_000,
  }, async () => {
    const diesel = { ...knownMember, vehicles: [{ plate: 'A-10001', grade: 'diesel', tankLitres: 400 }] };
    const { daemon, dispenser, reader } = await opened({}, [diesel]);
    const pushes = await daemon.events();
    await scan(daemon, reader, knownTag);
    await watched(dispenser);
    await lifted(daemon, 'FP1', dispenser);
    await vi.waitFor(() => expect(pushes.of('warning')).toHaveLength(1), patience);
    expect(pushes.of('warning')[0]).toMatchObject({
      ...{
        fuellingPoint: 'FP1',
        nozzle: '1',
        grade: '92',
        warning: 'wrong-fuel',
        member: 'm-1',
        expected: ['diesel'],
      },
    });
    expect(pushes.of('fuelling-point').some(({ state }) => state === 'fuelling')).toBe(false);
    // It never blocks: the fill goes on and is credited.
    await fuelling(daemon, 'FP1', dispenser);
    expect(await hungUp(daemon, 'FP1', dispenser, fortyLitres, 1)).toMatchObject({
      member: 'm-1',
      points: 40,
    });
    expect(pushes.of('warning')).toHaveLength(1);
    expect((await daemon.status()).alarms).toMatchObject([{ fuellingPoint: 'FP1', alarm: 'wrong-fuel' }]);
  });
});
