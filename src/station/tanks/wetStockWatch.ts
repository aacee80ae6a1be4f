/** Leaks, meters that err and balances that do not come right: what the idle hours and the closed days say of each stock. */

import type { ExternalAlarm } from '../../core/tanks/alarms/types.ts';
import {
  freshLeak,
  type LeakState,
  leakEstimate,
  leakFinding,
  parseLeak,
  stepLeak,
} from '../../core/wetstock/leak.ts';
import { type BalancedDay, meterFinding } from '../../core/wetstock/meter.ts';
import type { WetStockPolicy } from '../../model/config/tanks.ts';
import type { StockSample, TankAlarmKind } from '../../model/tank.ts';
import type { StationContext } from '../context.ts';
import type { AlarmBook } from './alarmBook.ts';
import { varianceOf } from './balance.ts';
import type { Stock } from './layout.ts';
import type { StockReportView, TankDetailView } from './view.ts';

export interface WetStockWatch {
  look(stock: string, sample: StockSample, delivering: boolean): void;
  /** What is wrong with a stock, and what is not any more. */
  judge(stock: string): readonly ExternalAlarm[];
  leakTest(stock: string): TankDetailView['leakTest'];
  /** What stands, in words. */
  findings(): StockReportView['findings'];
  /** Keeps the states; inside a transaction. */
  save(): void;
}

const daysLookedAt = 90;
const nameOf = (stock: string): string => `leak:${stock}`;

export function createWetStockWatch(
  { store, log }: StationContext,
  policy: WetStockPolicy,
  stocks: readonly Stock[],
  alarms: AlarmBook,
): WetStockWatch {
  const states = new Map(stocks.map(({ id }) => [id, load(id)]));

  function load(stock: string): LeakState {
    const text = store.tanks.machines.load(nameOf(stock));
    if (text === null) return freshLeak();
    const state = parsed(text);
    if (!state) log.error({ stock }, 'what was known of idle hours cannot be read; it begins anew');
    return state ?? freshLeak();
  }
  const stateOf = (stock: string): LeakState => states.get(stock) ?? freshLeak();
  const stands = (stock: string, kind: TankAlarmKind): boolean =>
    alarms.standing().some((alarm) => alarm.subject === stock && alarm.kind === kind);

  return {
    look: (stock, sample, delivering) => void states.set(stock, stepLeak(stateOf(stock), sample, delivering)),
    judge(stock) {
      const closed = store.tanks.closings.lastDays(stock, daysLookedAt);
      const leak = leakFinding(
        { litresPerHour: policy.leakLitresPerHour },
        stateOf(stock),
        stands(stock, 'leak-suspected'),
      );
      const days = closed.flatMap(balancedDay);
      const meter = meterFinding(
        days,
        leakEstimate(stateOf(stock)),
        policy.meterPercent / 100,
        stands(stock, 'meter-drift'),
      );
      const last = closed.at(-1);
      const { varianceMl } = last ? varianceOf(last) : { varianceMl: null };
      const variance =
        last && varianceMl !== null
          ? `${(varianceMl / 1000).toFixed(0)} L ${varianceMl < 0 ? 'are missing' : 'are too many'} on ${last.to}, of ${(last.sales / 1000).toFixed(0)} L sold. Look for unbooked deliveries and sales, dip the tank.`
          : '';
      return [
        { kind: 'leak-suspected', ...leak },
        { kind: 'meter-drift', standing: meter.standing, text: sentence(meter.text) },
        { kind: 'stock-variance', standing: last?.verdict === 'escalate', text: variance },
      ];
    },
    leakTest(stock) {
      const state = stateOf(stock);
      const estimate = leakEstimate(state);
      if (!estimate) {
        const text = `${state.spans.length} idle spans so far; a rate needs 24`;
        return { text, litresPerHour: null, plusMinus: null, idleHours: 0 };
      }
      const { litresPerHour, plusMinus, idleHours } = estimate;
      return {
        text: `${litresPerHour.toFixed(2)} L/h (+/- ${plusMinus.toFixed(2)}) while idle; ${-litresPerHour > policy.leakLitresPerHour / 2 ? 'it loses' : 'tight'}`,
        ...{ litresPerHour, plusMinus, idleHours },
      };
    },
    findings: () =>
      alarms
        .standing()
        .filter(({ subject, kind }) => states.has(subject) && told.has(kind))
        .map(({ subject, kind, text }) => ({ stock: subject, kind, text })),
    save() {
      for (const [stock, state] of states) store.tanks.machines.save(nameOf(stock), JSON.stringify(state));
    },
  };
}

const told: ReadonlySet<TankAlarmKind> = new Set([
  'leak-suspected',
  'meter-drift',
  'stock-variance',
  'theft',
]);

function parsed(text: string): LeakState | null {
  try {
    return parseLeak(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Days closed at rest, several days in one balance among them. */
function balancedDay(day: {
  readonly variance15: number | null;
  readonly sales15: number | null;
  readonly hours: number;
  readonly reasons: readonly string[];
}): BalancedDay[] {
  const { variance15, sales15, hours, reasons } = day;
  if (variance15 === null || sales15 === null || reasons.includes('not-at-rest')) return [];
  return [{ variance: variance15 / 1000, sales: sales15 / 1000, hours }];
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
