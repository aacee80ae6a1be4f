/** Which event is sent next, which are under way, and how far the broker has each stream without a gap. */
import type { FeedSource } from '../core/ports.ts';
import { type JournalRow, type Stream, streams } from '../model/events.ts';

/** An event under way. */
export interface Sent {
  readonly stream: Stream;
  readonly seq: number;
  settled: boolean;
}

export interface Outbox {
  /** Events that were sent and not answered on this connection. */
  readonly unanswered: number;
  /** Places taken: the unanswered, and those answered behind one that is not. */
  readonly taken: number;
  /** The next event to send, or null. Business first, but every eighth place is telemetry's when it waits. */
  next(): JournalRow | null;
  /** Notes that this event was sent now. */
  sent(row: JournalRow): Sent;
  /** An answer came for one event of this connection, whatever it says. */
  answered(): void;
  /** The broker has this event, or it is set aside: the stream need not come back to it. */
  settle(event: Sent): void;
  /** Goes back to the first event that is not settled. Answers to those under way are no longer counted as settling. */
  rewind(): void;
  /** The connection is gone: rewinds, and awaits no answer. */
  reset(): void;
  /** Writes the cursors; a cursor that someone else moved, to have events repeated, is followed instead. */
  save(): void;
  /** Events settled since the last `save`. */
  readonly unsaved: number;
  backlog(stream: Stream): number;
}

/** Rows read in one go. */
const readAhead = 64;
const businessInARow = 7;

interface Lane {
  readonly stream: Stream;
  /** Last event handed out. */
  position: number;
  ahead: JournalRow[];
  underWay: Sent[];
  settledTo: number;
  savedTo: number;
}

export function createOutbox(source: FeedSource): Outbox {
  const lane = (stream: Stream): Lane => {
    const at = source.cursor(stream, 'published');
    return { stream, position: at, ahead: [], underWay: [], settledTo: at, savedTo: at };
  };
  const lanes = { business: lane('business'), telemetry: lane('telemetry') };
  let unanswered = 0;
  let unsaved = 0;
  let run = 0;

  function peek(of: Lane): JournalRow | undefined {
    if (of.ahead.length === 0) of.ahead = source.read(of.stream, of.position, readAhead);
    return of.ahead[0];
  }

  function take(of: Lane): JournalRow | null {
    const row = of.ahead.shift();
    if (row === undefined) return null;
    of.position = row.seq;
    run = of.stream === 'business' ? run + 1 : 0;
    return row;
  }

  function goBack(of: Lane, to: number): void {
    of.ahead = [];
    of.underWay = [];
    of.position = to;
    of.settledTo = to;
  }

  function rewind(): void {
    for (const stream of streams) goBack(lanes[stream], lanes[stream].settledTo);
  }

  return {
    get unanswered() {
      return unanswered;
    },
    get taken() {
      return Math.max(unanswered, lanes.business.underWay.length + lanes.telemetry.underWay.length);
    },
    get unsaved() {
      return unsaved;
    },
    next() {
      const first = run >= businessInARow ? lanes.telemetry : lanes.business;
      const second = first === lanes.business ? lanes.telemetry : lanes.business;
      if (peek(first) !== undefined) return take(first);
      return peek(second) === undefined ? null : take(second);
    },
    sent({ stream, seq }) {
      const event = { stream, seq, settled: false };
      lanes[stream].underWay.push(event);
      unanswered++;
      return event;
    },
    answered() {
      unanswered--;
    },
    settle(event) {
      event.settled = true;
      const of = lanes[event.stream];
      const open = of.underWay.findIndex((other) => !other.settled);
      const done = of.underWay.splice(0, open === -1 ? of.underWay.length : open);
      unsaved += done.length;
      of.settledTo = done.at(-1)?.seq ?? of.settledTo;
    },
    rewind,
    reset() {
      rewind();
      unanswered = 0;
    },
    save() {
      unsaved = 0;
      for (const stream of streams) {
        const of = lanes[stream];
        const stored = source.cursor(stream, 'published');
        if (stored !== of.savedTo) {
          goBack(of, stored);
        } else if (of.settledTo !== of.savedTo) {
          source.moveCursor(stream, 'published', of.settledTo);
        }
        of.savedTo = of.settledTo;
      }
    },
    backlog: (stream) => source.head(stream) - lanes[stream].settledTo,
  };
}
