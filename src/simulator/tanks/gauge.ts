/** What the probe and the gauge's table make of a true surface: noise, waves, slow wander, drift, a table that is not quite right. */
import type { Random } from '../../core/ports.ts';
import type { Cylinder } from './cylinder.ts';
import { gaussian } from './gaussian.ts';
import type { Probe } from './tankOptions.ts';

const dayMs = 86_400_000;
/** Waves: as high as they get while fuel falls in, and how fast they die. */
const highestWaveMm = 6;
const waveDecayMs = 8 * 60_000;

export class Gauge {
  readonly #cylinder: Cylinder;
  readonly #probe: Probe;
  readonly #random: Random;
  readonly #phases: readonly number[];
  #wanderMm = 0;
  #driftMm = 0;
  #waveMm = 0;

  constructor(cylinder: Cylinder, probe: Probe, random: Random) {
    this.#cylinder = cylinder;
    this.#probe = probe;
    this.#random = random;
    this.#phases = [random(), random()].map((phase) => 2 * Math.PI * phase);
    this.#wanderMm = probe.wanderMm * gaussian(random);
  }

  /** Time goes on; `stirred`: fuel falls in. */
  pass(ms: number, stirred: boolean): void {
    const { wanderMm, wanderHours, driftMmPerDay } = this.#probe;
    const kept = Math.exp(-ms / (wanderHours * 3_600_000));
    this.#wanderMm = kept * this.#wanderMm + wanderMm * Math.sqrt(1 - kept * kept) * gaussian(this.#random);
    this.#driftMm += (driftMmPerDay * ms) / dayMs;
    this.#waveMm = stirred ? highestWaveMm : this.#waveMm * Math.exp(-ms / waveDecayMs);
  }

  /** Height in mm as told. */
  height(trueMm: number): number {
    const { noiseMm, resolutionMm } = this.#probe;
    const wave = this.#waveMm < 0.01 ? 0 : this.#waveMm * Math.sin(2 * Math.PI * this.#random());
    const heard = trueMm + this.#wanderMm + this.#driftMm + wave + noiseMm * gaussian(this.#random);
    return Math.max(0, resolutionMm * Math.round(heard / resolutionMm));
  }

  water(trueMm: number): number {
    const { noiseMm, resolutionMm } = this.#probe;
    if (trueMm <= 0) return 0;
    return Math.max(0, resolutionMm * Math.round((trueMm + noiseMm * gaussian(this.#random)) / resolutionMm));
  }

  temperature(trueC: number): number {
    const { temperatureBiasC, temperatureNoiseC } = this.#probe;
    return trueC + temperatureBiasC + temperatureNoiseC * gaussian(this.#random);
  }

  /** Litres in the gauge's own table. */
  litresAt(heightMm: number): number {
    return this.#cylinder.litresAt(heightMm) * (1 + this.#chartErrorAt(heightMm));
  }

  #chartErrorAt(heightMm: number): number {
    const x = heightMm / this.#cylinder.diameterMm;
    const [a = 0, b = 0] = this.#phases;
    const shape = 0.7 * Math.sin(2 * Math.PI * 0.5 * x + a) + 0.3 * Math.sin(2 * Math.PI * 1.2 * x + b);
    return this.#probe.chartError * shape;
  }
}
