/** The demonstration's days before its first start, and what the station makes of them. */
import { describe, expect, it } from 'vitest';
import { recordQuietDays } from '../../../src/cli/quietDays.ts';
import { freshLeak, leakFinding, parseLeak } from '../../../src/core/wetstock/leak.ts';
import { faultPresets } from '../../../src/simulator/faults.ts';
import { createSimulation } from '../../../src/simulator/simulation.ts';
import type { LoadedStation } from '../../../src/station/configuration/load.ts';
import { systemClock } from '../../../src/station/systemClock.ts';
import { openStore } from '../../../src/store/store.ts';
import { stationOfTanks } from '../../support/tankStation.ts';
import { recordingLog, tempDirectory } from '../../support/tempStore.ts';

const config = stationOfTanks({ id: '98', densityKgPerM3: 745 }, [{ id: 'TIGHT' }, { id: 'LEAKY' }]);

describe('the closed days before a demonstration', () => {
  it('are in the books once: the tank that leaks is found, the tight one is not', () => {
    const storeDirectory = tempDirectory();
    const loaded = { config, storeDirectory } as LoadedStation;
    const given = { clock: systemClock, log: recordingLog() };
    const simulated = (seed: number) =>
      createSimulation({
        ...{ station: config, profiles: new Map(), members: [], seed, speed: 8, faults: faultPresets.off },
        ...given,
        tanks: { quietHours: 120, leaks: [{ tank: 'LEAKY', litresPerHour: 1.5 }] },
      });
    recordQuietDays(loaded, simulated(1), given);
    recordQuietDays(loaded, simulated(2), given);

    const store = openStore({ directory: storeDirectory, site: 'T', ...given });
    const finding = (tank: string) => {
      const state = parseLeak(JSON.parse(store.tanks.machines.load(`leak:${tank}`) ?? 'null'));
      return leakFinding({ litresPerHour: 0.76 }, state ?? freshLeak(), false);
    };
    const levels = store.tanks.levels.between('LEAKY', 0 as never, systemClock.now(), 1_000);
    expect(levels).toHaveLength(720);
    expect(finding('LEAKY')).toMatchObject({ standing: true, text: expect.stringMatching(/^1\.\d\d L\/h/) });
    expect(finding('TIGHT').standing).toBe(false);
    store.close();
  });
});
