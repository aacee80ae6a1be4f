/** A reader or gauge on a serial port or a USB adapter. */
import { stat } from 'node:fs/promises';
import { SerialPort } from 'serialport';
import type { Connect } from './connection.ts';

export interface SerialSettings {
  readonly path: string;
  readonly baud: number;
  readonly dataBits: 7 | 8;
  readonly parity: 'none' | 'even' | 'odd';
  readonly stopBits: 1 | 2;
}

/**
 * A USB adapter that was reset can leave a port that looks open and is dead, and a reader's silence tells nothing. So the
 * path is watched: when it names another device than the one that was opened, or none, the port is given up.
 */
const watchEveryMs = 1_000;

export function serialConnection(settings: SerialSettings): Connect {
  return (events) => {
    const port = new SerialPort({
      path: settings.path,
      baudRate: settings.baud,
      dataBits: settings.dataBits,
      parity: settings.parity,
      stopBits: settings.stopBits,
      autoOpen: false,
    });
    let stopping = false;
    let ended = false;
    let reason = 'the port closed';
    let watch: NodeJS.Timeout | null = null;
    let tellEnd: () => void = () => {};
    const end = new Promise<void>((resolve) => {
      tellEnd = resolve;
    });

    function finish(): void {
      if (ended) return;
      ended = true;
      if (watch) clearInterval(watch);
      events.closed(stopping ? 'stopped' : reason);
      tellEnd();
    }

    function giveUp(why: string): void {
      reason = why;
      if (port.isOpen) port.close(finish);
      else finish();
    }

    async function begin(): Promise<void> {
      const opened = await deviceOf(settings.path);
      if (ended) return;
      if (stopping || opened === null) {
        giveUp('the port went away');
        return;
      }
      watch = setInterval(async () => {
        if ((await deviceOf(settings.path)) !== opened) giveUp('the port went away');
      }, watchEveryMs);
      port.on('data', (chunk: Buffer) => events.bytes(chunk));
      events.opened();
    }

    port.on('error', (error) => giveUp(error.message));
    // At the end of file the port stays open and says nothing more.
    port.on('end', () => giveUp('the port ended'));
    port.on('close', (error: Error | null) => {
      if (error) reason = error.message;
      finish();
    });
    // The library empties the port's buffer as it opens: what lay there was scanned nobody knows when.
    port.open((error) => {
      if (error) giveUp(error.message);
      else if (stopping) giveUp('stopped');
      else void begin();
    });

    return {
      send(bytes) {
        if (port.isOpen) port.write(Buffer.from(bytes));
      },
      close() {
        stopping = true;
        if (!port.opening) giveUp('stopped');
        return end;
      },
    };
  };
}

/** What names the device behind a path, through links such as those under /dev/serial/by-id; null: nothing is there. */
async function deviceOf(path: string): Promise<string | null> {
  try {
    const { dev, ino, rdev } = await stat(path);
    return `${dev}/${ino}/${rdev}`;
  } catch {
    return null;
  }
}
