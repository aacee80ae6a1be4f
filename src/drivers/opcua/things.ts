/** What is read of one server: tanks, and the groups of fuelling points; and what becomes of the values. Runs in a worker. */
import { type AlarmBook, noAlarms, takeAlarms } from '../../core/opcua/alarms.ts';
import { type OpcuaDispenserDecoder, opcuaDispenserDecoder } from '../../core/opcua/dispenser.ts';
import { type OpcuaStamp, type RawRecord, readTank, tankNodes } from '../../core/opcua/tank.ts';
import type { DispenserReading, ReadingGroup, Urgency } from '../../model/readings.ts';
import type { SessionSpec, WorkerFact } from './messages.ts';

/** `tank 3`, or `live 1`: one thing is read whole, in one request. */
export type ThingKey = `tank ${number}` | `${ReadingGroup} ${number}`;

export interface Things {
  readonly keys: readonly ThingKey[];
  /** Field names with their nodes' texts. */
  nodes(key: ThingKey): ReadonlyMap<string, string>;
  /** How often a thing is read: null where it is not wanted. */
  intervalMs(key: ThingKey, subscribed: boolean): number | null;
  /** How soon after a reading a change is read. */
  spacingMs(key: ThingKey): number;
  /** Tells whether it is wanted at once. */
  want(point: number, group: ReadingGroup, urgency: Urgency): boolean;
  /** Those that are to be read in the same request as `due`, so that an end and its totals tell of the same moment. */
  together(due: readonly ThingKey[]): ThingKey[];
  take(key: ThingKey, record: RawRecord, stamp: OpcuaStamp): void;
  /** The server is gone: every fuelling point is lost, once until it is read again. */
  lost(reason: string, stamp: OpcuaStamp): void;
}

export interface ThingsOutput {
  /** `measuredAgoMs`: so long before it was received, where the source tells; else 0. */
  fact(fact: WorkerFact, measuredAgoMs: number): void;
  reading(point: number, reading: DispenserReading): void;
  undecodable(key: ThingKey, field: string, reason: string): void;
}

/** One bad answer of a server about a dispenser may pass; two in a row mean that it is lost. */
const lostAfter = 2;

export function createThings(spec: SessionSpec, output: ThingsOutput): Things {
  const { profile, server, tanks, points } = spec;
  const { tank: tankFields, dispenser } = profile;
  const decoders = new Map<number, OpcuaDispenserDecoder>();
  if (dispenser) {
    for (const point of points)
      decoders.set(point, opcuaDispenserDecoder(profile.units, dispenser, point, spec.currencyDecimals));
  }
  const urgencies = new Map<ThingKey, Urgency>();
  const losses = new Map<number, { times: number; told: boolean }>();
  const nodes = new Map<ThingKey, ReadonlyMap<string, string>>();
  let alarms: AlarmBook = noAlarms;

  if (tankFields) for (const tank of tanks) nodes.set(`tank ${tank}`, tankNodes(tankFields, tank));
  for (const [point, decoder] of decoders)
    for (const group of decoder.groups) nodes.set(`${group} ${point}`, decoder.nodes(group));

  function takeTank(tank: number, record: RawRecord, stamp: OpcuaStamp): void {
    if (!tankFields) return;
    const { at, mono } = stamp;
    const reading = readTank(profile, tank, record, stamp);
    output.fact(reading, at - reading.at);
    const step = takeAlarms(tankFields, tanks, alarms, { tank, record, at, mono });
    alarms = step.book;
    for (const fact of step.facts) output.fact(fact, 0);
  }

  function tellLost(point: number, reason: string, { at, mono }: OpcuaStamp): void {
    const loss = losses.get(point);
    if (loss?.told) return;
    losses.set(point, { times: lostAfter, told: true });
    output.reading(point, { kind: 'lost', at, mono, reason });
  }

  function takeGroup(key: ThingKey, record: RawRecord, stamp: OpcuaStamp): void {
    const { group, number: point } = split(key);
    const decoder = decoders.get(point);
    if (!decoder || group === 'tank') return;
    const { at, mono } = stamp;
    const decoded = decoder.decode(group, record, { at, mono });
    if (decoded.kind === 'reading') {
      // totals of a dispenser that is not there are those of before
      if (group === 'live') losses.delete(point);
      else if (losses.has(point)) return;
      output.reading(point, decoded.reading);
      return;
    }
    if (decoded.kind !== 'absent') output.undecodable(key, decoded.field, decoded.reason);
    if (decoded.kind !== 'lost') return;
    const times = (losses.get(point)?.times ?? 0) + 1;
    losses.set(point, { times, told: losses.get(point)?.told ?? false });
    if (times >= lostAfter) tellLost(point, `${server.id}: ${decoded.reason}`, stamp);
  }

  return {
    keys: [...nodes.keys()],
    nodes: (key) => nodes.get(key) ?? new Map(),
    intervalMs(key, subscribed) {
      // a server that was to tell of changes and does not is asked more often
      const silentS = server.subscribe && !subscribed ? server.silentS : Number.POSITIVE_INFINITY;
      if (key.startsWith('tank ')) return Math.min(server.pollS, silentS) * 1000;
      return intervalOf(dispenser?.timing, urgencies.get(key) ?? 'off');
    },
    spacingMs: (key) => (key.startsWith('tank ') ? Math.max(1_000, server.publishingMs) : 50),
    want(point, group, urgency) {
      const key: ThingKey = `${group} ${point}`;
      const before = urgencies.get(key);
      urgencies.set(key, urgency);
      return urgency === 'now' && before !== 'now';
    },
    together(due) {
      const all = new Set(due);
      for (const key of due) {
        const { group, number } = split(key);
        const urgency = urgencies.get(key);
        if (group !== 'live' || (urgency !== 'fast' && urgency !== 'now')) continue;
        for (const beside of ['totals', 'last-sale'] as const) {
          const other: ThingKey = `${beside} ${number}`;
          if (nodes.has(other) && urgencies.get(other) !== 'off') all.add(other);
        }
      }
      // live first: what it tells decides what the others mean
      return [...nodes.keys()].filter((key) => all.has(key));
    },
    take(key, record, stamp) {
      const { group, number } = split(key);
      if (group === 'tank') takeTank(number, record, stamp);
      else takeGroup(key, record, stamp);
    },
    lost(reason, stamp) {
      for (const point of decoders.keys()) tellLost(point, reason, stamp);
    },
  };
}

export function split(key: ThingKey): { readonly group: ReadingGroup | 'tank'; readonly number: number } {
  const [group = '', number = ''] = key.split(' ');
  return { group: group as ReadingGroup | 'tank', number: Number(number) };
}

function intervalOf(
  timing: { fastMs: number; normalMs: number; slowMs: number } | undefined,
  urgency: Urgency,
): number | null {
  if (!timing || urgency === 'off') return null;
  if (urgency === 'slow') return timing.slowMs;
  return urgency === 'normal' ? timing.normalMs : timing.fastMs;
}
