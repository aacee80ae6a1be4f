/** The parser of a configured reader. */
import { emBinaryParser } from '../../core/cards/em-binary/parser.ts';
import type { CardParser } from '../../core/cards/events.ts';
import { lineParser } from '../../core/cards/line/parser.ts';
import { rdm6300Parser } from '../../core/cards/rdm6300/parser.ts';
import { scannerParser } from '../../core/cards/scanner/parser.ts';
import { stripeParser } from '../../core/cards/stripe/parser.ts';
import type { ReaderConfig } from '../../model/config/station.ts';

/** Readers that send bytes by themselves; those on a Modbus line are polled by their profile. */
export type ByteReaderConfig = Exclude<ReaderConfig, { kind: 'modbus' }>;

export function parserFor(config: ByteReaderConfig): CardParser {
  switch (config.kind) {
    case 'rdm6300':
      return rdm6300Parser();
    case 'em-binary':
      return emBinaryParser(config);
    case 'line':
      return lineParser(config);
    case 'scanner':
      return scannerParser(config);
    case 'stripe':
      return stripeParser(config);
  }
}
