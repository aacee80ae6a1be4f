/** What the outside gives: time and randomness. Effects below the station take these, tests give their own. */
import type { JournalRow, Stream } from '../model/events.ts';
import type { Instant, MonoMs } from '../model/units.ts';

/** `now` is UTC and may jump; `mono` never goes back. */
export interface Clock {
  now(): Instant;
  mono(): MonoMs;
}

/** A seeded or real source of numbers in [0, 1). */
export type Random = () => number;

/** The part of a logger that rooms below the station may use. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Where the feed comes from: the journal and its cursors, as `sync` sees them. */
export interface FeedSource {
  readonly epoch: string;
  /** Rows of one stream after `afterSeq`, in order of seq, at most `limit`. */
  read(stream: Stream, afterSeq: number, limit: number): JournalRow[];
  /** Highest seq written; 0 when there is none. */
  head(stream: Stream): number;
  cursor(stream: Stream, name: CursorName): number;
  moveCursor(stream: Stream, name: CursorName, seq: number): void;
  /** Keeps note of a row that the broker rejected, so that the feed can go on. */
  setAside(stream: Stream, seq: number, reason: string): void;
}
/** `checked`: up to there the sales were looked at by the station's checks. */
export type CursorName = 'published' | 'confirmed' | 'checked';
