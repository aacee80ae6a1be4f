/** While room is short, or the disk refuses writes, telemetry is let go so that sales can be kept. */
import type { FeedSource } from '../core/ports.ts';
import { type EventType, eventSchemas } from '../model/events.ts';
import type { Disk } from './disk.ts';
import type { Journal } from './journal.ts';

/** The journal, except that an event of telemetry is not written while `disk` is sparing: its stream stands where it stood. */
export function sparing(
  journal: Journal,
  disk: Pick<Disk, 'sparing'>,
  feed: Pick<FeedSource, 'head'>,
): Journal {
  return {
    ...journal,
    append(type, subject, at, businessDate, data) {
      if (isTelemetry(type) && disk.sparing()) return { stream: 'telemetry', seq: feed.head('telemetry') };
      return journal.append(type, subject, at, businessDate, data);
    },
  };
}

const isTelemetry = (type: EventType): boolean => eventSchemas[type].stream === 'telemetry';
