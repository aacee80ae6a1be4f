/** What a TLS gauge's driver is given, and what it offers. */
import type { Clock, Log, Random } from '../../core/ports.ts';
import type { TimeFields } from '../../core/tls/times.ts';
import type { TlsGaugeConfig } from '../../model/config/tanks.ts';
import type { GaugeFact } from '../../model/tank.ts';
import type { Instant, Millilitres, MonoMs, TenthMillimetres } from '../../model/units.ts';
import type { TraceEvent } from '../bus/contract.ts';
import type { Connect } from '../connections/connection.ts';

export interface LocalClock {
  /** Local calendar fields to an instant; null where there is no such minute. */
  toInstant(fields: TimeFields): Instant | null;
  toLocal(at: Instant): TimeFields;
}

export interface TlsGaugeOptions {
  readonly config: TlsGaugeConfig;
  /** Six characters; null: the gauge asks for none. Never logged or traced. */
  readonly securityCode: string | null;
  /** The gauge's own numbers of the tanks in use; readings of others are not told. */
  readonly tanks: readonly number[];
  /** The station's time; a gauge set to UTC is `clock: utc` in its configuration. */
  readonly local: LocalClock;
  /**
   * The newest reading that the station has of a tank, null for none. Asked at the start and after every outage: what the
   * gauge remembers since then is told, nothing of the time before the station knew the tank.
   */
  readonly since: (tank: number) => Instant | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly onFact: (fact: GaugeFact) => void;
  /** Default: what the configuration names. */
  readonly connect?: Connect;
}

export interface TlsGaugeStats {
  readonly gauge: string;
  readonly online: boolean;
  readonly requests: number;
  /** Requests that got no answer, or half of one. */
  readonly timeouts: number;
  readonly badFrames: number;
  /** Replies of 9999FF1B. */
  readonly unknownFunctions: number;
  /** Valid replies to a request given up before, or to none. */
  readonly lateReplies: number;
  readonly lastGoodAt: Instant | null;
  /** From handing over the request to the reply's last byte; null before the first reply. */
  readonly rttP50Ms: number | null;
  readonly rttP99Ms: number | null;
  readonly reconnects: number;
  /** Present pause before the next attempt; 0 while it answers. */
  readonly backoffMs: number;
  readonly format: 'unknown' | 'computer' | 'display';
  /** The function that gives the inventory, `i201`; null before the first. */
  readonly inventory: string | null;
  /** Gauge's clock less station's, milliseconds; null: not known yet. */
  readonly clockOffsetMs: number | null;
  /** Peculiarities that were met, in words. */
  readonly quirks: readonly string[];
}

export interface TlsTankInfo {
  readonly tank: number;
  readonly label: string | null;
  readonly fullVolume: Millilitres | null;
  readonly diameter: TenthMillimetres | null;
  readonly lowLimit: Millilitres | null;
  readonly highLimit: Millilitres | null;
  readonly overfillLimit: Millilitres | null;
  readonly maximumVolume: Millilitres | null;
  readonly deliveryLimit: Millilitres | null;
  readonly suddenLossLimit: Millilitres | null;
  readonly highWater: TenthMillimetres | null;
  readonly deliveryDelayMinutes: number | null;
}

/** What is set up in the gauge, as last read. */
export interface TlsGaugeInfo {
  readonly units: 'us' | 'metric' | 'imperial';
  /** Where `units` come from. */
  readonly unitsFrom: 'configuration' | 'gauge' | 'assumed';
  readonly tanks: readonly TlsTankInfo[];
  /** Slots of the gauge: type and its texts. */
  readonly modules: readonly string[];
}

export interface TlsGauge {
  readonly id: string;
  stop(): Promise<void>;
  stats(): TlsGaugeStats;
  info(): TlsGaugeInfo;
  /** Every byte both ways with a word on it; the security code is masked. @returns ends it */
  trace(listener: (event: TraceEvent) => void): () => void;
  /**
   * Sets the gauge's clock to the station's time (s501). Only when somebody says so.
   * Rejects with GAUGE_REFUSED, GAUGE_UNKNOWN_FUNCTION, GAUGE_SILENT, GAUGE_BAD_REPLY or LINE_CLOSED.
   */
  setClock(): Promise<void>;
}

/** When a reply's last byte came. */
export interface Received {
  readonly at: Instant;
  readonly mono: MonoMs;
}
