/** The driver of TLS gauges, held against the independent one. */
import { onTestFinished, vi } from 'vitest';
import type { LocalClock, TlsGauge } from '../../src/drivers/gauges/options.ts';
import { createTlsGauge } from '../../src/drivers/gauges/tlsGauge.ts';
import { gaugeSchema, type TlsGaugeConfig } from '../../src/model/config/tanks.ts';
import type { GaugeFact } from '../../src/model/tank.ts';
import { type Instant, instant, monoMs } from '../../src/model/units.ts';

/** What the gauge prints at so many milliseconds from now, `YYMMDDHHmm`, when its clock is right. */
export const printed = (fromNowMs: number): string =>
  new Date(Date.now() + fromNowMs).toISOString().replace(/\D/g, '').slice(2, 12);

/** A station in UTC. */
export const utc: LocalClock = {
  toInstant: ({ year, month, day, hour, minute }) => instant(Date.UTC(year, month - 1, day, hour, minute)),
  toLocal(at) {
    const date = new Date(at);
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
    };
  },
};

export interface WatchedGauge {
  readonly gauge: TlsGauge;
  readonly facts: GaugeFact[];
  readonly logged: string[];
  of<K extends GaugeFact['kind']>(kind: K): Extract<GaugeFact, { kind: K }>[];
  /** Until something holds; generous, for the machine may be busy. */
  until(holds: () => boolean): Promise<void>;
}

/** The driver, stopped with the test. */
export function watchGauge(
  config: Partial<TlsGaugeConfig> & { connection: object },
  more: {
    readonly tanks?: readonly number[];
    readonly securityCode?: string;
    readonly since?: (tank: number) => Instant | null;
  } = {},
): WatchedGauge {
  const parsed = gaugeSchema.parse({ id: 'g1', kind: 'tls', ...config });
  if (parsed.kind !== 'tls') throw new Error('not a TLS gauge');
  const facts: GaugeFact[] = [];
  const logged: string[] = [];
  const keep = (fields: object, message: string) => {
    logged.push(`${JSON.stringify(fields)} ${message}`);
  };
  const gauge = createTlsGauge({
    config: parsed,
    securityCode: more.securityCode ?? null,
    tanks: more.tanks ?? [1],
    local: utc,
    since: more.since ?? (() => null),
    clock: { now: () => instant(Date.now()), mono: () => monoMs(performance.now()) },
    random: () => 0,
    log: { debug: keep, info: keep, warn: keep, error: keep },
    onFact: (fact) => facts.push(fact),
  });
  onTestFinished(() => gauge.stop());
  return {
    gauge,
    facts,
    logged,
    of: <K extends GaugeFact['kind']>(kind: K) =>
      facts.filter((fact): fact is Extract<GaugeFact, { kind: K }> => fact.kind === kind),
    until: (holds) =>
      vi.waitFor(
        () => {
          if (!holds()) throw new Error(`not yet: ${JSON.stringify(facts.slice(-5))}`);
        },
        { timeout: 25_000, interval: 10 },
      ),
  };
}
