/** What the parts of a gauge's driver share. */
import type { GaugeFact } from '../../model/tank.ts';
import type { Instant } from '../../model/units.ts';
import type { Converter } from './convert.ts';
import type { GaugeClock } from './gaugeClock.ts';
import type { TlsGaugeOptions } from './options.ts';
import type { TlsInquiry } from './tlsInquiry.ts';

export interface TlsWork {
  readonly options: TlsGaugeOptions;
  readonly inquiry: TlsInquiry;
  readonly gaugeClock: GaugeClock;
  /** By the gauge's present units. */
  convert(refused: (field: string) => void): Converter;
  emit(fact: GaugeFact): void;
  /** A peculiarity, kept once. */
  quirk(words: string): void;
}

/** Instant of a time that the gauge printed in a reply of now: by its own clock, unmended. */
export function printedInstant(work: TlsWork, time: string | null): Instant | null {
  if (time === null) return null;
  const mended = work.gaugeClock.toStation(time);
  const offset = work.gaugeClock.offsetMs ?? 0;
  return mended === null ? null : ((mended + offset) as Instant);
}
