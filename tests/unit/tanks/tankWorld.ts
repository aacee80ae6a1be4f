/** A stock with a known truth: what flows in and out, and what a noisy, wavy probe says of it. Virtual time. */

import { stepDeliveries } from '../../../src/core/tanks/delivery/machine.ts';
import { parseDeliveries } from '../../../src/core/tanks/delivery/parse.ts';
import {
  type DeliveryFact,
  type DeliveryInput,
  type DeliverySpec,
  type DeliveryState,
  freshDeliveries,
} from '../../../src/core/tanks/delivery/types.ts';
import type { Delivery, GaugeDelivery, StockSample } from '../../../src/model/tank.ts';
import { type GramsPerM3, type Instant, instant, millilitres, monoMs } from '../../../src/model/units.ts';

export const t0 = 1_700_000_000_000;
export const minutes = (count: number): Instant => instant(t0 + Math.round(count * 60_000));

export const spec: DeliverySpec = {
  stock: 'tank-1',
  minVolume: millilitres(300_000),
  settleMs: 600_000,
  reportWaitMs: 0,
  density: 745_000 as GramsPerM3,
};

/** Park and Miller. */
export function noise(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

export interface Drop {
  /** Minutes. */
  readonly at: number;
  readonly litres: number;
  readonly litresPerMinute?: number;
}
export interface WorldOptions {
  readonly start?: number;
  readonly drops?: readonly Drop[];
  /** Litres a minute that nozzles take, by minute. */
  readonly sales?: (minute: number) => number;
  /** Litres that go otherwise. */
  readonly losses?: (minute: number) => number;
  /** Factor on the volume, of temperature. */
  readonly swell?: (minute: number) => number;
  readonly noiseLitres?: number;
  readonly waveLitres?: number;
  readonly seed?: number;
  readonly stepS?: number;
}

/** Samples over so many minutes. */
export function* world(until: number, options: WorldOptions = {}): Generator<StockSample> {
  const { start = 10_000, drops = [], sales, losses, swell, noiseLitres = 3, waveLitres = 90 } = options;
  const { stepS = 60, seed = 7 } = options;
  const random = noise(seed);
  let litres = start;
  let dispensed = 0;
  let stirred = Number.NEGATIVE_INFINITY;
  for (let s = 0; s <= until * 60; s += stepS) {
    const minute = s / 60;
    const part = stepS / 60;
    for (const { at, litres: all, litresPerMinute = 800 } of drops) {
      const left = all - Math.max(0, Math.min(all, (minute - part - at) * litresPerMinute));
      const now = minute > at ? Math.min(left, Math.min(part, minute - at) * litresPerMinute) : 0;
      if (now > 0) stirred = minute;
      litres += now;
    }
    const out = (sales?.(minute) ?? 0) * part;
    litres -= out + (losses?.(minute) ?? 0) * part;
    dispensed += out;
    const wave = waveLitres * Math.exp(-(minute - stirred) / 8) * Math.sin(2 * Math.PI * random());
    const told = litres * (swell?.(minute) ?? 1) + wave + noiseLitres * 2 * (random() + random() - 1);
    yield {
      at: minutes(minute),
      volume: millilitres(Math.round(told * 1000)),
      temperature: null,
      volumeAt15: null,
      dispensed: millilitres(Math.round(dispensed * 1000)),
      active: out > 0,
      deliveryInProgress: null,
    };
  }
}

export interface Driven {
  state: DeliveryState;
  readonly facts: DeliveryFact[];
  readonly delivered: Delivery[];
}

export function drive(
  inputs: Iterable<DeliveryInput | StockSample>,
  {
    restart = () => false,
    using = spec,
  }: { restart?: (index: number) => boolean; using?: DeliverySpec } = {},
): Driven {
  let state = freshDeliveries();
  const facts: DeliveryFact[] = [];
  let index = 0;
  for (const each of inputs) {
    const input: DeliveryInput = 'kind' in each ? each : { kind: 'sample', sample: each };
    const step = stepDeliveries(using, state, input);
    facts.push(...step.facts);
    state = restart(index++) ? parseDeliveries(JSON.parse(JSON.stringify(step.state))) : step.state;
  }
  return {
    state,
    facts,
    delivered: facts.flatMap((fact) => (fact.kind === 'delivered' ? [fact.delivery] : [])),
  };
}

/** A report of the gauge `g1`, minutes and litres. */
export function report(
  from: number,
  to: number,
  litres: readonly [number, number],
  more: Partial<GaugeDelivery> & { outside?: number } = {},
): Extract<DeliveryInput, { kind: 'report' }> {
  const { outside = null, ...fields } = more;
  const at = minutes(to);
  return {
    kind: 'report',
    gauge: 'g1',
    dispensed: outside === null ? null : millilitres(Math.round(outside * 1000)),
    report: {
      kind: 'delivery',
      ...{ tank: 1, at, mono: monoMs(0), startedAt: minutes(from), endedAt: at },
      gaugeStart: String(from),
      gaugeEnd: String(to),
      startVolume: millilitres(Math.round(litres[0] * 1000)),
      endVolume: millilitres(Math.round(litres[1] * 1000)),
      ...{ startCorrected: null, endCorrected: null, startTemperature: null, endTemperature: null },
      ...{ startWater: null, endWater: null, startHeight: null, endHeight: null, dispensed: null },
      ...fields,
    },
  };
}
