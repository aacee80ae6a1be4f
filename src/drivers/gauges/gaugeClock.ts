/**
 * How far the gauge's clock is from the station's. Gauges print whole minutes, so one look tells the difference within a
 * minute; looks that follow narrow it, because the minute turns between two of them.
 */
import { timeFields } from '../../core/tls/times.ts';
import { type Instant, instant } from '../../model/units.ts';
import type { LocalClock } from './options.ts';

const minuteMs = 60_000;
/** Clocks drift: bounds that were found hold less and less. */
const driftPerMs = 1e-4;

export class GaugeClock {
  readonly #local: LocalClock;
  readonly #utc: boolean;
  /** Gauge's time less the station's, milliseconds. */
  #least = Number.NEGATIVE_INFINITY;
  #most = Number.POSITIVE_INFINITY;
  #seenAt: Instant | null = null;

  constructor(local: LocalClock, utc: boolean) {
    this.#local = local;
    this.#utc = utc;
  }

  /** The gauge printed `time` (`YYYYMMDDHHmm`) in a reply that was whole at `at`. @returns what it means as an instant */
  saw(time: string, at: Instant): Instant | null {
    const printed = this.#instantOf(time);
    if (printed === null) return null;
    const widened = this.#seenAt === null ? 0 : Math.max(0, at - this.#seenAt) * driftPerMs;
    // Printed is its minute's beginning; a reply may be a while on the line, which only lowers what is seen.
    const least = printed - at;
    const most = least + minuteMs;
    this.#least = Math.max(this.#least - widened, least);
    this.#most = Math.min(this.#most + widened, most);
    if (this.#least > this.#most) {
      // One of the clocks was set.
      this.#least = least;
      this.#most = most;
    }
    this.#seenAt = at;
    return printed;
  }

  /** Milliseconds; null before the first look. Zero as long as the clocks may agree. */
  get offsetMs(): number | null {
    if (this.#seenAt === null) return null;
    if (this.#least <= 0 && this.#most >= 0) return 0;
    return Math.round((this.#least + this.#most) / 2);
  }

  /** A time that the gauge printed, by the station's clock; null where there is no such minute. */
  toStation(time: string): Instant | null {
    const printed = this.#instantOf(time);
    return printed === null ? null : instant(printed - (this.offsetMs ?? 0));
  }

  /** What the gauge would print at an instant: `YYYYMMDDHHmm`. */
  toGauge(at: Instant): string {
    return this.#textOf(instant(at + (this.offsetMs ?? 0)));
  }

  /** What a gauge that is right prints at an instant: `YYYYMMDDHHmm`. */
  right(at: Instant): string {
    return this.#textOf(at);
  }

  /** The clock was set: what was known of it is void. */
  forget(): void {
    this.#least = Number.NEGATIVE_INFINITY;
    this.#most = Number.POSITIVE_INFINITY;
    this.#seenAt = null;
  }

  #instantOf(time: string): Instant | null {
    const { year, month, day, hour, minute } = timeFields(time);
    if (this.#utc) return instant(Date.UTC(year, month - 1, day, hour, minute));
    return this.#local.toInstant({ year, month, day, hour, minute });
  }

  #textOf(at: Instant): string {
    if (this.#utc) return new Date(at).toISOString().replace(/\D/g, '').slice(0, 12);
    const { year, month, day, hour, minute } = this.#local.toLocal(at);
    const two = (value: number) => String(value).padStart(2, '0');
    return `${String(year).padStart(4, '0')}${two(month)}${two(day)}${two(hour)}${two(minute)}`;
  }
}
