/**
 * Volume correction to 15 degC, API/ASTM table 54B (petroleum products), from its formula. Densities are those at 15 degC
 * unless said otherwise.
 */
import {
  type CentiCelsius,
  type GramsPerM3,
  gramsPerM3,
  type Millilitres,
  millilitres,
} from '../../model/units.ts';

/** What is refused as no fuel, or no temperature of fuel in a tank; chosen for this product, not the printed table's ends. */
const density = { least: 600, most: 1_100 } as const;
const celsius = { least: -50, most: 95 } as const;

/** Per degC at 15 degC; `rho` in kg/m3. */
function expansion(rho: number): number {
  if (rho < 770) return (346.4228 + 0.4388 * rho) / rho ** 2;
  if (rho < 788) return -0.00336312 + 2680.3206 / rho ** 2;
  if (rho < 839) return 594.5418 / rho ** 2;
  return (186.9696 + 0.4862 * rho) / rho ** 2;
}

/** What one litre at `temperature` is at 15 degC: VCF = exp(-a dT (1 + 0.8 a dT)). null: density or temperature is no fuel's. */
export function volumeCorrection(density15: GramsPerM3, temperature: CentiCelsius): number | null {
  const [rho, t] = [density15 / 1000, temperature / 100];
  if (!(rho >= density.least && rho <= density.most && t >= celsius.least && t <= celsius.most)) return null;
  const part = expansion(rho) * (t - 15);
  return Math.exp(-part * (1 + 0.8 * part));
}

/** A volume at `temperature`, at 15 degC. null: density or temperature is no fuel's. */
export function at15(
  volume: Millilitres,
  density15: GramsPerM3,
  temperature: CentiCelsius,
): Millilitres | null {
  const factor = volumeCorrection(density15, temperature);
  return factor === null ? null : millilitres(Math.round(volume * factor));
}

/**
 * The density at 15 degC of what has `observed` at `temperature`: density15 = observed / VCF(density15), by repetition.
 * null: it is no fuel's.
 */
export function densityAt15(observed: GramsPerM3, temperature: CentiCelsius): GramsPerM3 | null {
  let found: number = observed;
  for (let round = 0; round < 20; round++) {
    const factor = volumeCorrection(found as GramsPerM3, temperature);
    if (factor === null) return null;
    const next = observed / factor;
    if (Math.abs(next - found) < 0.5) return gramsPerM3(Math.round(next));
    found = next;
  }
  return gramsPerM3(Math.round(found));
}
