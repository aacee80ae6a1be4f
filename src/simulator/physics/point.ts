/**
 * One fuelling point of a dispenser as a machine of its own: IFSF states, a display, the record of its last sale.
 * It has no timers: what has run is computed from the simulated time at which it is asked.
 */
import type { DispenserState } from '../../model/readings.ts';
import type { Millilitres, Money, UnitPrice } from '../../model/units.ts';
import { millilitres, money } from '../../model/units.ts';
import { type FlowPlan, flowAt } from './flow.ts';
import type { Hose } from './hose.ts';
import type { Measure } from './measure.ts';

/** End codes as on the C5000: 1 nozzle hung up, 7 error. */
export const endCodes = { nozzle: 1, error: 7 } as const;

export interface LastSale {
  readonly number: number | null;
  readonly hose: number;
  readonly volume: Millilitres;
  readonly amount: Money;
  readonly price: UnitPrice;
  readonly endCode: number;
}

/** What a point knows without power. */
export interface PointMemory {
  /** Totalizers by hose as they are shown: ml and minor units. */
  readonly hoses: readonly { readonly volume: number; readonly amount: number }[];
  readonly last: LastSale;
  readonly held: boolean;
}

/** A fuelling that ended with fuel. */
export interface EndedFuelling {
  readonly sale: LastSale;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly totalizerStart: Millilitres;
  readonly totalizerEnd: Millilitres;
}

export interface Display {
  readonly state: DispenserState;
  /** null: all nozzles are hung up. */
  readonly hose: number | null;
  readonly volume: Millilitres;
  readonly amount: Money;
  readonly price: UnitPrice;
}

export interface PointSettings {
  readonly measure: Measure;
  readonly totalizers: 'live' | 'at-end';
  readonly saleNumbers: { readonly first: number; readonly last: number } | null;
  /** The last sale stays at the point, and nobody is served, until it is acknowledged. */
  readonly holdsSale: boolean;
}

type Phase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'calling' | 'authorised'; readonly hose: Hose }
  | { readonly kind: 'fuelling'; readonly hose: Hose; readonly sinceMs: number; readonly plan: FlowPlan }
  /** Power came back with the nozzle still out. */
  | { readonly kind: 'cut'; readonly hose: Hose };

export class DispenserPoint {
  readonly hoses: readonly Hose[];
  readonly #settings: PointSettings;
  #phase: Phase = { kind: 'idle' };
  #held: boolean;
  #shown: { volume: Millilitres; amount: Money; price: UnitPrice };
  #last: LastSale;

  /** `last` is the sale before the simulation began; `held`: nobody has acknowledged it yet. */
  constructor(hoses: readonly Hose[], settings: PointSettings, last: LastSale, held = false) {
    this.hoses = hoses;
    this.#settings = settings;
    this.#last = last;
    this.#held = held && settings.holdsSale;
    this.#shown = { volume: last.volume, amount: last.amount, price: last.price };
  }

  get lastSale(): LastSale {
    return this.#last;
  }

  /** What it would still know without power. */
  get memory(): PointMemory {
    return { hoses: this.hoses.map((hose) => hose.shown()), last: this.#last, held: this.#held };
  }

  /** Ready for the next car. */
  get free(): boolean {
    return this.#phase.kind === 'idle' && !this.#held;
  }

  lift(number: number): void {
    const hose = this.hoses.find((candidate) => candidate.number === number);
    if (hose === undefined || !this.free) return;
    this.#phase = { kind: 'calling', hose };
    this.#shown = { volume: millilitres(0), amount: money(0), price: hose.price };
  }

  authorise(): void {
    if (this.#phase.kind === 'calling') this.#phase = { kind: 'authorised', hose: this.#phase.hose };
  }

  start(plan: FlowPlan, nowMs: number): void {
    if (this.#phase.kind === 'authorised') {
      this.#phase = { kind: 'fuelling', hose: this.#phase.hose, sinceMs: nowMs, plan };
    }
  }

  /** The nozzle goes back: a fuelling with fuel becomes the last sale and is returned. */
  hangUp(nowMs: number): EndedFuelling | null {
    const ended = this.#end(nowMs, endCodes.nozzle);
    this.#phase = { kind: 'idle' };
    return ended;
  }

  /** Power is gone and comes back: the display is lost, what had run is in totalizers and record. */
  reboot(nowMs: number): EndedFuelling | null {
    const ended = this.#end(nowMs, endCodes.error);
    this.#phase = 'hose' in this.#phase ? { kind: 'cut', hose: this.#phase.hose } : this.#phase;
    this.#shown = { volume: millilitres(0), amount: money(0), price: this.#shown.price };
    return ended;
  }

  /** The controller has the sale; false when there was none to release. */
  acknowledge(): boolean {
    const held = this.#held;
    this.#held = false;
    return held;
  }

  display(nowMs: number): Display {
    const phase = this.#phase;
    const hose = 'hose' in phase ? phase.hose.number : null;
    const running = this.#running(nowMs);
    if (running !== null) {
      const { volume, amount, price, flowing } = running;
      return { state: flowing ? 'fuelling' : 'suspended-fuelling', hose, volume, amount, price };
    }
    if (this.#held) return { state: 'completed', hose, ...this.#shown };
    if (phase.kind === 'cut') return { state: 'calling', hose, ...this.#shown };
    return { state: phase.kind === 'fuelling' ? 'started' : phase.kind, hose, ...this.#shown };
  }

  /** The totalizers of a hose as its registers show them. */
  totals(hose: Hose, nowMs: number): { volume: Millilitres; amount: Money } {
    const running = this.#settings.totalizers === 'live' ? this.#running(nowMs) : null;
    return running !== null && running.hose === hose ? hose.shown(running) : hose.shown();
  }

  /** Millilitres that have come out of a hose (1-based) since the simulation started, what runs now included. */
  flowed(number: number, nowMs: number): number {
    const running = this.#running(nowMs);
    const counted = this.hoses[number - 1]?.counted.volume ?? 0;
    return counted + (running?.hose.number === number ? running.volume : 0);
  }

  /** A fuelling at this moment; null before its first step of volume. */
  #running(nowMs: number) {
    if (this.#phase.kind !== 'fuelling') return null;
    const { hose, plan, sinceMs } = this.#phase;
    const { ml, flowing } = flowAt(plan, nowMs - sinceMs);
    const volume = this.#settings.measure.volume(ml);
    if (volume === 0) return null;
    const amount = this.#settings.measure.cost(volume, hose.price);
    return { hose, volume, amount, price: hose.price, flowing, sinceMs };
  }

  #end(nowMs: number, endCode: number): EndedFuelling | null {
    const running = this.#running(nowMs);
    if (running === null) return null;
    const { hose, volume, amount, price, sinceMs } = running;
    const totalizerStart = hose.shown().volume;
    hose.count(volume, amount);
    this.#last = { number: this.#nextNumber(), hose: hose.number, volume, amount, price, endCode };
    this.#shown = { volume, amount, price };
    this.#held = this.#settings.holdsSale;
    return {
      sale: this.#last,
      startedMs: sinceMs,
      endedMs: nowMs,
      totalizerStart,
      totalizerEnd: hose.shown().volume,
    };
  }

  #nextNumber(): number | null {
    const { saleNumbers } = this.#settings;
    if (saleNumbers === null || this.#last.number === null) return null;
    return this.#last.number >= saleNumbers.last ? saleNumbers.first : this.#last.number + 1;
  }
}
