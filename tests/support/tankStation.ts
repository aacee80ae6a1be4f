/** A station's file of tanks alone, all of one grade. */
import { type StationConfig, stationSchema } from '../../src/model/config/station.ts';

export const stationOfTanks = (
  grade: { readonly id: string; readonly densityKgPerM3: number },
  tanks: readonly { readonly id: string; readonly manifold?: string }[],
): StationConfig =>
  stationSchema.parse({
    site: { id: 'T', zone: 'UTC' },
    store: { directory: 'x' },
    program: 'x',
    grades: [grade],
    tanks: tanks.map((tank) => ({ ...tank, grade: grade.id, capacityLitres: 20_000 })),
  });
