/** One connection to a reader or a gauge, from opening to its end; `keepConnected.ts` makes the next one. */

export interface ConnectionEvents {
  opened(): void;
  /** `chunk` may be overwritten by whoever takes it. */
  bytes(chunk: Uint8Array): void;
  /** Exactly once, also when it never opened; nothing follows. */
  closed(reason: string): void;
}

export interface Connection {
  /** Hands bytes to the line; what cannot be sent is lost, and `closed` tells why. */
  send(bytes: Uint8Array): void;
  /** Ends it; resolved after `closed` was told. */
  close(): Promise<void>;
}

export type Connect = (events: ConnectionEvents) => Connection;
