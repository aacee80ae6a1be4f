/** A subscription whose notifications say only that something changed; values are read. Runs in a worker only. */
import {
  type ClientSession,
  ClientSubscription,
  type ClientSubscriptionOptions,
  type NodeId,
  TimestampsToReturn,
} from 'node-opcua-client';
import { within } from './deadline.ts';

export interface Subscription {
  /** How many nodes the server watches. */
  readonly watched: number;
  /** Never rejects. */
  end(): Promise<void>;
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

// A keep-alive beyond the session's time-out is thrown by the library from a socket's callback. Our watchdog judges silence.
Object.defineProperty(ClientSubscription, 'ignoreNextWarning', { get: () => true, set: () => {} });

/** Rejects when the server refuses it, or every node of it. */
export async function subscribe(options: SubscriptionOptions): Promise<Subscription> {
  const { session, nodes, publishingMs, silentMs, timeoutMs } = options;
  // three chances to say that it is alive before it is given up
  const keepAlive = Math.max(1, Math.floor(silentMs / 3 / publishingMs));
  const parameters = {
    requestedPublishingInterval: publishingMs,
    requestedMaxKeepAliveCount: keepAlive,
    requestedLifetimeCount: Math.max(100, keepAlive * 10),
    maxNotificationsPerPublish: 1000,
    publishingEnabled: true,
    priority: 1,
  };
  const subscription = await start(session, parameters, timeoutMs);
  let ended = false;
  const end = async (): Promise<void> => {
    if (ended) return;
    ended = true;
    await terminate(subscription, timeoutMs);
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
    void end();
    throw error;
  }
}

/**
 * Not by `createSubscription2`: it asserts the session in a turn of its own after the answer, and a session that was closed
 * between the two makes it throw where nobody catches.
 */
async function start(
  session: ClientSession,
  parameters: ClientSubscriptionOptions,
  timeoutMs: number,
): Promise<ClientSubscription> {
  const subscription = ClientSubscription.create(session, parameters);
  let late = false;
  const started = new Promise<void>((resolve, reject) => {
    subscription.on('started', () => (late ? void terminate(subscription, timeoutMs) : resolve()));
    subscription.on('error', reject);
  });
  try {
    await within(timeoutMs, 'making a subscription', started);
  } catch (error) {
    // before the answer there is nothing to end: the library would ask for a number that is none
    late = true;
    throw error;
  }
  return subscription;
}

const terminate = (subscription: ClientSubscription, timeoutMs: number): Promise<void> =>
  within(timeoutMs, 'ending a subscription', subscription.terminate()).catch(() => {});

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
