/** What no broker may send: looked at before mqtt.js works with it. */
import type { IConnackPacket, Packet } from 'mqtt';

/** Packets that have a meaning for a client that publishes at QoS 0 and 1 and takes at most QoS 1. */
const expected: ReadonlySet<string> = new Set([
  ...['connack', 'puback', 'pingresp', 'disconnect'],
  ...['suback', 'unsuback', 'publish'],
]);
/** No event of the feed is smaller: a broker that takes so little takes none. */
const leastPacketSize = 256;

const isWhole = (value: unknown, least: number, most: number): boolean =>
  value === undefined || (Number.isInteger(value) && Number(value) >= least && Number(value) <= most);

/** Why the packet cannot be taken, or null. `greeted`: the broker has said CONNACK already. */
export function faultOf(packet: Packet, greeted: boolean): string | null {
  if (!expected.has(packet.cmd)) return `the broker sent a packet that has no place here: ${packet.cmd}`;
  if (packet.cmd === 'publish' && packet.qos === 2) return 'the broker sent a message at QoS 2, unasked';
  if (packet.cmd !== 'connack') {
    return greeted || packet.cmd === 'disconnect' ? null : `the broker began with ${packet.cmd}`;
  }
  if (greeted) return 'the broker greeted twice';
  return faultOfLimits(packet);
}

function faultOfLimits({ properties = {} }: IConnackPacket): string | null {
  const { serverKeepAlive, receiveMaximum, topicAliasMaximum, maximumPacketSize } = properties;
  const sound =
    isWhole(serverKeepAlive, 0, 65_535) &&
    isWhole(receiveMaximum, 1, 65_535) &&
    isWhole(topicAliasMaximum, 0, 65_535) &&
    isWhole(maximumPacketSize, 1, 2 ** 32 - 1);
  if (!sound) return 'the broker greeted with limits that make no sense';
  if (maximumPacketSize !== undefined && maximumPacketSize < leastPacketSize)
    return `the broker takes no packet above ${maximumPacketSize} bytes`;
  return null;
}
