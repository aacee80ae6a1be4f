/** The way to head office, or none where no broker is configured. */
import type { StationConfig } from '../model/config/station.ts';
import { createPublisher } from '../sync/publisher.ts';
import type { StationContext } from './context.ts';
import type { StationDeps } from './deps.ts';
import type { FeedView } from './view.ts';

export interface Feed {
  start(): void;
  /** The journal may have grown. */
  wake(): void;
  /** Retained state of a thing: the newest counts. */
  state(thing: string, payload: object): void;
  report(): FeedView | null;
  stop(deadlineMs: number): Promise<void>;
}

const noFeed: Feed = { start() {}, wake() {}, state() {}, report: () => null, stop: async () => {} };

export function createFeed(
  context: StationContext,
  config: StationConfig,
  password: string | null,
  deps: StationDeps,
): Feed {
  const { mqtt } = config;
  if (!mqtt) return noFeed;
  const publisher = createPublisher({
    source: context.store.feed,
    mqtt,
    site: context.site,
    version: deps.version,
    secrets: password === null ? {} : { password },
    clock: deps.clock,
    random: deps.random,
    log: deps.log,
  });
  return {
    start: publisher.start,
    wake: publisher.wake,
    state: publisher.state,
    report: () => ({
      broker: `${mqtt.tls ? 'mqtts' : 'mqtt'}://${mqtt.host}:${mqtt.port}`,
      ...publisher.report(),
    }),
    stop: publisher.stop,
  };
}
