/** A reader that talks: it sends a card's bytes to whoever listens on its socket or serial port. */
import type { Log } from '../../core/ports.ts';
import type { Tally } from '../tally.ts';
import { type ByteReaderConfig, cardBytes } from './cardBytes.ts';
import type { ReaderPort } from './port.ts';

/** Sends to all listeners and says how many there are. */
export type SendAll = (bytes: Uint8Array) => number;

export function byteReader(config: ByteReaderConfig, send: SendAll, tally: Tally, log: Log): ReaderPort {
  return {
    id: config.id,
    takes: (card) => cardBytes(config, card) !== null,
    present(card) {
      const bytes = cardBytes(config, card);
      if (bytes === null) return;
      const listeners = send(bytes);
      if (listeners > 0) tally.scans++;
      else {
        tally.scansUnheard++;
        log.debug({ reader: config.id }, 'a card was scanned and nobody listened');
      }
    },
  };
}
