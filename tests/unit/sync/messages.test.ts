import { describe, expect, it } from 'vitest';
import { envelopeSchema } from '../../../src/model/envelope.ts';
import type { JournalRow } from '../../../src/model/events.ts';
import { eventEncoder, packetSize, stateMessage, statusMessage } from '../../../src/sync/messages.ts';

const row: JournalRow = {
  stream: 'business',
  seq: 12,
  type: 'station.stopped',
  at: '2026-11-22T08:00:00.000Z',
  businessDate: '2026-11-22',
  subject: 'a "quoted" \\ 站',
  data: '{"reason":"line\\nbreak"}',
  seal: 'a'.repeat(64),
  chain: 'b'.repeat(64),
};

describe('an event', () => {
  const message = eventEncoder('forecourt/v1', 'site-1', 'abc')(row);

  it('M203: is a CloudEvent whose identity is site, epoch, stream and sequence', () => {
    expect(message).toMatchObject({
      topic: 'forecourt/v1/site-1/events/station.stopped',
      qos: 1,
      retain: false,
    });
    expect(envelopeSchema('station.stopped').parse(JSON.parse(message.payload))).toEqual({
      specversion: '1.0',
      id: 'site-1/abc/business/12',
      source: '/forecourt/site-1',
      type: 'station.stopped',
      time: '2026-11-22T08:00:00.000Z',
      subject: 'a "quoted" \\ 站',
      datacontenttype: 'application/json',
      dataschema: '/forecourt/v1/schemas/station.stopped.schema.json',
      stream: 'business',
      sequence: '12',
      epoch: 'abc',
      businessdate: '2026-11-22',
      seal: 'a'.repeat(64),
      chain: 'b'.repeat(64),
      data: { reason: 'line\nbreak' },
    });
  });

  it('is the same at every repetition', () => {
    expect(eventEncoder('forecourt/v1', 'site-1', 'abc')(row)).toEqual(message);
  });
});

it('a status is retained beside the events', () => {
  const backlog = { business: 1, telemetry: 2 };
  const at = '2026-11-22T08:00:00.000Z';
  const status = { state: 'online', at, version: '1', epoch: 'abc', backlog } as const;
  expect(statusMessage('root', 's', status, 1)).toEqual({
    topic: 'root/s/status',
    payload: JSON.stringify(status),
    qos: 1,
    retain: true,
    contentType: 'application/json',
  });
});

it.each([
  // Fixed header 2, topic 2 + 1, identifier 2, properties 1 + 19 + 2 and their length 1, payload.
  [true, 10, 2 + 3 + 2 + 22 + 10],
  [false, 10, 2 + 3 + 2 + 10],
  // The remaining length takes a second byte from 128 on, a third from 16,384 on.
  [false, 122, 2 + 3 + 2 + 122],
  [false, 123, 3 + 3 + 2 + 123],
  [false, 16_378, 3 + 3 + 2 + 16_378],
  [false, 16_379, 4 + 3 + 2 + 16_379],
])('a packet is counted in bytes as MQTT writes it (MQTT 5: %s, payload %i)', (mqtt5, payload, size) => {
  expect(packetSize({ ...stateMessage('t', 'x'.repeat(payload)) }, mqtt5)).toBe(size);
});
