/** A Modbus reader: a tag lies in its registers until it is cleared or taken away. */
import { encodeField } from '../../core/registers/field.ts';
import { type RegisterMap, registerKey } from '../../core/registers/image.ts';
import { encodeTag, tagRange } from '../../core/registers/tag.ts';
import type { ReaderProfile } from '../../model/config/readerProfile.ts';
import type { Scheduler } from '../scheduler.ts';
import type { RegisterBank } from '../slave.ts';
import type { Tally } from '../tally.ts';
import { cardTextOn } from './cardText.ts';
import type { Card, ReaderPort } from './port.ts';

const dwellPolls = 6; // a card is held to the reader for so many of its polls
const waitingCards = 20;

/** `scheduler` runs in real time: a hand holds a card no shorter because the forecourt is simulated fast. */
export function modbusReader(
  id: string,
  profile: ReaderProfile,
  scheduler: Scheduler,
  tally: Tally,
): { port: ReaderPort; bank: RegisterBank } {
  const { clear, timing } = profile;
  let tag: readonly number[] | null = null;
  let resting = false;
  const waiting: (readonly number[])[] = [];

  function next(): void {
    const words = tag === null && !resting ? waiting.shift() : undefined;
    if (words === undefined) return;
    tag = words;
    tally.scans++;
    if (clear === undefined) scheduler.after(dwellPolls * timing.pollMs, takeAway);
  }

  /** Long enough apart for the same card to count as a new read. */
  function takeAway(): void {
    tag = null;
    resting = true;
    scheduler.after(timing.awayMs + dwellPolls * timing.pollMs, () => {
      resting = false;
      next();
    });
  }

  const registers = (): RegisterMap => {
    const { table, address } = tagRange(profile);
    const map: RegisterMap = new Map();
    for (const [index, word] of (tag ?? encodeTag(profile, null)).entries())
      map.set(registerKey(table, address + index), word);
    if (profile.presence !== undefined) {
      const place = { order: profile.order, addressBase: profile.addressBase, pointOffset: 0, hoseIndex: 0 };
      for (const write of encodeField(profile.presence, place, tag === null ? 0n : 1n)) {
        const key = registerKey(write.table, write.address);
        map.set(key, ((map.get(key) ?? 0) & ~write.mask) | write.value);
      }
    }
    return map;
  };

  const tagOf = (card: Card): number[] | null => {
    const text = cardTextOn(profile.format, card);
    try {
      return text === null ? null : encodeTag(profile, text);
    } catch {
      return null; // longer than the registers
    }
  };

  return {
    port: {
      id,
      takes: (card) => tagOf(card) !== null,
      present(card) {
        const words = tagOf(card);
        if (words === null) return;
        if (waiting.length >= waitingCards) {
          tally.scansUnheard++;
          return;
        }
        waiting.push(words);
        next();
      },
    },
    bank: {
      powered: () => true,
      hasHoles: () => false,
      read(table, address, count) {
        const map = registers();
        const values = Array.from({ length: count }, (_, offset) =>
          map.get(registerKey(table, address + offset)),
        );
        return values.every((value) => value !== undefined) ? values : 'illegal-address';
      },
      write(table, address, values) {
        const wanted = clear?.function === 'write-coil' ? 'coil' : 'holding';
        if (clear === undefined || table !== wanted || address !== clear.address - profile.addressBase)
          return 'illegal-address';
        if (values.length !== clear.values.length || values.some((value, n) => value !== clear.values[n]))
          return 'illegal-value';
        if (tag !== null) takeAway();
        return null;
      },
    },
  };
}
