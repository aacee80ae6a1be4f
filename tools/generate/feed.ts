/** `docs/feed/`: the contract for whoever reads the feed: one JSON Schema a message, and AsyncAPI over all. */
import { stringify } from 'yaml';
import type { z } from 'zod';
import { envelopeSchema } from '../../src/model/envelope.ts';
import { type EventType, eventSchemas } from '../../src/model/events.ts';
import { stateTopics } from '../../src/model/states.ts';
import { type JsonSchema, jsonSchemaOf } from './jsonSchema.ts';
import { jsonText, type Output } from './output.ts';

/** One message of the feed and where it is found. */
interface FeedMessage {
  /** Key in AsyncAPI and name of the schema's file. */
  readonly name: string;
  /** Topic below `{root}/{site}/`. */
  readonly topic: string;
  readonly schema: z.ZodType;
  readonly summary: string;
  readonly contentType: string;
  readonly retain: boolean;
  /** null: both are used. */
  readonly qos: 0 | 1 | null;
}

const folder = 'docs/feed';
const schemaFile = ({ name }: FeedMessage): string => `schemas/${name}.schema.json`;

export function feed(): Output[] {
  const messages = [...eventMessages(), ...stateMessages()];
  const schemas = messages.map((message) => {
    const { $schema, ...rest } = jsonSchemaOf(message.schema, 'output');
    const text = jsonText(open({ $schema, title: message.name, ...rest } as JsonSchema));
    return { path: `${folder}/${schemaFile(message)}`, text };
  });
  const header =
    '# Made from src/model/{events,envelope,states}.ts by `npm run generate`; change it there.\n';
  const asyncapi = header + stringify(asyncapiOf(messages), { lineWidth: 0, aliasDuplicateObjects: false });
  return [{ path: `${folder}/asyncapi.yaml`, text: asyncapi }, ...schemas];
}

function eventMessages(): FeedMessage[] {
  const types = (Object.keys(eventSchemas) as EventType[]).sort();
  return types.map((type) => ({
    name: type,
    topic: `events/${type}`,
    schema: envelopeSchema(type),
    summary: `stream ${eventSchemas[type].stream}`,
    contentType: 'application/cloudevents+json',
    retain: false,
    qos: 1,
  }));
}

function stateMessages(): FeedMessage[] {
  return Object.entries(stateTopics).map(([topic, schema]) => ({
    name: topic.replace(/\/\{.*\}$/, '').replaceAll('/', '.'),
    topic,
    schema,
    summary: schema.description ?? '',
    contentType: 'application/json',
    retain: true,
    qos: topic === 'status' ? null : 0,
  }));
}

/** Later versions add fields: a reader's schema must let them pass. */
function open(schema: JsonSchema): JsonSchema {
  const text = JSON.stringify(schema, (key, value) =>
    key === 'additionalProperties' && value === false ? undefined : value,
  );
  return JSON.parse(text) as JsonSchema;
}

const description = `What a fuel station publishes over MQTT.

Events are facts. They are kept at the station until the broker has them, and published in order at QoS 1. One may come
twice: its \`id\` is the same. Each stream counts by itself in \`sequence\`, without gaps within an \`epoch\`; a missing number
is a missing event. Retained topics tell the newest state and are no source of sums. \`status\` comes at QoS 1 at birth and death (the last
will too), at QoS 0 when only the backlog changed.

Units: \`...Ml\` millilitres; amounts in the currency's minor unit; prices in thousandths of a currency unit per litre;
instants in UTC. Whole numbers are below 2^53. Fields may be added in later versions: ignore those you do not know.
`;

const parameterWords: Readonly<Record<string, string>> = {
  root: 'from `mqtt.root` of the station file; may have several levels',
  site: '`site.id` of the station file',
  id: 'name of the thing in the station file',
};

function asyncapiOf(messages: readonly FeedMessage[]): object {
  const channels = messages.map((message) => {
    const address = `{root}/{site}/${message.topic}`;
    const names = [...address.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
    const parameters = Object.fromEntries(
      names.map((name) => [name, { description: parameterWords[name] ?? '' }]),
    );
    const reference = { $ref: `#/components/messages/${message.name}` };
    return [message.name, { address, parameters, messages: { [message.name]: reference } }];
  });
  const operations = messages.map((message) => [
    `publish.${message.name}`,
    {
      action: 'send',
      channel: { $ref: `#/channels/${message.name}` },
      bindings: {
        mqtt: {
          ...(message.qos === null ? {} : { qos: message.qos }),
          retain: message.retain,
          bindingVersion: '0.2.0',
        },
      },
    },
  ]);
  const components = messages.map((message) => [
    message.name,
    {
      name: message.name,
      summary: message.summary,
      contentType: message.contentType,
      payload: {
        schemaFormat: 'application/schema+json;version=draft-07',
        schema: { $ref: `./${schemaFile(message)}` },
      },
    },
  ]);
  return {
    asyncapi: '3.0.0',
    info: { title: 'Forecourt feed', version: '1', description, license: { name: 'Apache-2.0' } },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(channels),
    operations: Object.fromEntries(operations),
    components: { messages: Object.fromEntries(components) },
  };
}
