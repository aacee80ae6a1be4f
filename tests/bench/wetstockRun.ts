/** One tank of the world through the cores, as the station drives them: what was found, and when. */

import { stepAlarms } from '../../src/core/tanks/alarms/machine.ts';
import { freshAlarms } from '../../src/core/tanks/alarms/types.ts';
import { isAtRest, stepDeliveries } from '../../src/core/tanks/delivery/machine.ts';
import { freshDeliveries } from '../../src/core/tanks/delivery/types.ts';
import { freshLeak, leakEstimate, leakFinding, stepLeak } from '../../src/core/wetstock/leak.ts';
import { type BalancedDay, meterEstimate, meterFinding } from '../../src/core/wetstock/meter.ts';
import { wetStockSchema } from '../../src/model/config/tanks.ts';
import type { Delivery } from '../../src/model/tank.ts';
import { gramsPerM3, type Instant, millilitres } from '../../src/model/units.ts';
import type { TrueDelivery } from '../../src/simulator/tanks/inflows.ts';
import { dayMs, epoch, runWorld, type WorldOptions } from './wetstockWorld.ts';

export interface TankRun {
  readonly options: WorldOptions;
  readonly booked: readonly Delivery[];
  readonly truth: readonly TrueDelivery[];
  /** Day on which each kind was raised first, and how often; fractions of days from the start. */
  readonly alarms: readonly { readonly kind: string; readonly day: number; readonly text: string }[];
  readonly rate: number | null;
  readonly meter: { readonly share: number; readonly plusMinus: number } | null;
  readonly days: readonly (BalancedDay & { readonly end: number })[];
}

const policy = wetStockSchema.parse({});
const closesAt = 6 * 3_600_000;
const judgeEveryMs = 30 * 60_000;

export function runTank(options: WorldOptions): TankRun {
  const stock = `T${options.tank}`;
  const spec = {
    stock,
    minVolume: millilitres(policy.deliveryMinLitres * 1000),
    settleMs: policy.deliverySettleMinutes * 60_000,
    reportWaitMs: options.reports ? 30 * 60_000 : 0,
    density: gramsPerM3(742_000),
  };
  const alarmSpec = {
    limits: null,
    suddenLoss: millilitres(policy.suddenLossLitres * 1000),
    clockToleranceMs: null,
  };
  let deliveries = freshDeliveries();
  let alarms = freshAlarms();
  let leak = freshLeak();
  const booked: Delivery[] = [];
  const raised: { kind: string; day: number; text: string }[] = [];
  const days: (BalancedDay & { end: number })[] = [];
  let judgedAt = 0;
  let opening: { at: number; volume: number; share: number; dispensed: number; booked: number } | null = null;

  function judge(at: Instant): void {
    const standing = (kind: string): boolean =>
      alarms.entries.some((entry) => entry.raised && entry.kind === kind);
    const estimate = leakEstimate(leak);
    const found = [
      {
        kind: 'leak-suspected' as const,
        ...leakFinding({ litresPerHour: policy.leakLitresPerHour }, leak, standing('leak-suspected')),
      },
      {
        kind: 'meter-drift' as const,
        ...meterFinding(days, estimate, policy.meterPercent / 100, standing('meter-drift')),
      },
    ];
    const external = stepAlarms(alarmSpec, alarms, { kind: 'external', at, alarms: found });
    alarms = external.state;
    for (const fact of external.facts)
      if (fact.kind === 'raise')
        raised.push({ kind: fact.alarm, day: (fact.at - epoch) / dayMs, text: fact.text });
  }

  const world = runWorld(options);
  let next = world.next();
  for (; !next.done; next = world.next()) {
    const event = next.value;
    const step = stepDeliveries(
      spec,
      deliveries,
      event.kind === 'sample'
        ? event
        : { kind: 'report', gauge: 'G', report: event.report, dispensed: millilitres(event.dispensed) },
    );
    deliveries = step.state;
    for (const fact of step.facts) if (fact.kind === 'delivered') booked.push(fact.delivery);
    if (event.kind !== 'sample') continue;
    const { sample } = event;
    const delivering = !isAtRest(deliveries);
    const alarm = stepAlarms(alarmSpec, alarms, { kind: 'stock', sample, delivering });
    alarms = alarm.state;
    for (const fact of alarm.facts)
      if (fact.kind === 'raise')
        raised.push({ kind: fact.alarm, day: (fact.at - epoch) / dayMs, text: fact.text });
    leak = stepLeak(leak, sample, delivering);

    if (sample.at - judgedAt >= judgeEveryMs) {
      judgedAt = sample.at;
      judge(sample.at);
    }
    const day = Math.floor((sample.at - epoch - closesAt) / dayMs);
    const isNew = opening === null || day > Math.floor((opening.at - epoch - closesAt) / dayMs);
    if (!isNew || delivering || sample.active) continue;
    const share = (sample.volumeAt15 ?? sample.volume) / sample.volume;
    if (opening) {
      const came = booked
        .slice(opening.booked)
        .reduce((sum, each) => sum + (each.volumeAt15 ?? each.volume * share), 0);
      const sales = (sample.dispensed - opening.dispensed) * ((share + opening.share) / 2);
      days.push({
        end: (sample.at - epoch) / dayMs,
        variance: (sample.volume * share - (opening.volume * opening.share + came - sales)) / 1000,
        sales: sales / 1000,
        hours: (sample.at - opening.at) / 3_600_000,
      });
    }
    opening = {
      ...{ at: sample.at, volume: sample.volume, share, dispensed: sample.dispensed },
      booked: booked.length,
    };
  }
  const estimate = leakEstimate(leak);
  return {
    ...{ options, booked, truth: next.value, alarms: raised, days },
    rate: estimate?.litresPerHour ?? null,
    meter: meterEstimate(days, estimate),
  };
}
