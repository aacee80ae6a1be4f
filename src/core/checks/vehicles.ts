/** Which of a member's vehicles may have stood at a nozzle. */
import type { Member } from '../../model/config/members.ts';

export type Vehicle = Member['vehicles'][number];

/** A vehicle whose grade is not known takes any. */
export const takes = (vehicle: Vehicle, grade: string): boolean =>
  vehicle.grade === undefined || vehicle.grade === grade;

/**
 * Litres of the largest tank that this fill can have gone into: of the vehicles that take the grade, or of all where none
 * does (a wrong fuelling has its tank too). null: not known, for a vehicle that may be it has no tank in the file.
 */
export function largestTank(vehicles: readonly Vehicle[], grade: string): number | null {
  const fitting = vehicles.filter((vehicle) => takes(vehicle, grade));
  let largest = 0;
  for (const { tankLitres } of fitting.length > 0 ? fitting : vehicles) {
    if (tankLitres === undefined) return null;
    largest = Math.max(largest, tankLitres);
  }
  return largest === 0 ? null : largest;
}
