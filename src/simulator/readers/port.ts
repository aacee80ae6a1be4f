/** A card reader as a driver sees it. */
import type { CardFormat } from '../../model/readings.ts';

/** A card as the members' file has it. */
export interface Card {
  readonly number: string;
  readonly format: CardFormat;
}

export interface ReaderPort {
  readonly id: string;
  /** Takes this card: it can read it, and does not drop it as somebody else's. */
  takes(card: Card): boolean;
  /** A card is held to it. */
  present(card: Card): void;
}
