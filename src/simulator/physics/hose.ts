/** One hose and its totalizers, which count for ever and start again at their modulus. */
import type { Millilitres, Money, UnitPrice } from '../../model/units.ts';
import { millilitres, money } from '../../model/units.ts';

/** Where counters start again from zero, in millilitres and minor units; Infinity: never. */
export interface Modulus {
  readonly volume: number;
  readonly amount: number;
}

export class Hose {
  readonly number: number;
  readonly price: UnitPrice;
  readonly #modulus: Modulus;
  readonly #startVolume: number;
  readonly #startAmount: number;
  #volume = 0;
  #amount = 0;

  constructor(number: number, price: UnitPrice, start: { volume: number; amount: number }, modulus: Modulus) {
    this.number = number;
    this.price = price;
    this.#modulus = modulus;
    this.#startVolume = start.volume;
    this.#startAmount = start.amount;
  }

  /** What came out since the simulation started. */
  get counted(): { volume: number; amount: number } {
    return { volume: this.#volume, amount: this.#amount };
  }

  count(volume: number, amount: number): void {
    this.#volume += volume;
    this.#amount += amount;
  }

  /** The totalizers as a reader sees them, `flowing` being fuel that runs now and is already counted. */
  shown(flowing: { volume: number; amount: number } = { volume: 0, amount: 0 }): {
    volume: Millilitres;
    amount: Money;
  } {
    return {
      volume: millilitres((this.#startVolume + this.#volume + flowing.volume) % this.#modulus.volume),
      amount: money((this.#startAmount + this.#amount + flowing.amount) % this.#modulus.amount),
    };
  }
}
