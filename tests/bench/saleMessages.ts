/** What the processes of the sale benchmark tell each other. All times are CLOCK_MONOTONIC in ms, the same clock in each. */

export const bays = [
  { id: 'one-block', fuellingPoint: 'FP1', reader: 'R1' },
  { id: 'four-blocks', fuellingPoint: 'FP2', reader: 'R2' },
] as const;
export type BayId = (typeof bays)[number]['id'];

export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

export interface Ports {
  readonly line: number;
  readonly reader: number;
}

export type ToDispenser =
  | { readonly kind: 'card'; readonly bay: BayId; readonly number: string }
  | { readonly kind: 'fuel'; readonly bay: BayId; readonly saleNumber: number; readonly volumeCl: number }
  | { readonly kind: 'report' };

/** One reply, stamped just before its bytes were given to the kernel in one write. */
export interface Reply {
  readonly at: number;
  readonly address: number;
  readonly count: number;
}

/** The replies from the one that shows the hang-up on. */
export interface HangUp {
  readonly bay: BayId;
  readonly saleNumber: number;
  readonly replies: readonly Reply[];
}

export type FromDispenser =
  | { readonly kind: 'listening'; readonly ports: Readonly<Record<BayId, Ports>> }
  | { readonly kind: 'report'; readonly hangUps: readonly HangUp[] };

export type ToStation =
  | { readonly kind: 'stop-counting' }
  | { readonly kind: 'report' }
  | { readonly kind: 'stop' };

/** One write transaction of the store, FULL or relaxed alike. */
export interface Transaction {
  readonly begunAt: number;
  /** All its statements have run; the COMMIT begins. */
  readonly workedAt: number;
  readonly committedAt: number;
  /** Types of the events that it appended to the journal. */
  readonly events: readonly string[];
  readonly sale: { readonly fuellingPoint: string; readonly saleNumber: number } | null;
  /** Bound values of all writing statements; null once counting has stopped. */
  readonly bytes: number | null;
  /** What the floor writes once more; of transactions with a sale or a scan only. */
  readonly writes: readonly Write[];
}

/** One writing statement with what was bound to it. */
export interface Write {
  readonly sql: string;
  readonly values: readonly unknown[];
}

export type ToFloor =
  | { readonly kind: 'begin'; readonly transactions: readonly (readonly Write[])[] }
  | { readonly kind: 'stop' };
export type FromFloor =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'ready' }
  | { readonly kind: 'committed'; readonly at: number };

export type FromStation =
  | { readonly kind: 'running' }
  | { readonly kind: 'report'; readonly transactions: readonly Transaction[]; readonly cpuMs: number };
