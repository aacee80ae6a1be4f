/** The way to head office, or none where no broker is configured. */
import type { StationConfig } from '../model/config/station.ts';
import type { SetAsideEvent } from '../sync/eventFlow.ts';
import { createPublisher } from '../sync/publisher.ts';
import { rfc3339 } from './businessDay.ts';
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
    onSetAside: (event) => tellSetAside(context, event),
  });
  return {
    start: publisher.start,
    wake: publisher.wake,
    state: publisher.state,
    report: () => ({
      broker: `${mqtt.tls ? 'mqtts' : 'mqtt'}://${mqtt.host}:${mqtt.port}`,
      ...publisher.report(),
      setAside: setAside(context),
    }),
    stop: publisher.stop,
  };
}

/** Head office finds a number missing: the feed itself says why. Of such notices it does not, or there would be no end. */
function tellSetAside({ store, clock, businessDate, site }: StationContext, event: SetAsideEvent): void {
  const [row] = store.feed.read(event.stream, event.seq - 1, 1);
  if (row?.type === 'feed.event-set-aside') return;
  const at = clock.now();
  store.transaction(() =>
    store.journal.append('feed.event-set-aside', site, at, businessDate(at), { ...event, at: rfc3339(at) }),
  );
}

function setAside({ store }: StationContext): FeedView['setAside'] {
  const [newest] = store.setAside.list(1);
  return {
    count: store.setAside.count(),
    newest: newest ? { ...newest, at: rfc3339(newest.at) } : null,
  };
}
