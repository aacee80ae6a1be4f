/** The tables, as the steps that made them. A step that was released is never edited: a change is a new step. */

/** "FCRT": tells this database from any other file. */
export const applicationId = 0x46435254;

const most = Number.MAX_SAFE_INTEGER;
/** JavaScript reads integers beyond 2^53 rounded, so none is let in. */
const count = (name: string) => `${name} INTEGER NOT NULL CHECK (${name} BETWEEN 0 AND ${most})`;
const optional = (name: string) => `${name} INTEGER CHECK (${name} BETWEEN 0 AND ${most})`;
const signed = (name: string) => `${name} INTEGER NOT NULL CHECK (${name} BETWEEN -${most} AND ${most})`;

/**
 * One table for each stream: the row number is the sequence number, handed out by SQLite as the highest plus one inside the
 * transaction, hence free of gaps; rows are appended at the end, and long ones stay on one page.
 */
const journal = (stream: string) => `
  CREATE TABLE journal_${stream} (
    seq INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    ${signed('at')},
    business_date TEXT NOT NULL,
    subject TEXT NOT NULL,
    data TEXT NOT NULL
  ) STRICT;`;

const first = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  ${journal('business')}
  ${journal('telemetry')}
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
    CHECK ((attribution = 'attributed') = (member IS NOT NULL AND card IS NOT NULL AND claim IS NOT NULL))
  ) STRICT;
  CREATE INDEX sales_by_end ON sales (ended_at);
  CREATE INDEX sales_by_member ON sales (member, grade) WHERE member IS NOT NULL;

  CREATE TABLE claims (
    id TEXT PRIMARY KEY,
    card TEXT NOT NULL,
    member TEXT,
    refusal TEXT,
    reader TEXT NOT NULL,
    fuelling_points TEXT NOT NULL,
    ${signed('at')},
    coupons TEXT NOT NULL,
    sale TEXT REFERENCES sales (key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX claims_open ON claims (at) WHERE sale IS NULL;

  CREATE TABLE ledger_transactions (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    sale TEXT NOT NULL REFERENCES sales (key),
    ${signed('at')}
  ) STRICT;
  CREATE TABLE postings (
    account TEXT NOT NULL,
    entry INTEGER NOT NULL REFERENCES ledger_transactions (number),
    leg INTEGER NOT NULL,
    ${signed('points')},
    PRIMARY KEY (account, entry, leg)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE balances (account TEXT PRIMARY KEY, ${signed('points')}) STRICT, WITHOUT ROWID;

  CREATE TABLE credits (
    sale INTEGER PRIMARY KEY REFERENCES sales (id),
    ${signed('at')},
    credit TEXT NOT NULL
  ) STRICT;
  CREATE TABLE coupon_uses (
    member TEXT NOT NULL,
    coupon TEXT NOT NULL,
    sale TEXT NOT NULL REFERENCES sales (key),
    PRIMARY KEY (member, coupon, sale)
  ) STRICT, WITHOUT ROWID;
`;

/** Step n brings `user_version` from n to n + 1. */
export const migrations: readonly string[] = [first];
