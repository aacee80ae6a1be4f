import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { JournalRow } from '../../../src/model/events.ts';
import { eventEncoder } from '../../../src/sync/messages.ts';
import { configSchemas } from '../../../tools/generate/configSchemas.ts';
import { feed } from '../../../tools/generate/feed.ts';
import type { Output } from '../../../tools/generate/output.ts';

const text = (outputs: readonly Output[], path: string): string => {
  const found = outputs.find((output) => output.path === path);
  if (!found) throw new Error(`${path} is not generated`);
  return found.text;
};
/** The generated JSON Schema at work, apart from the zod schema it was made from. */
const schema = (outputs: readonly Output[], path: string) =>
  z.fromJSONSchema(JSON.parse(text(outputs, path)));
const read = (path: string) =>
  parse(readFileSync(new URL(`../../../config/${path}`, import.meta.url), 'utf8'));

describe('schemas for editors', () => {
  const outputs = configSchemas();
  const program = schema(outputs, 'config/schemas/program.schema.json');
  const minimal = read('programs/minimal.yaml');

  it.each([
    ['program', 'programs/standard.yaml'],
    ['program', 'programs/minimal.yaml'],
    ['members', 'stations/members.example.yaml'],
    ['members', 'stations/demo-members.yaml'],
  ])('%s accepts %s', (name, file) => {
    schema(outputs, `config/schemas/${name}.schema.json`).parse(read(file));
  });

  it.each([
    ['an unknown key', { ...minimal, colour: 'red' }],
    ['an unknown key in a list', { ...minimal, tiers: [{ id: 'ordinary', colour: 'red' }] }],
    ['a missing key', { ...minimal, earn: undefined }],
    ['a value that is no decimal', { ...minimal, tiers: [{ id: 'vip', multiplier: '1,5' }] }],
    ['a name with a space', { ...minimal, program: 'two words' }],
  ])('program refuses %s', (_, value) => {
    expect(program.safeParse(value).success).toBe(false);
  });

  it('tells the defaults, also of lists with decimals inside', () => {
    const { properties } = JSON.parse(text(outputs, 'config/schemas/program.schema.json'));
    expect(properties.rounding.default).toBe('down');
    expect(properties.campaigns.default).toEqual([]);
    expect(properties.tiers.items.properties.multiplier.default).toBe('1');
  });
});

describe('the contract of the feed', () => {
  const outputs = feed();
  const row: JournalRow = {
    stream: 'business',
    seq: 7,
    type: 'station.stopped',
    at: '2026-12-02T08:00:00.000Z',
    businessDate: '2026-12-02',
    subject: 'site-1',
    data: '{"reason":"asked to"}',
    seal: 'a'.repeat(64),
    chain: 'b'.repeat(64),
  };
  const event = JSON.parse(eventEncoder('forecourt/v1', 'site-1', 'e1')(row).payload);
  const stopped = schema(outputs, 'docs/feed/schemas/station.stopped.schema.json');

  it('accepts an event as it is published, and one of a later version with a field more', () => {
    stopped.parse(event);
    stopped.parse({ ...event, region: 'north', data: { reason: 'asked to', by: 'service' } });
  });

  it.each([
    ['another type', { ...event, type: 'station.started' }],
    ['another stream', { ...event, stream: 'telemetry' }],
    ['no data', { ...event, data: {} }],
    ['a sequence that is no number', { ...event, sequence: 'seven' }],
  ])('refuses an event with %s', (_, value) => {
    expect(stopped.safeParse(value).success).toBe(false);
  });

  it('AsyncAPI names a channel, an operation and a schema that exists for each message', () => {
    const api = parse(text(outputs, 'docs/feed/asyncapi.yaml'));
    const files = outputs.filter(({ path }) => path.endsWith('.json'));
    expect(Object.keys(api.channels)).toHaveLength(files.length);
    expect(Object.keys(api.operations)).toHaveLength(files.length);
    for (const name of Object.keys(api.channels)) {
      const { payload } = api.components.messages[name];
      expect(files.map(({ path }) => path)).toContain(payload.schema.$ref.replace('./', 'docs/feed/'));
      expect(api.channels[name].messages[name].$ref).toBe(`#/components/messages/${name}`);
    }
    expect(api.channels['sale.completed'].address).toBe('{root}/{site}/events/sale.completed');
    expect(api.channels.status.address).toBe('{root}/{site}/status');
    expect(api.channels['state.devices'].address).toBe('{root}/{site}/state/devices/{id}');
    expect(api.operations['publish.status'].bindings.mqtt.retain).toBe(true);
    expect(api.operations['publish.sale.completed'].bindings.mqtt).toMatchObject({ qos: 1, retain: false });
  });

  it('no retained topic tells who the customer is', () => {
    const states = outputs.filter(
      ({ path }) => /state\.|status/.test(path) && !path.includes('state-changed'),
    );
    expect(states).toHaveLength(4);
    for (const output of states) {
      const { properties } = JSON.parse(output.text);
      expect(Object.keys(properties)).not.toContain('member');
    }
    const point = text(outputs, 'docs/feed/schemas/state.fuelling-points.schema.json');
    expect(JSON.parse(point).properties.card.type).toBe('boolean');
  });
});
