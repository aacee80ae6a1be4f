/** A subscription whose notifications say only that something changed; values are read. Runs in a worker only. */
import {
  type ClientSession,
  type ClientSubscription,
  type NodeId,
  TimestampsToReturn,
} from 'node-opcua-client';
import { within } from './deadline.ts';

export interface Subscription {
  /** How many nodes the server watches. */
  readonly watched: number;
  end(): void;
}

export interface SubscriptionOptions {
  readonly session: ClientSession;
  readonly nodes: readonly NodeId[];
  readonly publishingMs: number;
  readonly silentMs: number;
  readonly timeoutMs: number;
  /** By the node's place in `nodes`. */
  readonly onChange: (index: number) => void;
  readonly onHeard: () => void;
  readonly onEnded: (reason: string) => void;
}

const itemsAtOnce = 100;

/** Rejects when the server refuses it, or every node of it. */
export async function subscribe(options: SubscriptionOptions): Promise<Subscription> {
  const { session, nodes, publishingMs, silentMs, timeoutMs } = options;
  // three chances to say that it is alive before it is given up
  const keepAlive = Math.max(1, Math.floor(silentMs / 3 / publishingMs));
  const subscription = await within(
    timeoutMs,
    'making a subscription',
    session.createSubscription2({
      requestedPublishingInterval: publishingMs,
      requestedMaxKeepAliveCount: keepAlive,
      requestedLifetimeCount: Math.max(100, keepAlive * 10),
      maxNotificationsPerPublish: 1000,
      publishingEnabled: true,
      priority: 1,
    }),
  );
  let ended = false;
  const end = (): void => {
    ended = true;
    void within(timeoutMs, 'ending a subscription', subscription.terminate()).catch(() => {});
  };
  const tellEnd = (reason: string): void => {
    if (!ended) options.onEnded(reason);
  };
  subscription.on('keepalive', () => ended || options.onHeard());
  subscription.on('received_notifications', () => ended || options.onHeard());
  subscription.on('status_changed', (status) => tellEnd(`the server ended the subscription: ${status.name}`));
  subscription.on('terminated', () => tellEnd('the subscription ended'));
  subscription.on('internal_error', (error) => tellEnd(error.message));
  try {
    const watched = await watchNodes(subscription, options, (index) => ended || options.onChange(index));
    if (watched === 0 && nodes.length > 0) throw new Error('the server watches none of the nodes');
    return { watched, end };
  } catch (error) {
    end();
    throw error;
  }
}

async function watchNodes(
  subscription: ClientSubscription,
  { nodes, publishingMs, timeoutMs }: SubscriptionOptions,
  onChange: (index: number) => void,
): Promise<number> {
  let watched = 0;
  for (let from = 0; from < nodes.length; from += itemsAtOnce) {
    const group = await within(
      timeoutMs,
      'watching nodes',
      subscription.monitorItems(
        nodes.slice(from, from + itemsAtOnce).map((nodeId) => ({ nodeId, attributeId: 13 })),
        { samplingInterval: publishingMs, queueSize: 1, discardOldest: true },
        TimestampsToReturn.Neither,
      ),
    );
    group.on('changed', (_item, _value, index) => onChange(from + index));
    watched += group.monitoredItems.filter(({ statusCode }) => statusCode.isGood()).length;
  }
  return watched;
}
