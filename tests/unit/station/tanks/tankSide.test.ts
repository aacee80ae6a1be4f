import { expect, it } from 'vitest';
import { freshLeak } from '../../../../src/core/wetstock/leak.ts';
import type { LoadedStation } from '../../../../src/station/configuration/load.ts';
import type { Feed } from '../../../../src/station/feed.ts';
import { createTankSide } from '../../../../src/station/tanks/tankSide.ts';
import type { Push } from '../../../../src/station/view.ts';
import { stationContext } from '../../../support/stationContext.ts';
import { stationOfTanks } from '../../../support/tankStation.ts';

const config = stationOfTanks({ id: '98', densityKgPerM3: 745 }, [{ id: 'T1' }]);
const feed: Feed = { start() {}, wake() {}, state() {}, report: () => null, stop: async () => {} };
const hour = 3_600_000;

it('a restart judges the idle hours that were kept when a minute is over', () => {
  const { context, advance } = stationContext();
  const last = context.clock.now();
  const spans = Array.from({ length: 60 }, (_, index) => ({
    ...{ at: last - (60 - index) * 5 * hour, hours: 4, slope: -0.76, error: 0.2 },
  }));
  context.store.transaction(() =>
    context.store.tanks.machines.save('leak:T1', JSON.stringify({ ...freshLeak(), last, spans })),
  );
  const pushed: Push[] = [];
  const side = createTankSide(
    context,
    { config, strappings: new Map() } as Partial<LoadedStation> as LoadedStation,
    {
      ...{ feed, points: () => [] },
      push: (event) => pushed.push(event),
    },
  );
  advance(59_000);
  side.tick();
  expect(pushed).toEqual([]);
  advance(1_000);
  side.tick();
  expect(pushed).toMatchObject([{ type: 'tank-alarm', data: { kind: 'leak-suspected' } }]);
});
