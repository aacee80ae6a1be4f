/** The tables, as the steps that made them. A step that was released is never edited: a change is a new step. */

import { ForecourtError } from '../model/errors.ts';

/** "FCRT": tells this database from any other file. */
export const applicationId = 0x46435254;

const most = Number.MAX_SAFE_INTEGER;
/** JavaScript reads integers beyond 2^53 rounded, so none is let in. */
const count = (name: string) => `${name} INTEGER NOT NULL CHECK (${name} BETWEEN 0 AND ${most})`;
const optional = (name: string) => `${name} INTEGER CHECK (${name} BETWEEN 0 AND ${most})`;
const signed = (name: string) => `${name} INTEGER NOT NULL CHECK (${name} BETWEEN -${most} AND ${most})`;
const hash = (name: string) => `${name} BLOB NOT NULL CHECK (length(${name}) = 32)`;

/**
 * One table for each stream: the row number is the sequence number, one more than the head of the stream's chain inside the
 * transaction, hence free of gaps; rows are appended at the end, and long ones stay on one page.
 */
const journal = (stream: string) => `
  CREATE TABLE journal_${stream} (
    seq INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    ${signed('at')},
    business_date TEXT NOT NULL,
    subject TEXT NOT NULL,
    data TEXT NOT NULL,
    ${count('seal')},
    ${hash('sealed')},
    ${hash('chain')}
  ) STRICT;`;

const first = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  ${journal('business')}
  ${journal('telemetry')}
  CREATE TABLE chains (name TEXT PRIMARY KEY, ${count('number')}, ${hash('hash')}) STRICT, WITHOUT ROWID;
  CREATE TABLE seals (
    number INTEGER PRIMARY KEY,
    what TEXT NOT NULL,
    ${count('row')},
    ${hash('content')},
    ${hash('chain')}
  ) STRICT;
  CREATE INDEX seals_of_pruning ON seals (what, number) WHERE what IN ('business', 'telemetry');
  CREATE TABLE cursors (
    stream TEXT NOT NULL,
    name TEXT NOT NULL,
    ${count('seq')},
    PRIMARY KEY (stream, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE set_aside (
    stream TEXT NOT NULL,
    ${count('seq')},
    reason TEXT NOT NULL,
    ${signed('at')},
    PRIMARY KEY (stream, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE machines (fuelling_point TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE sales (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    fuelling_point TEXT NOT NULL,
    nozzle TEXT NOT NULL,
    grade TEXT NOT NULL,
    tank TEXT,
    ${count('volume')},
    ${optional('amount')},
    ${optional('price')},
    lifted_at INTEGER,
    started_at INTEGER,
    ${signed('ended_at')},
    ${count('totalizer_start')},
    ${count('totalizer_end')},
    ${optional('sale_number')},
    end_code INTEGER,
    quality TEXT NOT NULL CHECK (quality IN ('seen', 'recovered')),
    flags TEXT NOT NULL,
    business_date TEXT NOT NULL,
    ${signed('recorded_at')},
    attribution TEXT NOT NULL CHECK (attribution IN ('attributed', 'unclaimed', 'ambiguous')),
    reason TEXT NOT NULL,
    claim TEXT,
    claims TEXT,
    member TEXT,
    card TEXT,
    attendant TEXT,
    ${count('seal')},
    CHECK ((attribution = 'attributed') = (member IS NOT NULL AND card IS NOT NULL AND claim IS NOT NULL))
  ) STRICT;
  CREATE INDEX sales_by_end ON sales (ended_at);
  CREATE INDEX sales_by_member ON sales (member, grade) WHERE member IS NOT NULL;
  CREATE TABLE sale_totals (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    ${count('count')},
    ${count('volume')},
    ${count('amount')}
  ) STRICT;
  INSERT INTO sale_totals VALUES (1, 0, 0, 0);
  CREATE TRIGGER sale_counted AFTER INSERT ON sales BEGIN
    UPDATE sale_totals
      SET count = count + 1, volume = volume + NEW.volume, amount = amount + coalesce(NEW.amount, 0);
  END;

  CREATE TABLE claims (
    id TEXT PRIMARY KEY,
    card TEXT NOT NULL,
    member TEXT,
    refusal TEXT,
    reader TEXT NOT NULL,
    fuelling_points TEXT NOT NULL,
    ${signed('at')},
    coupons TEXT NOT NULL,
    sale TEXT REFERENCES sales (key),
    moved INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX claims_by_time ON claims (at);
  CREATE INDEX claims_open ON claims (at + moved) WHERE sale IS NULL;

  CREATE TABLE ledger_transactions (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    sale TEXT NOT NULL REFERENCES sales (key),
    ${signed('at')},
    ${count('seal')}
  ) STRICT;
  CREATE INDEX ledger_by_sale ON ledger_transactions (sale);
  CREATE TABLE postings (
    account TEXT NOT NULL,
    entry INTEGER NOT NULL REFERENCES ledger_transactions (number),
    leg INTEGER NOT NULL,
    ${signed('points')},
    PRIMARY KEY (entry, leg)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE balances (account TEXT PRIMARY KEY, ${signed('points')}) STRICT, WITHOUT ROWID;

  CREATE TABLE credits (
    sale INTEGER PRIMARY KEY REFERENCES sales (id),
    ${signed('at')},
    credit TEXT NOT NULL,
    ${count('seal')}
  ) STRICT;
  CREATE TABLE coupon_uses (
    member TEXT NOT NULL,
    coupon TEXT NOT NULL,
    sale TEXT NOT NULL REFERENCES sales (key),
    PRIMARY KEY (member, coupon, sale)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE corrections (
    number INTEGER PRIMARY KEY,
    request TEXT UNIQUE,
    sale TEXT NOT NULL REFERENCES sales (key),
    kind TEXT NOT NULL CHECK (kind IN ('assigned', 'reassigned', 'voided')),
    ${signed('at')},
    decided_by TEXT NOT NULL,
    user TEXT,
    reason TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    notes TEXT NOT NULL,
    credit TEXT,
    ${count('seal')}
  ) STRICT;
  CREATE INDEX corrections_by_sale ON corrections (sale, number);
  CREATE TRIGGER corrections_stay BEFORE UPDATE ON corrections
    BEGIN SELECT raise(ABORT, 'corrections are never edited'); END;
  CREATE TRIGGER corrections_are_kept BEFORE DELETE ON corrections
    BEGIN SELECT raise(ABORT, 'corrections are never removed'); END;

  CREATE TABLE programs (from_sale INTEGER PRIMARY KEY, program TEXT NOT NULL) STRICT;
  CREATE TABLE member_tiers (
    member TEXT NOT NULL,
    ${count('from_sale')},
    tier TEXT NOT NULL,
    PRIMARY KEY (member, from_sale)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE attendances (
    id INTEGER PRIMARY KEY,
    ${signed('at')},
    reader TEXT NOT NULL,
    fuelling_points TEXT NOT NULL,
    member TEXT NOT NULL
  ) STRICT;
  CREATE INDEX attendances_by_time ON attendances (at);

  CREATE TABLE alerts (
    number INTEGER PRIMARY KEY,
    sale TEXT NOT NULL REFERENCES sales (key),
    kind TEXT NOT NULL,
    level TEXT NOT NULL,
    member TEXT,
    text TEXT NOT NULL,
    ${signed('at')},
    ${signed('due_at')},
    evidence TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX alerts_once ON alerts (sale, kind, coalesce(member, ''));
`;

/** Tanks: levels are decimated and expire, deliveries, alarms, balances and incidents are kept. */
const tanks = `
  CREATE TABLE tank_levels (
    tank TEXT NOT NULL,
    ${signed('at')},
    quality TEXT NOT NULL CHECK (quality IN ('good', 'uncertain', 'bad')),
    volume INTEGER,
    volume_at15 INTEGER,
    height INTEGER,
    water INTEGER,
    temperature INTEGER,
    PRIMARY KEY (tank, at)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX tank_levels_by_time ON tank_levels (at);
  CREATE TABLE tank_machines (name TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE deliveries (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    stock TEXT NOT NULL,
    grade TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('gauge', 'rise')),
    ${signed('started_at')},
    ${signed('ended_at')},
    business_date TEXT NOT NULL,
    ${signed('start_volume')},
    ${signed('end_volume')},
    ${signed('dispensed')},
    ${signed('volume')},
    volume_at15 INTEGER,
    temperature INTEGER,
    flags TEXT NOT NULL
  ) STRICT;
  CREATE INDEX deliveries_by_stock ON deliveries (stock, number);
  CREATE TABLE tank_alarms (
    number INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    tank TEXT,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    text TEXT NOT NULL,
    ${signed('raised_at')},
    acknowledged_at INTEGER,
    acknowledged_by TEXT,
    note TEXT,
    cleared_at INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX tank_alarms_standing ON tank_alarms (subject, kind, code) WHERE cleared_at IS NULL;
  CREATE TABLE balances_closed (
    stock TEXT NOT NULL,
    period TEXT NOT NULL CHECK (period IN ('day', 'month')),
    first_date TEXT NOT NULL,
    last_date TEXT NOT NULL,
    grade TEXT NOT NULL,
    ${optional('opening')},
    ${signed('deliveries')},
    ${signed('sales')},
    gauge INTEGER,
    variance15 INTEGER,
    sales15 INTEGER,
    hours REAL NOT NULL,
    verdict TEXT NOT NULL,
    reasons TEXT NOT NULL,
    ${signed('closed_at')},
    PRIMARY KEY (stock, period, first_date)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE incidents (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('spill', 'other')),
    ${signed('at')},
    sale TEXT REFERENCES sales (key),
    fuelling_point TEXT,
    tank TEXT,
    litres REAL,
    text TEXT NOT NULL,
    action TEXT NOT NULL,
    decided_by TEXT NOT NULL
  ) STRICT;
  CREATE INDEX incidents_by_sale ON incidents (sale) WHERE sale IS NOT NULL;
`;

/** Version 1 was never released: its databases cannot be carried over. */
const before = 1;
/** Step n brings `user_version` from `versionBefore(n)` to the next. */
export const migrations: readonly string[] = [first, tanks];
export const versionBefore = (step: number): number => before + step;
export const latestVersion = versionBefore(migrations.length);

/** Throws STORE_NEWER or STORE_OLDER for a version that this program cannot work with. `version` 0: an empty file. */
export function assertKnown(file: string, version: number): void {
  if (version > latestVersion) {
    throw new ForecourtError(
      'STORE_NEWER',
      `${file} has version ${version}, this program knows ${latestVersion}`,
    );
  }
  if (version !== 0 && version <= before) {
    throw new ForecourtError('STORE_OLDER', `${file} has version ${version}, from before the first release`);
  }
}
