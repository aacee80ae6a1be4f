/** A real store in a directory of its own, with a clock that stands still until it is moved. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock, Log } from '../../src/core/ports.ts';
import { cardKey, saleKey } from '../../src/model/ids.ts';
import type { Attribution, Claim, Credit, FuellingSale } from '../../src/model/sale.ts';
import { instant, millilitres, money, monoMs, points, unitPrice } from '../../src/model/units.ts';
import { openStore, type Store } from '../../src/store/store.ts';

export const startedAt = Date.UTC(2026, 10, 22, 8, 0, 0);

/** Removed when the test ends. */
export function tempDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'forecourt-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function manualClock(): Clock & { advance(ms: number): void } {
  let passed = 0;
  return {
    now: () => instant(startedAt + passed),
    mono: () => monoMs(passed),
    advance(ms) {
      passed += ms;
    },
  };
}

export interface Logged {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: object;
  readonly message: string;
}

export function recordingLog(): Log & { readonly lines: Logged[] } {
  const lines: Logged[] = [];
  const at = (level: Logged['level']) => (fields: object, message: string) => {
    lines.push({ level, fields, message });
  };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Opens a store that is closed when the test ends; without a directory in a new one. */
export function tempStore(directory = tempDirectory(), site = 'test-1'): Store {
  const store = openStore({ directory, clock: manualClock(), log: recordingLog(), site });
  onTestFinished(() => store.close());
  return store;
}

export function aSale(change: Partial<FuellingSale> = {}): FuellingSale {
  return {
    key: saleKey('1:1:100000-140000'),
    fuellingPoint: '1',
    nozzle: '1',
    grade: '92',
    tank: 'tank-1',
    volume: millilitres(40_000),
    amount: money(31_396),
    price: unitPrice(7849),
    liftedAt: instant(startedAt - 90_000),
    startedAt: instant(startedAt - 80_000),
    endedAt: instant(startedAt),
    totalizerStart: millilitres(100_000),
    totalizerEnd: millilitres(140_000),
    saleNumber: 7,
    endCode: null,
    quality: 'seen',
    flags: [],
    ...change,
  };
}

export function aClaim(change: Partial<Claim> = {}): Claim {
  return {
    id: 'claim-1',
    card: cardKey('a'.repeat(64)),
    member: 'member-1',
    refusal: null,
    reader: 'reader-1',
    fuellingPoints: ['1', '2'],
    at: instant(startedAt - 85_000),
    coupons: ['wash'],
    sale: null,
    ...change,
  };
}

export const attributed: Attribution = {
  kind: 'attributed',
  claim: 'claim-1',
  member: 'member-1',
  card: cardKey('a'.repeat(64)),
  reason: 'the only card at this fuelling point',
};
export const unclaimed: Attribution = { kind: 'unclaimed', reason: 'no card' };

export const aCredit: Credit = {
  program: 'test',
  programVersion: 1,
  member: 'member-1',
  tier: 'vip',
  earned: points(48),
  postings: [
    { account: 'member:member-1', points: points(48) },
    { account: 'program:test', points: points(-48) },
  ],
  discounts: [{ rule: 'svip', amount: money(100), text: 'one yuan off' }],
  coupons: [],
  campaigns: [],
  explanation: [{ rule: 'per-litre', applied: true, text: '40 L x 1.2', points: '48' }],
};

/** Records sales in the simplest way: the row and nothing that follows from it. */
export function recordSale(
  store: Store,
  sale: FuellingSale,
  attribution: Attribution = unclaimed,
): number | null {
  return store.sales.insert(sale, { businessDate: '2026-11-22', recordedAt: sale.endedAt, attribution });
}
