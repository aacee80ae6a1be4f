/** What a driver means to do, decided when the car arrives. */
import type { Random } from '../../core/ports.ts';
import type { FuellingPointConfig } from '../../model/config/station.ts';
import type { Millilitres } from '../../model/units.ts';
import type { Behaviour, ScanMoment } from '../options.ts';
import { type FlowPlan, planFlow } from '../physics/flow.ts';
import type { Hose } from '../physics/hose.ts';
import type { Measure } from '../physics/measure.ts';
import { between, pick, weighted, whole } from '../physics/random.ts';
import type { ReaderPort } from '../readers/port.ts';
import type { CardPool, PoolCard } from './cardPool.ts';

export interface Visit {
  readonly nozzle: FuellingPointConfig['nozzles'][number];
  readonly hose: Hose;
  readonly card: PoolCard | null;
  readonly reader: ReaderPort | null;
  readonly when: ScanMoment;
  readonly plan: FlowPlan;
  /** Lifts and hangs up again without a drop. */
  readonly changesMind: boolean;
}

export interface Place {
  readonly fuellingPoint: FuellingPointConfig;
  readonly measure: Measure;
  readonly hoses: readonly Hose[];
  readonly readers: readonly ReaderPort[];
  readonly cards: CardPool;
  readonly behaviour: Behaviour;
  readonly random: Random;
}

const smallestFillMl = 1_000;

/** Draws a visit; null when the point has no hose that the file and the dispenser agree on. */
export function planVisit(place: Place): Visit | null {
  const { random, behaviour } = place;
  const { nozzles } = place.fuellingPoint;
  const changesMind = random() < behaviour.zeroLiftShare;
  const reader = pick(random, place.readers) ?? null;
  const grades = nozzles.map(({ grade }) => grade);
  const card = reader === null ? null : place.cards.take(random, reader, grades);
  const nozzle = nozzles.find(({ grade }) => grade === card?.grade) ?? pick(random, nozzles);
  const hose = place.hoses.find(({ number }) => number === nozzle?.hose);
  if (nozzle === undefined || hose === undefined) {
    if (card !== null) place.cards.release(card);
    return null;
  }
  const { before, during, after, never } = behaviour.scan;
  const moment = weighted(
    random,
    [
      ['before', before],
      ['during', during],
      ['after', after],
      ['never', never],
    ],
    'never',
  );
  const volume = wantedVolume(place, hose, card?.tankMl ?? null);
  const pause =
    random() < behaviour.pauseShare
      ? { atMl: whole(random, 0, volume), ms: whole(random, 3_000, 15_000) }
      : undefined;
  const plan = planFlow(volume, behaviour.flow, pause);
  return { nozzle, hose, card, reader, when: changesMind ? 'never' : moment, plan, changesMind };
}

/** A round amount of money, round litres, or as much as the tank takes. */
function wantedVolume(place: Place, hose: Hose, tankMl: number | null): Millilitres {
  const { random, behaviour, measure } = place;
  const fill = measure.volume(Math.round(between(random, behaviour.fillMl)));
  const kind = random();
  let wanted: number = fill;
  if (kind < behaviour.roundAmountShare) {
    const cost = Math.max(1, measure.cost(fill, hose.price));
    const round = Math.max(1, Math.floor(10 ** Math.floor(Math.log10(cost)) / 2)); // 237.50 becomes 250.00
    wanted = measure.volumeFor(Math.max(1, Math.round(cost / round)) * round, hose.price);
  } else if (kind < behaviour.roundAmountShare + behaviour.roundLitresShare) {
    wanted = Math.max(1, Math.round(fill / 5_000)) * 5_000;
  }
  return measure.volume(
    Math.min(Math.max(wanted, smallestFillMl), tankMl ?? wanted, measure.largest(hose.price)),
  );
}
