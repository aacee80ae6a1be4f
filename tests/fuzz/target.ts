/** What the fuzz run wants of a parser: how an input is made, and what must hold of whatever is done with it. */
import { ForecourtError } from '../../src/model/errors.ts';
import type { Rng } from './random.ts';

/** `accepted` inputs were checked by a predicate that does not use the parser's own code. */
export type Verdict = 'accepted' | 'refused';

export interface Target {
  readonly name: string;
  /** Part of all inputs of a run, relative to the others'. */
  readonly share: number;
  /** Before the first and after the last input. */
  begin?(): Promise<void>;
  end?(): Promise<void>;
  /** An input, as bytes that the corpus can keep. */
  make(rng: Rng): Buffer;
  /** Throws `Broken` where a law does not hold; whatever else it throws is a crash of the parser. */
  run(input: Buffer): Verdict | Promise<Verdict>;
}

/** A law that does not hold. */
export class Broken extends Error {
  constructor(law: string, details: Record<string, unknown> = {}) {
    super(
      `${law} ${JSON.stringify(details, (_, value) => (typeof value === 'bigint' ? `${value}n` : value))}`,
    );
    this.name = 'Broken';
  }
}

export function holds(condition: boolean, law: string, details: Record<string, unknown> = {}): void {
  if (!condition) throw new Broken(law, details);
}

/** Runs `work`; a ForecourtError is a refusal (null), anything else goes on as the crash that it is. */
export function coded<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof ForecourtError && error.code !== 'INTERNAL') return null;
    throw error;
  }
}

export const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
