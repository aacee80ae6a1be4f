import { describe, expect, it } from 'vitest';
import { initialFuelling, parseFuelling, step, view } from '../../../src/core/fuelling/machine.ts';
import { amountDiffers } from '../../../src/core/fuelling/sale.ts';
import { ForecourtError } from '../../../src/model/errors.ts';
import { instant, millilitres, money, monoMs, unitPrice } from '../../../src/model/units.ts';
import { drive, plain, price, spec } from './drive.ts';

describe('what must be read next', () => {
  it.each([
    ['at rest', (at: ReturnType<typeof drive>) => at.live('idle', 12_340), 'normal', 'slow', 'slow'],
    ['lifted', (at: ReturnType<typeof drive>) => at.live('calling', 12_340), 'fast', 'off', 'off'],
    ['fuelling', (at: ReturnType<typeof drive>) => at.live('fuelling', 100), 'fast', 'off', 'off'],
    ['suspended', (at: ReturnType<typeof drive>) => at.live('suspended-fuelling', 100), 'fast', 'off', 'off'],
    ['ended', (at: ReturnType<typeof drive>) => at.fill(20_000), 'fast', 'now', 'now'],
    ['a fast sale', (at: ReturnType<typeof drive>) => at.live('completed', 12_340), 'normal', 'now', 'slow'],
  ])('%s', (_, act, live, totals, record) => {
    const at = drive().settled(1_000_000);
    act(at);
    expect(at.wants()).toMatchObject({ live, totals, 'last-sale': record });
  });

  it('after a silence: the totals at once', () => {
    const at = drive().settled(1_000_000);
    at.lost();
    at.live('idle', 12_340);
    expect(at.wants()).toMatchObject({ totals: 'now', 'last-sale': 'now' });
  });

  it('while the record is waited for it is not read without pause', () => {
    const at = drive().settled(1_000_000);
    at.fill(20_000);
    at.totals(1_020_000);
    at.record(7, 12_340);
    expect(at.wants()).toMatchObject({ totals: 'fast', 'last-sale': 'fast' });
  });

  it('no last-sale block: never asked for', () => {
    const at = drive(plain).settled(1_000_000);
    at.fill(20_000);
    expect(at.wants()).toMatchObject({ 'last-sale': 'off' });
  });
});

describe('readings', () => {
  it('an older one than was taken is ignored', () => {
    const at = drive().settled(1_000_000);
    at.live('calling', 12_340);
    expect(at.late('idle', 12_340, 500)).toEqual([]);
    expect(at.state().shown).toBe('calling');
  });

  it('the given state is not changed', () => {
    const before = initialFuelling();
    const text = JSON.stringify(before);
    step(spec, before, { kind: 'lost', reason: 'x', at: instant(1), mono: monoMs(1) });
    expect(JSON.stringify(before)).toBe(text);
  });

  it('lost is told once, and the state after it', () => {
    const at = drive().settled(1_000_000);
    at.lost();
    at.lost();
    at.live('idle', 12_340);
    expect(at.facts()).toMatchObject([
      { kind: 'state-changed', state: 'lost' },
      { kind: 'state-changed', state: 'idle' },
    ]);
  });
});

describe('a status display', () => {
  it('shows the running fuelling, not the sale before it', () => {
    const at = drive().settled(1_000_000);
    expect(view(spec, at.state())).toMatchObject({ state: 'idle', volume: null, amount: null });
    at.live('calling', 12_340);
    expect(view(spec, at.state())).toMatchObject({ state: 'calling', nozzle: '1A', grade: '92', volume: 0 });
    at.live('fuelling', 5_000);
    expect(view(spec, at.state())).toMatchObject({ volume: 5_000, amount: 3_925, price });
    at.lost();
    expect(view(spec, at.state())).toMatchObject({ state: 'lost', volume: 5_000 });
  });
  it('knows nothing at first', () => {
    expect(view(spec, initialFuelling())).toMatchObject({ state: 'unknown', since: null, volume: null });
  });
});

describe('the state in the store', () => {
  it('comes back as it was, but for the times of another process', () => {
    const at = drive().settled(1_000_000);
    at.fill(20_000);
    const back = parseFuelling(JSON.parse(JSON.stringify(at.state())));
    expect(back.accounts).toEqual(at.state().accounts.map((account) => ({ ...account, mono: null })));
    expect(back.ending).toMatchObject({ volume: 20_000, after: true, mono: null });
    expect(JSON.stringify(back)).not.toMatch(/"mono":\d/);
  });

  const good = () => JSON.parse(JSON.stringify(drive().settled(1_000_000).state()));
  it.each<[string, unknown]>([
    ['nothing', null],
    ['a list', []],
    ['another version', { ...good(), version: 2 }],
    ['an unknown state', { ...good(), shown: 'dancing' }],
    ['a fraction', { ...good(), accounts: [{ ...good().accounts[0], mark: 0.5 }] }],
    ['a negative totalizer', { ...good(), accounts: [{ ...good().accounts[0], mark: -1 }] }],
    ['a text', { ...good(), unnumbered: '0' }],
    ['something missing', { ...good(), earlier: undefined }],
    ['too many', { ...good(), earlier: Array(100).fill({}) }],
  ])('refuses %s', (_, json) => {
    expect(() => parseFuelling(json)).toThrow(ForecourtError);
  });
});

describe('amount against volume x price', () => {
  it.each([
    [2, 20_000, 7_849, 15_698, false],
    [2, 20_000, 7_849, 15_699, false],
    [2, 20_000, 7_849, 15_700, true],
    [0, 20_000, 7_849, 157, false],
    [0, 20_000, 7_849, 159, true],
    [3, 20_000, 7_849, 156_980, false],
    [2, 9_000_000_000, 99_999, 89_999_100_000, false],
    [2, 9_000_000_000, 99_999, 89_999_100_002, true],
  ])('%s decimals, %s ml at %s, %s: %s', (currencyDecimals, volume, each, amount, differs) => {
    expect(amountDiffers({ currencyDecimals }, millilitres(volume), money(amount), unitPrice(each))).toBe(
      differs,
    );
  });
  it('half a step of the volume is allowed for', () => {
    const coarse = { currencyDecimals: 2, volumeResolution: millilitres(10) };
    expect(amountDiffers(coarse, millilitres(20_000), money(15_702), unitPrice(7_849))).toBe(false);
    expect(amountDiffers(coarse, millilitres(20_000), money(15_703), unitPrice(7_849))).toBe(true);
  });
});
