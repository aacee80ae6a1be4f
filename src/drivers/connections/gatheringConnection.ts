/**
 * A gauge on a serial port. Its replies are long and come byte by byte: bytes are gathered for a moment before the process
 * wakes up for them, which costs a few milliseconds a reply and saves most of the CPU that one wake-up a byte takes.
 * A port that looks open and is dead shows itself by silence, because a gauge is asked: its driver drops the connection.
 */
import { asForecourtError } from '../../model/errors.ts';
import type { ByteLink } from '../bus/byteLink.ts';
import { openSerialLink } from '../bus/serialLink.ts';
import type { Connect } from './connection.ts';
import type { SerialSettings } from './serialConnection.ts';

/** Ten characters at 9600 baud. */
const gatherMs = 10;
const lookAgainMs = 60_000;
const bufferSize = 4_096;

export function gatheringConnection(settings: SerialSettings): Connect {
  return (events) => {
    let link: ByteLink | null = null;
    let stopping = false;

    async function pump(open: ByteLink): Promise<void> {
      const buffer = Buffer.alloc(bufferSize);
      // What lay in the port answers nothing that was asked.
      open.take(buffer, 0);
      events.opened();
      while (!stopping && open.failure() === null) {
        await open.readable(lookAgainMs);
        const count = stopping ? 0 : open.take(buffer, 0);
        if (count === 0) continue;
        events.bytes(Uint8Array.from(buffer.subarray(0, count)));
        await open.sleep(gatherMs);
      }
    }

    async function live(): Promise<void> {
      let reason = 'the port closed';
      try {
        link = await openSerialLink({ id: settings.path, kind: 'serial', ...settings });
        if (!stopping) await pump(link);
        reason = link.failure()?.message ?? reason;
      } catch (error) {
        reason = asForecourtError(error).message;
      }
      const last = link;
      link = null;
      await last?.close();
      events.closed(stopping ? 'stopped' : reason);
    }
    const ended = live();

    return {
      send(bytes) {
        try {
          link?.write(bytes);
        } catch {
          // The link keeps why, and the loop tells it.
        }
        link?.interrupt();
      },
      close() {
        stopping = true;
        link?.interrupt();
        return ended;
      },
    };
  };
}
