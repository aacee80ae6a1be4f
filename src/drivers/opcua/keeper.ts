/** Keeps one subscription while a session lasts, as `core/opcua/watch.ts` says. Runs in a worker only. */
import type { ClientSession } from 'node-opcua-client';
import { unwatched, type Watch, type WatchInput, watchStep } from '../../core/opcua/watch.ts';
import type { OpcuaServerConfig } from '../../model/config/opcua.ts';
import { asForecourtError } from '../../model/errors.ts';
import { within } from './deadline.ts';
import type { Resolved } from './resolve.ts';
import { type Subscription, subscribe } from './subscription.ts';
import type { ThingKey, Things } from './things.ts';

export interface Keeper {
  /** To be called now and then: it is made, given up and made anew here. */
  look(): void;
  /** `reason`: why values are only polled; empty while it is believed, and before it was made. */
  view(): { readonly subscribed: boolean; readonly reason: string };
  /** Settles when the server has ended it, or after a second; with `tell: false` the server is not asked to. Never rejects. */
  end(tell?: boolean): Promise<void>;
}

const endMs = 1_000;

export interface KeeperOptions {
  readonly session: ClientSession;
  readonly server: OpcuaServerConfig;
  readonly things: Things;
  readonly resolved: Resolved;
  readonly mono: () => number;
  readonly onChange: (keys: Iterable<ThingKey>) => void;
  /** What `view` tells is another now. */
  readonly onView: (subscribed: boolean) => void;
}

export function keepSubscription(options: KeeperOptions): Keeper {
  const { session, server, things, resolved, mono } = options;
  const watchSpec = { silentMs: server.silentS * 1000, firstPauseMs: 1_000, longestPauseMs: 60_000 };
  let watch: Watch = unwatched(mono());
  let live: Subscription | null = null;
  let making: Promise<void> = Promise.resolve();
  let ended = false;
  const byNode = new Map<string, Set<ThingKey>>();
  for (const key of things.keys) {
    for (const text of things.nodes(key).values()) {
      if (resolved.nodes.has(text)) byNode.set(text, (byNode.get(text) ?? new Set()).add(key));
    }
  }
  const watched = [...byNode.keys()];

  function take(input: WatchInput): void {
    if (ended) return;
    const before = watch;
    const step = watchStep(watchSpec, watch, mono(), input);
    watch = step.watch;
    if ((before.mode === 'subscribed') !== (watch.mode === 'subscribed'))
      options.onView(watch.mode === 'subscribed');
    if (step.wants === 'drop') {
      void live?.end();
      live = null;
    }
    if (step.wants === 'make') making = make();
  }

  async function make(): Promise<void> {
    try {
      const made = await subscribe({
        session,
        nodes: watched.flatMap((text) => resolved.nodes.get(text) ?? []),
        publishingMs: server.publishingMs,
        silentMs: watchSpec.silentMs,
        timeoutMs: server.timeoutMs,
        onChange: (index) => options.onChange(byNode.get(watched[index] ?? '') ?? []),
        onHeard: () => take({ kind: 'heard' }),
        onEnded: (reason) => take({ kind: 'ended', reason }),
      });
      if (ended) await made.end();
      else {
        live = made;
        take({ kind: 'made' });
      }
    } catch (error) {
      take({ kind: 'refused', reason: asForecourtError(error).message.slice(0, 200) });
    }
  }

  return {
    look: () => take({ kind: 'tick' }),
    view: () => ({
      subscribed: watch.mode === 'subscribed',
      reason: watch.mode === 'subscribed' || watch.failures === 0 ? '' : `polled: ${watch.reason}`,
    }),
    async end(tell = true) {
      ended = true;
      if (!tell) return;
      // one that is being made is ended by `make`
      const all = Promise.all([making, live?.end()]);
      await within(endMs, 'ending a subscription', all).catch(() => {});
    },
  };
}
