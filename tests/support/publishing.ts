/** A publisher over a real store, with waits short enough for tests. */
import { onTestFinished, vi } from 'vitest';
import type { Clock } from '../../src/core/ports.ts';
import { mqttSchema } from '../../src/model/config/station.ts';
import { instant, monoMs } from '../../src/model/units.ts';
import type { Store } from '../../src/store/store.ts';
import type { MqttConfig } from '../../src/sync/clientOptions.ts';
import {
  createPublisher,
  type Publisher,
  type PublisherOptions,
  type Timing,
} from '../../src/sync/publisher.ts';
import { type Logged, recordingLog, startedAt } from './tempStore.ts';

export const realClock: Clock = {
  now: () => instant(Date.now()),
  mono: () => monoMs(performance.now()),
};

export interface TestPublisher extends Publisher {
  readonly logged: Logged[];
  connected(): Promise<void>;
  /** Resolves when the broker has everything. */
  emptied(): Promise<void>;
}

export function mqttConfig(port: number, change: Partial<MqttConfig> = {}): MqttConfig {
  return { ...mqttSchema.parse({ host: '127.0.0.1', port }), ...change };
}

/** Started; stopped when the test ends. */
export function startPublisher(
  store: Store,
  mqtt: MqttConfig,
  timing: Partial<Timing> = {},
  secrets: PublisherOptions['secrets'] = {},
): TestPublisher {
  const log = recordingLog();
  const publisher = createPublisher({
    ...{ source: store.feed, mqtt, site: 'test-1', version: '1.2.3', secrets, log },
    clock: realClock,
    random: () => 0.5,
    timing: { firstRetry: 20, mostRetry: 100, ...timing },
  });
  onTestFinished(() => publisher.stop(0));
  publisher.start();
  const reached = (condition: () => boolean) =>
    vi.waitFor(
      () => {
        if (!condition()) throw new Error(JSON.stringify(publisher.report()));
      },
      { timeout: 25_000, interval: 10 },
    );
  return {
    ...publisher,
    logged: log.lines,
    connected: () => reached(() => publisher.report().connected),
    emptied: () =>
      reached(() => {
        const { connected, backlog } = publisher.report();
        return connected && backlog.business + backlog.telemetry === 0;
      }),
  };
}

/** Appends business events in transactions of a hundred. */
export function appendBusiness(store: Store, count: number, reason = 'test'): void {
  for (let done = 0; done < count; done += 100) {
    store.transaction(() => {
      for (let n = done; n < Math.min(done + 100, count); n++) {
        store.journal.append('station.stopped', 'station', instant(startedAt + n), '2026-11-22', { reason });
      }
    });
  }
}

export function appendTelemetry(store: Store, count: number): void {
  store.transaction(() => {
    for (let n = 0; n < count; n++) {
      const at = new Date(startedAt + n).toISOString();
      const data = { fuellingPoint: '1', nozzle: null, state: 'idle', at };
      store.journal.append(
        'fuelling-point.state-changed',
        'fuelling-points/1',
        instant(startedAt + n),
        '2026-11-22',
        data,
      );
    }
  });
}
