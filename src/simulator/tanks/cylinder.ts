/** A horizontal cylinder with flat ends: height of the surface in mm against litres. */

export interface Cylinder {
  readonly diameterMm: number;
  readonly capacityLitres: number;
  /** Litres below a height; outside the tank the nearest end. */
  litresAt(heightMm: number): number;
  heightAt(litres: number): number;
}

const steps = 2048;

/** The length follows from capacity and diameter. Volume: area of the circular segment times the length. */
export function cylinder(capacityLitres: number, diameterMm: number): Cylinder {
  const share = (fill: number): number => {
    const x = 1 - 2 * fill;
    return (Math.acos(x) - x * Math.sqrt(Math.max(0, 1 - x * x))) / Math.PI;
  };
  const table = Float64Array.from({ length: steps + 1 }, (_, i) => capacityLitres * share(i / steps));
  const at = (i: number): number => table[i] ?? 0;
  return {
    diameterMm,
    capacityLitres,
    litresAt: (heightMm) => capacityLitres * share(Math.min(1, Math.max(0, heightMm / diameterMm))),
    heightAt(litres) {
      if (litres <= 0) return 0;
      if (litres >= capacityLitres) return diameterMm;
      let low = 0;
      let high = steps;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (at(middle) <= litres) low = middle;
        else high = middle;
      }
      const fill = (low + (litres - at(low)) / (at(high) - at(low))) / steps;
      // one step of Newton mends what the table's chord leaves out
      const slope = (8 / Math.PI) * Math.sqrt(Math.max(1e-9, fill * (1 - fill))) * 0.5;
      const mended = fill - (share(fill) - litres / capacityLitres) / slope;
      return diameterMm * Math.min(high / steps, Math.max(low / steps, mended));
    },
  };
}
