/** The bytes a reader sends when a card is held to it. */

import { reverseHex } from '../../core/cards/bytes.ts';
import { writeEmBinary } from '../../core/cards/em-binary/writer.ts';
import { writeLine } from '../../core/cards/line/writer.ts';
import { writeRdm6300 } from '../../core/cards/rdm6300/writer.ts';
import { writeScan } from '../../core/cards/scanner/writer.ts';
import { writeStripe } from '../../core/cards/stripe/writer.ts';
import type { ReaderConfig } from '../../model/config/station.ts';
import type { CardFormat } from '../../model/readings.ts';
import { cardTextOn } from './cardText.ts';
import type { Card } from './port.ts';

export type ByteReaderConfig = Exclude<ReaderConfig, { kind: 'modbus' }>;

/** What a reader of this kind reads. */
function formatOf(reader: ByteReaderConfig): CardFormat {
  switch (reader.kind) {
    case 'rdm6300':
    case 'em-binary':
      return 'em40';
    case 'line':
      return reader.format;
    case 'scanner':
      return 'code';
    case 'stripe':
      return 'stripe';
  }
}

/** null: the reader cannot show this card. */
export function cardBytes(reader: ByteReaderConfig, card: Card): Uint8Array | null {
  const text = cardTextOn(formatOf(reader), card);
  if (text === null) return null;
  switch (reader.kind) {
    case 'rdm6300':
      return writeRdm6300(text);
    case 'em-binary':
      return writeEmBinary('em4100', reader.reverse ? reverseHex(text) : text);
    case 'line':
      return writeLine(reader.reverse && isHex(reader.format) ? reverseHex(text) : text);
    case 'scanner':
      return writeScan(card.number, reader.aimPrefix ? { aim: ']Q3' } : {});
    case 'stripe':
      return reader.bins.some((bin) => text.startsWith(bin)) ? writeStripe(text) : null;
  }
}

const isHex = (format: CardFormat): boolean => format !== 'number';
