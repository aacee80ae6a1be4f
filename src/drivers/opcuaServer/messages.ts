/** What the main thread and the thread of the station's own OPC UA server say to each other. */
import type { OpcuaExportConfig } from '../../model/config/opcua.ts';
import type { FuellingPointState, TankState } from '../../model/states.ts';

/** What a SCADA sees. */
export interface ExportSnapshot {
  readonly tanks: readonly TankState[];
  readonly fuellingPoints: readonly FuellingPointState[];
  /** Those that stand now. `at`: when raised, RFC 3339 UTC. */
  readonly alarms: readonly {
    readonly number: number;
    readonly subject: string;
    readonly kind: string;
    readonly text: string;
    readonly at: string;
    readonly acknowledged: boolean;
  }[];
}

export interface ExportSetup {
  /** `pki/server`. */
  readonly directory: string;
  readonly config: Pick<OpcuaExportConfig, 'host' | 'port' | 'policy' | 'mode' | 'names' | 'maxSessions'>;
  readonly users: readonly { readonly user: string; readonly password: string }[];
  readonly site: string;
  readonly version: string;
  readonly currencyDecimals: number;
}

export type ToExport =
  | { readonly kind: 'update'; readonly snapshot: ExportSnapshot }
  | { readonly kind: 'stop' };

export type FromExport =
  | { readonly kind: 'listening'; readonly endpoint: string; readonly sha1: string; readonly sha256: string }
  | { readonly kind: 'failed'; readonly reason: string }
  | {
      readonly kind: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly fields: Readonly<Record<string, string | number>>;
      readonly message: string;
    }
  | {
      readonly kind: 'beat';
      readonly sessions: number;
      readonly subscriptions: number;
      readonly heapMb: number;
    };
