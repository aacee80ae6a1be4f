import type { Packet } from 'mqtt';
import { expect, it } from 'vitest';
import { faultOf } from '../../../src/sync/packetFaults.ts';

const greeting = (properties: object): Packet =>
  ({ cmd: 'connack', sessionPresent: false, reasonCode: 0, properties }) as Packet;

it.each([
  [{}],
  [{ receiveMaximum: 1, maximumPacketSize: 256, topicAliasMaximum: 0, serverKeepAlive: 0 }],
  [{ userProperties: { a: ['1', '2'] } }],
])('takes a greeting with %j', (properties) => {
  expect(faultOf(greeting(properties), false)).toBeNull();
});

it.each([
  [{ receiveMaximum: 0 }],
  [{ serverKeepAlive: [0, 0] }],
  [{ maximumPacketSize: 0 }],
  [{ maximumPacketSize: 255 }],
  [{ topicAliasMaximum: 1.5 }],
])('refuses a greeting with %j', (properties) => {
  expect(faultOf(greeting(properties), false)).not.toBeNull();
});

it.each(['puback', 'pingresp', 'suback', 'publish'])(
  'refuses %s before the greeting, and takes it after',
  (cmd) => {
    expect(faultOf({ cmd } as Packet, false)).not.toBeNull();
    expect(faultOf({ cmd } as Packet, true)).toBeNull();
  },
);

it.each(['pubrel', 'pubrec', 'pubcomp', 'auth', 'connect', 'subscribe'])('refuses %s at any time', (cmd) => {
  expect(faultOf({ cmd } as Packet, true)).not.toBeNull();
});

it('refuses a second greeting, and messages at QoS 2', () => {
  expect(faultOf(greeting({}), true)).not.toBeNull();
  expect(faultOf({ cmd: 'publish', qos: 2 } as Packet, true)).not.toBeNull();
});
