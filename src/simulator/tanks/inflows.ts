/** Fuel that runs in, one drop after the other, and what the gauge tells of it: its flag, and its report afterwards. */
import type { GaugeShows } from './shows.ts';
import type { DeliveryNotice } from './tankOptions.ts';

/** What came in, at its own temperature and at 15 degC. */
export interface TrueDelivery {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly litres: number;
  readonly litres15: number;
  readonly temperatureC: number;
}

/** A delivery as the gauge reports it; its times are when its flag rose and fell. */
export interface GaugeReport {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly reportedAt: number;
  readonly start: GaugeShows;
  readonly end: GaugeShows;
}

export interface Drop {
  readonly litresPerMinute: number;
  readonly temperatureC: number;
  /** Litres still to come; 0: over. */
  left: number;
  /** Litres that came, at their own temperature and at 15 degC. */
  litres: number;
  litres15: number;
  startedAt: number;
}

/** Drops without a pause that the gauge could tell are one delivery to it. */
interface Seen {
  readonly start: GaugeShows;
  readonly flowSince: number;
  lastFlow: number;
}

export class Inflows {
  readonly done: TrueDelivery[] = [];
  readonly reports: GaugeReport[] = [];
  readonly #notice: DeliveryNotice;
  readonly #drops: Drop[] = [];
  readonly #toReport: { readonly startedAt: number; readonly endedAt: number; readonly start: GaugeShows }[] =
    [];
  #seen: Seen | null = null;

  constructor(notice: DeliveryNotice) {
    this.#notice = notice;
  }

  /** `before`: the gauge's measurement as the fuel comes. A second drop waits until the first is over. */
  add(
    at: number,
    { litres, ...drop }: { litres: number; temperatureC: number; litresPerMinute: number },
    before: GaugeShows,
  ): void {
    this.#drops.push({ ...drop, startedAt: at, left: litres, litres: 0, litres15: 0 });
    this.#seen ??= { start: before, flowSince: at, lastFlow: at };
  }

  /** The drop that runs. */
  get running(): Drop | undefined {
    return this.#drops[0];
  }

  /** What has still to come, the drop that runs first. */
  get toCome(): { litres: number; temperatureC: number; litresPerMinute: number }[] {
    return this.#drops.map(({ left, temperatureC, litresPerMinute }) => ({
      ...{ litres: left, temperatureC, litresPerMinute },
    }));
  }

  /** The next moment, after `now`, at which something here changes. */
  nextChange(now: number): number {
    const { noticedMs, settledMs, reportMs } = this.#notice;
    const times = this.#toReport.map(({ endedAt }) => endedAt + reportMs);
    const drop = this.#drops[0];
    if (drop) times.push(now + Math.max(1, Math.ceil((drop.left * 60_000) / drop.litresPerMinute)));
    if (this.#seen) times.push(this.#seen.flowSince + noticedMs, this.#seen.lastFlow + settledMs);
    return Math.min(...times.filter((time) => time > now));
  }

  /** The gauge's flag. */
  told(now: number): boolean {
    return this.#seen !== null && now >= this.#seen.flowSince + this.#notice.noticedMs;
  }

  /** What is over by now is over; `measure`: the gauge now. */
  look(now: number, measure: () => GaugeShows): void {
    const { noticedMs, settledMs, reportMs } = this.#notice;
    const drop = this.#drops[0];
    if (drop && this.#seen) this.#seen.lastFlow = now;
    if (drop && drop.left <= 1e-6) {
      this.#drops.shift();
      const { startedAt, litres, litres15, temperatureC } = drop;
      this.done.push({ startedAt, endedAt: now, litres, litres15, temperatureC });
      const next = this.#drops[0];
      if (next) next.startedAt = now;
    }
    const seen = this.#seen;
    if (seen && !this.#drops[0] && now >= seen.lastFlow + settledMs) {
      this.#toReport.push({ startedAt: seen.flowSince + noticedMs, endedAt: now, start: seen.start });
      this.#seen = null;
    }
    const first = this.#toReport[0];
    if (!first || now < first.endedAt + reportMs) return;
    this.#toReport.shift();
    this.reports.push({ ...first, reportedAt: now, end: measure() });
  }
}
