/** Thermal expansion of petrol and diesel: API/ASTM table 54B. */

/** Litres at 15 degC in one litre at `celsius`; density in kg/m3 at 15 degC. */
export function litresAt15(density: number, celsius: number): number {
  const change = celsius - 15;
  const part = coefficient(density) * change;
  return Math.exp(-part * (1 + 0.8 * part));
}

function coefficient(density: number): number {
  if (density < 770) return (346.4228 + 0.4388 * density) / density ** 2;
  if (density < 788) return -0.00336312 + 2680.3206 / density ** 2;
  if (density < 839) return 594.5418 / density ** 2;
  return (186.9696 + 0.4862 * density) / density ** 2;
}
