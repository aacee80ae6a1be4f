/**
 * Reads one server for as long as it is wanted: connects, resolves the profile's nodes, reads at its times and when the
 * subscription says that something changed, and starts again from the beginning after every failure. Runs in a worker.
 */
import type { ClientSession, NodeId } from 'node-opcua-client';
import type { OpcuaStamp } from '../../core/opcua/tank.ts';
import type { RawValue } from '../../core/opcua/value.ts';
import { unwatched, type Watch, type WatchInput, watchStep } from '../../core/opcua/watch.ts';
import { asForecourtError, ForecourtError } from '../../model/errors.ts';
import type { ReadingGroup, Urgency } from '../../model/readings.ts';
import { instant, monoMs } from '../../model/units.ts';
import { backoffMs } from '../bus/backoff.ts';
import { type Connection, connect } from './connection.ts';
import { within } from './deadline.ts';
import type { FromWorker, OpcuaCounters, SessionSpec } from './messages.ts';
import type { OwnCertificate } from './pki/ownCertificate.ts';
import type { TrustStore } from './pki/trustStore.ts';
import { type Resolved, resolveNodes } from './resolve.ts';
import { createSchedule } from './schedule.ts';
import { type Subscription, subscribe } from './subscription.ts';
import { createThings, type ThingKey } from './things.ts';
import { rawValue } from './values.ts';

export interface SessionDeps {
  readonly trust: TrustStore;
  /** The certificate to be used for the next connection. */
  readonly own: () => Promise<OwnCertificate>;
  readonly post: (message: FromWorker) => void;
  /** The station's time, and a monotonic one, in milliseconds. */
  readonly now: () => number;
  readonly mono: () => number;
  readonly random: () => number;
}

export interface Session {
  want(point: number, group: ReadingGroup, urgency: Urgency): void;
  close(): Promise<void>;
}

const firstPauseMs = 500;
const longestPauseMs = 15_000;
const nodesAtOnce = 500;
const serverClockNode = 'i=2258';
const lookMs = 500;
const countersEveryMs = 2_000;

export function openSession(spec: SessionSpec, deps: SessionDeps): Session {
  const { server } = spec;
  const { post, mono } = deps;
  const counters = {
    connects: 0,
    reads: 0,
    values: 0,
    notifications: 0,
    failures: 0,
    undecodable: 0,
    missing: 0,
  } satisfies OpcuaCounters;
  const things = createThings(spec, {
    fact: (fact, measuredAgoMs) =>
      post({ kind: 'fact', server: server.id, sentAt: fact.mono, measuredAgoMs, fact }),
    reading: (point, reading) =>
      post({ kind: 'reading', server: server.id, sentAt: reading.mono, point, reading }),
    undecodable(key, field, reason) {
      counters.undecodable += 1;
      tellOnce(
        `${key} ${field}`,
        'FIELD_UNDECODABLE',
        { thing: key, field, reason },
        'nodes hold no reading',
      );
    },
  });
  const schedule = createSchedule<ThingKey>(things.spacingMs);
  let closed = false;
  let wake = (): void => {};
  let running: Connection | null = null;
  let health = '';
  let readAt = Number.NEGATIVE_INFINITY;
  let countersAt = Number.NEGATIVE_INFINITY;
  const told = new Map<string, number>();

  function tellHealth(
    online: boolean,
    reason: string,
    code: ForecourtError['code'] | null,
    subscribed: boolean,
  ): void {
    const now = JSON.stringify([online, reason, subscribed]);
    if (now === health) return;
    health = now;
    post({ kind: 'health', server: server.id, online, reason, code, subscribed });
  }

  /** The same trouble at most once a minute. */
  function tellOnce(
    key: string,
    code: string,
    fields: Record<string, string | number>,
    message: string,
  ): void {
    const at = mono();
    if (at - (told.get(key) ?? Number.NEGATIVE_INFINITY) < 60_000) return;
    if (told.size > 500) told.clear();
    told.set(key, at);
    post({ kind: 'log', level: 'warn', fields: { code, server: server.id, ...fields }, message });
  }

  const stamp = (serverClock: number | null): OpcuaStamp => ({
    at: instant(Math.round(deps.now())),
    mono: monoMs(mono()),
    serverClock: serverClock === null ? null : instant(serverClock),
  });

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function whole(): Promise<void> {
    let tries = 0;
    while (!closed) {
      const began = mono();
      try {
        const connection = await connect(spec, await deps.own(), deps.trust, () => new Date(deps.now()));
        running = connection;
        counters.connects += 1;
        await run(connection);
      } catch (error) {
        if (closed) break;
        const { code, message } = asForecourtError(error);
        counters.failures += 1;
        tellHealth(false, message, code === 'INTERNAL' ? 'OPCUA_CONNECT' : code, false);
        things.lost(message, stamp(null));
      } finally {
        await running?.close();
        running = null;
      }
      tellCounters(true);
      // one that held for a while begins anew
      tries = mono() - began > 30_000 ? 1 : tries + 1;
      if (!closed) await pause(backoffMs(tries, firstPauseMs, longestPauseMs, deps.random()));
    }
  }

  async function run({ session, gone }: Connection): Promise<void> {
    const texts = things.keys.flatMap((key) => [...things.nodes(key).values()]);
    const resolved = await within(
      server.connectS * 1000,
      'looking for the nodes',
      resolveNodes(session, texts, spec.profile.namespace),
    );
    tellMissing(resolved, texts.length);
    for (const key of things.keys) schedule.set(key, things.intervalMs(key, false), mono(), true);
    let lost: string | null = null;
    void gone.then((reason) => {
      lost = reason;
      wake();
    });
    const subscription = server.subscribe ? createKeeper(session, resolved) : null;
    try {
      while (!closed && lost === null) {
        await readDue(session, resolved);
        const { subscribed, reason } = subscription?.view() ?? { subscribed: false, reason: '' };
        tellHealth(true, reason, null, subscribed);
        subscription?.look();
        tellCounters(false);
        if (lost !== null || closed) break;
        await pause(Math.max(1, Math.min(lookMs, (schedule.nextAt() ?? Number.POSITIVE_INFINITY) - mono())));
      }
    } finally {
      subscription?.end();
    }
    if (!closed) throw new ForecourtError('OPCUA_CONNECT', `${server.endpoint}: ${lost}`);
  }

  /** Keeps one subscription while the session lasts. */
  function createKeeper(session: ClientSession, resolved: Resolved) {
    const watchSpec = { silentMs: server.silentS * 1000, firstPauseMs: 1_000, longestPauseMs: 60_000 };
    let watch: Watch = unwatched(mono());
    let live: Subscription | null = null;
    let ended = false;
    const byNode = new Map<string, Set<ThingKey>>();
    for (const key of things.keys) {
      for (const text of things.nodes(key).values()) {
        if (!resolved.nodes.has(text)) continue;
        byNode.set(text, (byNode.get(text) ?? new Set()).add(key));
      }
    }
    const watched = [...byNode.keys()];

    function take(input: WatchInput): void {
      const before = watch;
      const step = watchStep(watchSpec, watch, mono(), input);
      watch = step.watch;
      if (before.mode === 'subscribed' ? watch.mode === 'none' : watch.mode === 'subscribed') {
        wake();
      }
      if (watch.mode === 'none' && before.mode !== 'none' && watch.reason !== '')
        tellOnce(
          'subscription',
          'OPCUA_CONNECT',
          { reason: watch.reason },
          'values are polled: no subscription',
        );
      if (step.wants === 'drop') {
        live?.end();
        live = null;
      }
      if (step.wants === 'make') void make();
    }

    async function make(): Promise<void> {
      try {
        const made = await subscribe({
          session,
          nodes: watched.flatMap((text) => resolved.nodes.get(text) ?? []),
          publishingMs: server.publishingMs,
          silentMs: watchSpec.silentMs,
          timeoutMs: server.timeoutMs,
          onChange(index) {
            counters.notifications += 1;
            for (const key of byNode.get(watched[index] ?? '') ?? []) schedule.touch(key, mono());
            wake();
          },
          onHeard: () => take({ kind: 'heard' }),
          onEnded: (reason) => take({ kind: 'ended', reason }),
        });
        if (ended) made.end();
        else {
          live = made;
          take({ kind: 'made' });
        }
      } catch (error) {
        if (!ended) take({ kind: 'refused', reason: asForecourtError(error).message.slice(0, 200) });
      }
    }

    return {
      look: () => take({ kind: 'tick' }),
      view: () => ({
        subscribed: watch.mode === 'subscribed',
        reason: watch.mode === 'subscribed' || watch.failures === 0 ? '' : `polled: ${watch.reason}`,
      }),
      end(): void {
        ended = true;
        live?.end();
      },
    };
  }

  /** Reads what is due, each thing whole in one request. Rejects when the server does not answer in time. */
  async function readDue(session: ClientSession, resolved: Resolved): Promise<void> {
    const due = things.together(schedule.take(mono()));
    let batch: ThingKey[] = [];
    let size = 0;
    for (const key of due) {
      const count = things.nodes(key).size;
      if (size > 0 && size + count > nodesAtOnce) {
        await readBatch(session, resolved, batch);
        batch = [];
        size = 0;
      }
      batch.push(key);
      size += count;
    }
    // with nothing due the server is asked for its clock now and then: one that is gone does not say so
    if (batch.length > 0 || mono() - readAt > server.silentS * 1000)
      await readBatch(session, resolved, batch);
  }

  async function readBatch(
    session: ClientSession,
    resolved: Resolved,
    keys: readonly ThingKey[],
  ): Promise<void> {
    const texts = [...new Set(keys.flatMap((key) => [...things.nodes(key).values()]))].filter((text) =>
      resolved.nodes.has(text),
    );
    const nodes: (NodeId | string)[] = [
      serverClockNode,
      ...texts.flatMap((text) => resolved.nodes.get(text) ?? []),
    ];
    const values = await within(
      server.timeoutMs,
      `${server.endpoint}: reading`,
      session.read(
        nodes.map((nodeId) => ({ nodeId, attributeId: 13 })),
        0,
      ),
    );
    if (values.length !== nodes.length)
      throw new ForecourtError(
        'OPCUA_CONNECT',
        `${server.endpoint}: ${values.length} answers to ${nodes.length} nodes`,
      );
    readAt = mono();
    if (health === '' || health.startsWith('[false')) tellHealth(true, '', null, false);
    counters.reads += 1;
    counters.values += texts.length;
    const clock = values[0]?.value?.value as unknown;
    const now = stamp(clock instanceof Date && Number.isFinite(clock.getTime()) ? clock.getTime() : null);
    const raw = new Map<string, RawValue>();
    texts.forEach((text, index) => {
      const value = values[index + 1];
      if (value) raw.set(text, rawValue(value));
    });
    for (const key of keys) {
      const record = new Map<string, RawValue>();
      for (const [name, text] of things.nodes(key)) {
        const value = raw.get(text);
        if (value) record.set(name, value);
      }
      things.take(key, record, now);
    }
  }

  function tellMissing({ nodes, missing }: Resolved, wanted: number): void {
    counters.missing = missing.size;
    if (missing.size === 0) return;
    const [first] = missing;
    const some = [...missing]
      .slice(0, 5)
      .map(([text, why]) => `${text} (${why})`)
      .join(', ');
    if (nodes.size === 0 && wanted > 0)
      throw new ForecourtError(
        'OPCUA_NODE',
        `none of the profile's nodes is there: ${first?.[0]} (${first?.[1]})`,
      );
    tellOnce(
      'missing',
      'OPCUA_NODE',
      { missing: missing.size, nodes: some },
      'nodes of the profile are not there',
    );
  }

  function tellCounters(now: boolean): void {
    if (!now && mono() - countersAt < countersEveryMs) return;
    countersAt = mono();
    post({ kind: 'counters', server: server.id, counters: { ...counters } });
  }

  const done = whole();
  return {
    want(point, group, urgency) {
      const key: ThingKey = `${group} ${point}`;
      if (!things.keys.includes(key)) return;
      const now = things.want(point, group, urgency);
      schedule.set(key, things.intervalMs(key, false), mono(), now);
      wake();
    },
    async close() {
      closed = true;
      wake();
      await done;
    },
  };
}
