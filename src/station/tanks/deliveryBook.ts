/** Deliveries of each stock: the machine's steps, and what it concludes booked and told in one transaction with its state. */

import { isAtRest, stepDeliveries } from '../../core/tanks/delivery/machine.ts';
import { parseDeliveries } from '../../core/tanks/delivery/parse.ts';
import {
  type DeliveryFact,
  type DeliveryInput,
  type DeliverySpec,
  type DeliveryState,
  freshDeliveries,
} from '../../core/tanks/delivery/types.ts';
import type { Delivery } from '../../model/tank.ts';
import type { StoredDelivery } from '../../store/tanks/deliveries.ts';
import { rfc3339 } from '../businessDay.ts';
import type { StationContext } from '../context.ts';
import type { Stock } from './layout.ts';

export interface DeliveryBook {
  /** Books what the input concludes. Throws what the store throws; nothing has changed then. */
  step(stock: Stock, input: DeliveryInput): readonly StoredDelivery[];
  /** No delivery is under way or settling. */
  atRest(stock: string): boolean;
  underWay(stock: string): boolean;
  /** Keeps the states; inside a transaction. */
  save(): void;
}

const nameOf = (stock: string): string => `deliveries:${stock}`;

/** `told`: of each that was booked, after the commit. */
export function createDeliveryBook(
  context: StationContext,
  specs: ReadonlyMap<string, DeliverySpec>,
  told: (delivery: StoredDelivery) => void,
): DeliveryBook {
  const { store, log } = context;
  const states = new Map<string, DeliveryState>();
  for (const stock of specs.keys()) states.set(stock, load(stock));

  function load(stock: string): DeliveryState {
    const text = store.tanks.machines.load(nameOf(stock));
    if (text === null) return freshDeliveries();
    try {
      return parseDeliveries(JSON.parse(text));
    } catch (error) {
      log.error({ err: error, stock }, 'what was known of deliveries cannot be read; it begins anew');
      return freshDeliveries();
    }
  }
  const stateOf = (stock: string): DeliveryState => states.get(stock) ?? freshDeliveries();
  const save = (stock: string, state: DeliveryState): void =>
    store.tanks.machines.save(nameOf(stock), JSON.stringify(state));

  const book = (stock: Stock, delivery: Delivery): StoredDelivery | null => {
    const businessDate = context.businessDate(delivery.endedAt);
    const number = store.tanks.deliveries.add(delivery, { grade: stock.grade, businessDate });
    if (number === null) return null;
    const at = context.clock.now();
    store.journal.append('delivery.completed', stock.id, at, context.businessDate(at), {
      delivery: number,
      key: delivery.key,
      stock: stock.id,
      tanks: stock.tanks.map(({ id }) => id),
      grade: stock.grade,
      source: delivery.source,
      startedAt: rfc3339(delivery.startedAt),
      endedAt: rfc3339(delivery.endedAt),
      startMl: delivery.startVolume,
      endMl: delivery.endVolume,
      dispensedMl: delivery.dispensed,
      volumeMl: delivery.volume,
      volumeAt15Ml: delivery.volumeAt15,
      temperatureCentiC: delivery.temperature,
      flags: [...delivery.flags],
    });
    return { ...delivery, number, grade: stock.grade, businessDate };
  };

  return {
    step(stock, input) {
      const spec = specs.get(stock.id);
      if (!spec) return [];
      const { state, facts } = stepDeliveries(spec, stateOf(stock.id), input);
      const delivered = facts.flatMap((fact) => (fact.kind === 'delivered' ? [fact.delivery] : []));
      let booked: StoredDelivery[] = [];
      if (facts.length > 0)
        store.transaction(() => {
          booked = delivered.flatMap((delivery) => book(stock, delivery) ?? []);
          save(stock.id, state);
        });
      states.set(stock.id, state);
      for (const fact of facts) note(context, stock.id, fact);
      for (const delivery of booked) told(delivery);
      return booked;
    },
    atRest: (stock) => isAtRest(stateOf(stock)),
    underWay: (stock) => stateOf(stock).episode !== null,
    save() {
      for (const [stock, state] of states) save(stock, state);
    },
  };
}

function note({ log }: StationContext, stock: string, fact: DeliveryFact): void {
  if (fact.kind === 'delivered') {
    const { key, volume, source, flags } = fact.delivery;
    log.info({ stock, key, volumeMl: volume, source, flags }, 'delivery booked');
  } else if (fact.kind === 'matched')
    log.info(
      { stock, key: fact.key, report: fact.report },
      "the gauge's report is of a delivery that is booked",
    );
  else {
    const { reason, report, volume, startedAt } = fact;
    log.info({ stock, reason, report, volumeMl: volume, startedAt: rfc3339(startedAt) }, 'no delivery');
  }
}
