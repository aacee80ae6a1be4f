/** The members' cards, each in at most one car at a time. */
import type { Random } from '../../core/ports.ts';
import type { Member } from '../../model/config/members.ts';
import type { Card, ReaderPort } from '../readers/port.ts';

export interface PoolCard extends Card {
  readonly member: string;
  /** Of the vehicle the card belongs to, or of the member's first one. */
  readonly grade: string | null;
  readonly tankMl: number | null;
}

const draws = 40; // so many cards are looked at for one that the reader takes and whose vehicle suits

export class CardPool {
  readonly #free: PoolCard[] = [];

  constructor(members: readonly Member[]) {
    for (const member of members) {
      for (const { number, format, vehicle: plate } of member.cards) {
        const vehicle = member.vehicles.find((one) => one.plate === plate) ?? member.vehicles[0];
        const tankMl = vehicle?.tankLitres === undefined ? null : vehicle.tankLitres * 1_000;
        this.release({ member: member.id, number, format, grade: vehicle?.grade ?? null, tankMl });
      }
    }
  }

  /** A card for this reader that is in no other car, its vehicle taking one of the grades where possible; null: none was found. */
  take(random: Random, reader: ReaderPort, grades: readonly string[]): PoolCard | null {
    let found = -1;
    for (let draw = 0; draw < draws && this.#free.length > 0; draw++) {
      const index = Math.floor(random() * this.#free.length);
      const card = this.#free[index];
      if (card === undefined || !reader.takes(card)) continue;
      found = index;
      if (card.grade === null || grades.includes(card.grade)) break;
    }
    return found < 0 ? null : (this.#free.splice(found, 1)[0] ?? null);
  }

  release(card: PoolCard): void {
    this.#free.push(card);
  }
}
