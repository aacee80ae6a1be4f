/** The text of a card on a reader of another kind: weaker readers see the low bytes of a tag. */
import { canonicalCard } from '../../core/cards/identity.ts';
import type { CardFormat } from '../../model/readings.ts';
import type { Card } from './port.ts';

const seenAs: Readonly<Partial<Record<CardFormat, readonly CardFormat[]>>> = {
  em32: ['em40'],
  wiegand26: ['em40', 'em32'],
};
const digits: Readonly<Partial<Record<CardFormat, number>>> = { em32: 8, wiegand26: 6 };

/** In the canonical writing of `format`; null: a reader of this format cannot read the card. */
export function cardTextOn(format: CardFormat, card: Card): string | null {
  const text = canonicalCard(card.format, card.number);
  if (text === null || card.format === format) return text;
  const length = digits[format];
  return length !== undefined && seenAs[format]?.includes(card.format) ? text.slice(-length) : null;
}
