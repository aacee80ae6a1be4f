/**
 * Reads one server for as long as it is wanted: connects, resolves the profile's nodes, reads at its times and when the
 * subscription says that something changed, and starts again from the beginning after every failure. Runs in a worker.
 */
import type { ClientSession } from 'node-opcua-client';
import type { OpcuaStamp } from '../../core/opcua/tank.ts';
import { asForecourtError, ForecourtError } from '../../model/errors.ts';
import type { ReadingGroup, Urgency } from '../../model/readings.ts';
import { instant, monoMs } from '../../model/units.ts';
import { backoffMs } from '../bus/backoff.ts';
import { type Connection, connect } from './connection.ts';
import { type Attempt, inAttempt } from './containment.ts';
import { within } from './deadline.ts';
import { type Keeper, keepSubscription } from './keeper.ts';
import type { FromWorker, OpcuaCounters, SessionSpec } from './messages.ts';
import type { OwnCertificate } from './pki/ownCertificate.ts';
import type { TrustStore } from './pki/trustStore.ts';
import { type Resolved, resolveNodes } from './resolve.ts';
import { createSchedule } from './schedule.ts';
import { batches, sweep } from './sweep.ts';
import { createThings, type ThingKey } from './things.ts';

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

interface Failing extends Attempt {
  lost: string | null;
}

const firstPauseMs = 500;
const longestPauseMs = 15_000;
const resolveAgainMs = 60_000;
const trustEveryMs = 5_000;
const lookMs = 500;
const countersEveryMs = 2_000;

export function openSession(spec: SessionSpec, deps: SessionDeps): Session {
  const { server } = spec;
  const { mono } = deps;
  // what is still under way at the end is not told: the same server may be read by the next client already
  const post: SessionDeps['post'] = (message) => closed || deps.post(message);
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
  let current: Attempt | null = null;
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
      const attempt = newAttempt();
      current = attempt;
      try {
        await inAttempt(attempt, () => once(attempt));
      } catch (error) {
        if (closed) break;
        const { code, message } = asForecourtError(error);
        counters.failures += 1;
        tellHealth(false, message, code === 'INTERNAL' ? 'OPCUA_CONNECT' : code, false);
        things.lost(message, stamp(null));
      } finally {
        current = null;
        await running?.close();
        running = null;
      }
      tellCounters(true);
      // one that held for a while begins anew
      tries = mono() - began > 30_000 ? 1 : tries + 1;
      if (!closed) await pause(backoffMs(tries, firstPauseMs, longestPauseMs, deps.random()));
    }
  }

  function newAttempt(): Failing {
    const attempt: Failing = {
      peer: server.id,
      lost: null,
      fail(reason) {
        attempt.lost ??= reason;
        if (current === attempt) wake();
      },
    };
    return attempt;
  }

  async function once(attempt: Failing): Promise<void> {
    const connection = await connect(spec, await deps.own(), deps.trust, () => new Date(deps.now()));
    running = connection;
    counters.connects += 1;
    void connection.gone.then((reason) => attempt.fail(reason));
    await run(connection, attempt);
  }

  async function run({ session, requireTrust }: Connection, attempt: Failing): Promise<void> {
    let resolved = await resolve(session);
    let resolvedAt = mono();
    let trustedAt = mono();
    for (const key of things.keys) schedule.set(key, things.intervalMs(key, false), mono(), true);
    let subscription = keep(session, resolved);
    try {
      while (!closed && attempt.lost === null) {
        await readDue(session, resolved);
        const { subscribed, reason } = subscription?.view() ?? { subscribed: false, reason: '' };
        if (reason !== '') tellOnce('subscription', 'OPCUA_CONNECT', { reason }, 'values are polled');
        tellHealth(true, reason, null, subscribed);
        if (resolved.missing.size > 0 && mono() - resolvedAt > resolveAgainMs) {
          // a controller may have loaded its program meanwhile
          const before = resolved.missing.size;
          resolved = await resolve(session);
          resolvedAt = mono();
          if (resolved.missing.size < before) {
            void subscription?.end();
            subscription = keep(session, resolved);
          }
        }
        if (mono() - trustedAt > trustEveryMs) {
          trustedAt = mono();
          await requireTrust();
        }
        subscription?.look();
        tellCounters(false);
        if (attempt.lost !== null || closed) break;
        await pause(Math.max(1, Math.min(lookMs, (schedule.nextAt() ?? Number.POSITIVE_INFINITY) - mono())));
      }
    } finally {
      await subscription?.end(attempt.lost === null);
    }
    if (!closed) throw new ForecourtError('OPCUA_CONNECT', `${server.endpoint}: ${attempt.lost}`);
  }

  async function resolve(session: ClientSession): Promise<Resolved> {
    const texts = things.keys.flatMap((key) => [...things.nodes(key).values()]);
    const all = resolveNodes(session, texts, spec.profile.namespace);
    const resolved = await within(server.connectS * 1000, `${server.endpoint}: looking for the nodes`, all);
    tellMissing(resolved, texts.length);
    return resolved;
  }

  function keep(session: ClientSession, resolved: Resolved): Keeper | null {
    if (!server.subscribe) return null;
    return keepSubscription({
      ...{ session, server, things, resolved, mono },
      onChange(keys) {
        counters.notifications += 1;
        for (const key of keys) schedule.touch(key, mono());
        wake();
      },
      onView(subscribed) {
        for (const key of things.keys) schedule.set(key, things.intervalMs(key, subscribed), mono());
        wake();
      },
    });
  }

  async function readDue(session: ClientSession, resolved: Resolved): Promise<void> {
    const due = batches(things, things.together(schedule.take(mono())));
    // with nothing due the server is asked for its clock now and then: one that is gone does not say so
    if (due.length === 0 && mono() - readAt > server.silentS * 1000) due.push([]);
    for (const keys of due) {
      const { records, serverClock, values } = await sweep(session, server, things, resolved, keys);
      readAt = mono();
      if (health === '' || health.startsWith('[false')) tellHealth(true, '', null, false);
      counters.reads += 1;
      counters.values += values;
      const now = stamp(serverClock);
      for (const [key, record] of records) things.take(key, record, now);
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
