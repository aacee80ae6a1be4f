/**
 * The demonstration's days before its first start: the station stood closed, its gauges went on, and what they recorded is
 * in its books as if it had watched. The levels are the simulated tanks', the judgement is the station's own.
 */
import { freshLeak, stepLeak } from '../core/wetstock/leak.ts';
import { centiCelsius, instant, millilitres, tenthMillimetres } from '../model/units.ts';
import type { Simulation } from '../simulator/options.ts';
import type { LoadedStation } from '../station/configuration/load.ts';
import type { StationDeps } from '../station/deps.ts';
import { openStore } from '../store/store.ts';

/** Does nothing where the books know a level already. Errors: those of `openStore`. */
export function recordQuietDays(
  { config, storeDirectory }: LoadedStation,
  { tanks }: Pick<Simulation, 'tanks'>,
  { clock, log }: Pick<StationDeps, 'clock' | 'log'>,
): void {
  const store = openStore({ directory: storeDirectory, clock, log, site: config.site.id });
  const now = clock.now();
  try {
    for (const { id, manifold } of config.tanks) {
      if (manifold !== undefined || store.tanks.levels.newest(id) !== null) continue;
      let leak = freshLeak();
      const ml = (litres: number) => millilitres(Math.round(litres * 1000));
      store.transaction(() => {
        for (const { at: before, shows } of tanks.past(id)) {
          const at = instant(Math.round(now + before));
          const volume = ml(shows.volumeLitres);
          const volumeAt15 = ml(shows.volume15Litres);
          const temperature = centiCelsius(Math.round(shows.temperatureC * 100));
          leak = stepLeak(
            leak,
            {
              ...{ at, volume, temperature, volumeAt15, dispensed: millilitres(0) },
              ...{ active: false, deliveryInProgress: false },
            },
            false,
          );
          const height = tenthMillimetres(Math.round(shows.heightMm * 10));
          const water = tenthMillimetres(Math.round(shows.waterMm * 10));
          store.tanks.levels.add({
            ...{ tank: id, at, quality: 'good', volume, volumeAt15, height, water, temperature },
          });
        }
        store.tanks.machines.save(`leak:${id}`, JSON.stringify(leak));
      });
    }
  } finally {
    store.close();
  }
}
