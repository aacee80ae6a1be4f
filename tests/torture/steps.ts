/** The steps to die at: learned from the daemon's own passing, and taken in turn, the least visited first. */
import type { Dice } from './random.ts';

export interface Steps {
  /** Steps that a life passed. */
  passed(steps: readonly string[]): void;
  hit(step: string): void;
  /** null: none is known yet. */
  choose(): string | null;
  /** Kills by step, in the order in which the steps were learned; 0: known, and nobody died there. */
  hits(): ReadonlyMap<string, number>;
  /** `visited/known`. */
  readonly covered: string;
}

/** A step that is rare costs a life of seconds at each try: it is tried so much less often. */
const missWeighs = 4;

export function createSteps(dice: Dice): Steps {
  const hits = new Map<string, number>();
  const chosen = new Map<string, number>();
  return {
    passed(steps) {
      for (const step of steps) if (!hits.has(step)) hits.set(step, 0);
    },
    hit(step) {
      hits.set(step, (hits.get(step) ?? 0) + 1);
    },
    choose() {
      const weight = (step: string): number => {
        const times = hits.get(step) ?? 0;
        return times + missWeighs * ((chosen.get(step) ?? 0) - times);
      };
      const least = Math.min(...[...hits.keys()].map(weight));
      const step = dice.pick([...hits.keys()].filter((each) => weight(each) === least)) ?? null;
      if (step !== null) chosen.set(step, (chosen.get(step) ?? 0) + 1);
      return step;
    },
    hits: () => hits,
    get covered() {
      return `${[...hits.values()].filter((count) => count > 0).length}/${hits.size}`;
    },
  };
}
