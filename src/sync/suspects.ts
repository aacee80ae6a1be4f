/**
 * Events under way when connections broke. A broker that hangs up or falls silent at one event every time must not hold up
 * the stream for ever: the event that does it is found by sending one at a time, and is then left out.
 */
import type { Sent } from './outbox.ts';

/** An event that was under way at so many breaks makes the flow send one at a time. */
const carefulAfter = 3;
/** So many breaks, the last ones with this event alone under way, and it is the event's fault. */
const guiltyAfter = 8;

export interface Suspects {
  sent(event: Sent): void;
  /** The broker has answered: whatever it said, this event breaks nothing. */
  answered(event: Sent): void;
  acknowledged(): void;
  /** The connection broke. Returns the event that is to be left out from now on, or null. */
  broken(): Sent | null;
  /** Send one event at a time. */
  readonly careful: boolean;
}

const nameOf = ({ stream, seq }: Sent): string => `${stream}/${seq}`;

export function createSuspects(): Suspects {
  const underWay = new Map<string, Sent>();
  /** Breaks by event. */
  let breaks = new Map<string, number>();
  /**
   * A broker that takes nothing at all would have one event after the other left out: after each, another one must have
   * been acknowledged before the next can be.
   */
  let takesOthers = true;

  return {
    sent(event) {
      underWay.set(nameOf(event), event);
    },
    answered(event) {
      underWay.delete(nameOf(event));
      breaks.delete(nameOf(event));
    },
    acknowledged() {
      takesOthers = true;
    },
    broken() {
      const alone = underWay.size === 1;
      let guilty: Sent | null = null;
      const counted = new Map<string, number>();
      for (const [name, event] of underWay) {
        const count = (breaks.get(name) ?? 0) + 1;
        counted.set(name, count);
        if (alone && count >= guiltyAfter && takesOthers) guilty = event;
      }
      // Who was not under way this time is still suspected: it may not have had its turn.
      if (underWay.size > 0) breaks = new Map([...breaks, ...counted]);
      underWay.clear();
      if (guilty) {
        breaks.delete(nameOf(guilty));
        takesOthers = false;
      }
      return guilty;
    },
    get careful() {
      for (const count of breaks.values()) if (count >= carefulAfter) return true;
      return false;
    },
  };
}
