/** A reader repeats its frame while the card lies there: that is one read. */
import type { CardFormat } from '../../model/readings.ts';
import type { MonoMs } from '../../model/units.ts';

const repeatMs = 1_500;
/** Cards that can lie on one antenna together. */
const remembered = 8;

/** @returns true when the same text came within 1.5 s before; each repetition counts from anew */
export function repeatFilter(): (format: CardFormat, text: string, mono: MonoMs) => boolean {
  const seen = new Map<string, MonoMs>();
  return (format, text, mono) => {
    const name = `${format}:${text}`;
    const last = seen.get(name);
    seen.delete(name);
    seen.set(name, mono);
    if (seen.size > remembered) seen.delete(seen.keys().next().value ?? name);
    return last !== undefined && mono - last <= repeatMs;
  };
}
