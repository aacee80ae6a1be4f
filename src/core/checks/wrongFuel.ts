/** A nozzle is lifted whose grade no vehicle of the waiting cards takes. It warns; it never blocks. */
import { takes, type Vehicle } from './vehicles.ts';

/** `vehicles`: the card's own one, or all of its member's. */
export interface WaitingCard {
  readonly member: string;
  readonly vehicles: readonly Vehicle[];
}

export interface WrongFuel {
  /** The member, when all waiting cards are one member's. */
  readonly member: string | null;
  /** Grades that the vehicles take, in order of the alphabet. */
  readonly expected: readonly string[];
  readonly text: string;
}

/** null: no card waits, some vehicle takes the grade, or it is not known what one takes. */
export function wrongFuel(grade: string, waiting: readonly WaitingCard[]): WrongFuel | null {
  if (waiting.length === 0) return null;
  // A member without vehicles in the file may drive anything.
  if (waiting.some(({ vehicles }) => vehicles.length === 0 || vehicles.some((each) => takes(each, grade))))
    return null;
  const vehicles = waiting.flatMap((card) => card.vehicles);
  const expected = [...new Set(vehicles.flatMap((vehicle) => vehicle.grade ?? []))].sort();
  const members = new Set(waiting.map((card) => card.member));
  const [only] = members;
  return {
    member: members.size === 1 ? (only ?? null) : null,
    expected,
    text: `the nozzle lifted is ${grade}; the vehicle takes ${expected.join(' or ')}`,
  };
}
