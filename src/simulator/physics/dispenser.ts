/** A dispenser of the station's file: its fuelling points and its power. */
import type { DispenserProfile } from '../../model/config/profile.ts';
import type { DeviceConfig } from '../../model/config/station.ts';
import type { Scheduler } from '../scheduler.ts';
import type { DispenserPoint, EndedFuelling } from './point.ts';

/** Told when a point loses power with a nozzle out; `ended` is the fuelling that it cut, if fuel had run. */
export type CutListener = (ended: EndedFuelling | null) => void;

export class Dispenser {
  readonly config: DeviceConfig;
  readonly profile: DispenserProfile;
  /** By the device's own number, 1-based. */
  readonly points: ReadonlyMap<number, DispenserPoint>;
  readonly #scheduler: Scheduler;
  readonly #cutListeners = new Map<number, CutListener>();
  #downUntilMs = 0;

  constructor(
    config: DeviceConfig,
    profile: DispenserProfile,
    points: ReadonlyMap<number, DispenserPoint>,
    scheduler: Scheduler,
  ) {
    this.config = config;
    this.profile = profile;
    this.points = points;
    this.#scheduler = scheduler;
  }

  /** Simulated milliseconds until it has power again; 0: it has. */
  get downMs(): number {
    return Math.max(0, this.#downUntilMs - this.#scheduler.now());
  }

  onCut(point: number, listener: CutListener): void {
    this.#cutListeners.set(point, listener);
  }

  /** Power fails now; the device answers again after so many simulated milliseconds. */
  reboot(ms: number): void {
    const now = this.#scheduler.now();
    this.#downUntilMs = now + ms;
    for (const [number, point] of this.points) {
      const out = point.display(now).hose !== null;
      const ended = point.reboot(now);
      if (out) this.#cutListeners.get(number)?.(ended);
    }
  }
}
