/** Reads things, each whole in one request, and with the server's own clock. Runs in a worker only. */
import type { ClientSession } from 'node-opcua-client';
import type { RawRecord } from '../../core/opcua/tank.ts';
import type { RawValue } from '../../core/opcua/value.ts';
import type { OpcuaServerConfig } from '../../model/config/opcua.ts';
import { ForecourtError } from '../../model/errors.ts';
import { within } from './deadline.ts';
import type { Resolved } from './resolve.ts';
import type { ThingKey, Things } from './things.ts';
import { rawValue } from './values.ts';

export interface Sweep {
  readonly records: ReadonlyMap<ThingKey, RawRecord>;
  /** Milliseconds since 1970; null: it does not tell. */
  readonly serverClock: number | null;
  readonly values: number;
}

const serverClockNode = 'i=2258';
const valueAttribute = 13;
const nodesAtOnce = 500;

/** Keys in as many requests as are needed; no thing is ever split. */
export function batches(things: Things, keys: readonly ThingKey[]): ThingKey[][] {
  const all: ThingKey[][] = [];
  let size = 0;
  for (const key of keys) {
    const count = things.nodes(key).size;
    const last = all.at(-1);
    if (last && size + count <= nodesAtOnce) {
      last.push(key);
      size += count;
    } else {
      all.push([key]);
      size = count;
    }
  }
  return all;
}

/** Rejects with OPCUA_CONNECT when the server does not answer in time, or not what was asked. */
export async function sweep(
  session: ClientSession,
  server: OpcuaServerConfig,
  things: Things,
  { nodes: resolved }: Resolved,
  keys: readonly ThingKey[],
): Promise<Sweep> {
  const texts = [...new Set(keys.flatMap((key) => [...things.nodes(key).values()]))].filter((text) =>
    resolved.has(text),
  );
  const nodes = [serverClockNode, ...texts.flatMap((text) => resolved.get(text) ?? [])];
  const request = nodes.map((nodeId) => ({ nodeId, attributeId: valueAttribute }));
  // an answer of the server's memory would be an old one: maxAge 0
  const values = await within(server.timeoutMs, `${server.endpoint}: reading`, session.read(request, 0));
  if (values.length !== nodes.length) {
    const message = `${server.endpoint}: ${values.length} answers to ${nodes.length} nodes`;
    throw new ForecourtError('OPCUA_CONNECT', message);
  }
  const raw = new Map<string, RawValue>();
  texts.forEach((text, index) => {
    const value = values[index + 1];
    if (value) raw.set(text, rawValue(value));
  });
  const recordOf = (key: ThingKey): RawRecord =>
    new Map(
      [...things.nodes(key)].flatMap(([name, text]) => {
        const value = raw.get(text);
        return value ? [[name, value] as const] : [];
      }),
    );
  const clock = values[0]?.value?.value as unknown;
  return {
    records: new Map(keys.map((key) => [key, recordOf(key)])),
    serverClock: clock instanceof Date && Number.isFinite(clock.getTime()) ? clock.getTime() : null,
    values: texts.length,
  };
}
