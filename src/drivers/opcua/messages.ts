/** What the main thread and the OPC UA thread say to each other. Everything is plain data of bounded size. */
import type { OpcuaServerConfig } from '../../model/config/opcua.ts';
import type { OpcuaProfile } from '../../model/config/opcuaProfile.ts';
import type { ErrorCode } from '../../model/error-catalogue.ts';
import type { DispenserReading, ReadingGroup, Urgency } from '../../model/readings.ts';
import type { GaugeAlarm, GaugeAlarmsComplete, TankReading } from '../../model/tank.ts';

/** Who the station is at a server; secrets are resolved already. */
export type OpcuaIdentity =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'user'; readonly user: string; readonly password: string }
  /** PEM texts. */
  | { readonly kind: 'certificate'; readonly certificate: string; readonly key: string };

/** All that the thread needs to read one server. */
export interface SessionSpec {
  readonly server: OpcuaServerConfig;
  readonly profile: OpcuaProfile;
  readonly identity: OpcuaIdentity;
  readonly tanks: readonly number[];
  readonly points: readonly number[];
  readonly currencyDecimals: number;
}

/** Given to the thread when it starts. */
export interface WorkerSetup {
  /** `pki/client`. */
  readonly directory: string;
  readonly applicationUri: string;
  /** Milliseconds that the station's clock is ahead of the system's. */
  readonly aheadMs: number;
}

export type ToWorker =
  | { readonly kind: 'open'; readonly spec: SessionSpec }
  | {
      readonly kind: 'want';
      readonly server: string;
      readonly point: number;
      readonly group: ReadingGroup;
      readonly urgency: Urgency;
    }
  | { readonly kind: 'close'; readonly server: string }
  | { readonly kind: 'clock'; readonly aheadMs: number }
  | { readonly kind: 'stop' };

export interface OpcuaCounters {
  readonly connects: number;
  readonly reads: number;
  readonly values: number;
  readonly notifications: number;
  readonly failures: number;
  readonly undecodable: number;
  /** Nodes of the profile that the server does not have. */
  readonly missing: number;
}

/** `at` and `mono` of a fact are the thread's own: the main thread puts its clock's in their place. */
export type WorkerFact = TankReading | GaugeAlarm | GaugeAlarmsComplete;

export type FromWorker =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'fact';
      readonly server: string;
      readonly sentAt: number;
      /** How long before receiving it was measured, where the server tells; else 0. */
      readonly measuredAgoMs: number;
      readonly fact: WorkerFact;
    }
  | {
      readonly kind: 'reading';
      readonly server: string;
      readonly sentAt: number;
      readonly point: number;
      readonly reading: DispenserReading;
    }
  | {
      readonly kind: 'health';
      readonly server: string;
      readonly online: boolean;
      /** Empty when online and subscribed. */
      readonly reason: string;
      readonly code: ErrorCode | null;
      /** Values come by subscription, or are polled only. */
      readonly subscribed: boolean;
    }
  | { readonly kind: 'counters'; readonly server: string; readonly counters: OpcuaCounters }
  | {
      readonly kind: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly fields: Readonly<Record<string, string | number | boolean | null>>;
      readonly message: string;
    }
  /** Now and then, that the thread is alive. */
  | { readonly kind: 'beat'; readonly heapMb: number };
