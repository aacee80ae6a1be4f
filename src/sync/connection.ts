/** One connection to the broker, from its opening to its end; mqtt.js is used for the protocol and for nothing durable. */
import { Socket } from 'node:net';
import mqtt, { type IClientOptions, type IConnackPacket } from 'mqtt';
import type { Message } from './messages.ts';
import { faultOf } from './packetFaults.ts';

export type Outcome =
  | { readonly kind: 'acknowledged' }
  /** A reason code of MQTT 5 from 0x80 on. */
  | { readonly kind: 'refused'; readonly code: number; readonly reason: string }
  /** The connection ended first: the broker may or may not have it. */
  | { readonly kind: 'lost' };

/** What the broker allows. */
export interface Limits {
  readonly receiveMaximum: number;
  readonly maximumPacketSize: number;
}

export interface Connection {
  publish(message: Message, done: (outcome: Outcome) => void): void;
  /** Says goodbye; the broker then keeps the last will to itself. */
  end(): void;
  /** Cuts the line; the broker then publishes the last will. */
  cut(reason: string): void;
}

export interface ConnectionEvents {
  opened(limits: Limits): void;
  /** The last that is heard of this connection, once. */
  closed(reason: string): void;
}

/** Greatest packet that MQTT can express: what a broker takes that names no limit. */
const anyPacketSize = 268_435_455;

/** Brokers have little to say to a client that only publishes. */
const mostPacketBytes = 1024 * 1024;

/** Opens a connection. Throws when the options make none, such as a broken certificate. */
export function openConnection(
  options: IClientOptions,
  connectDeadlineMs: number,
  events: ConnectionEvents,
): Connection {
  // Its own deadline only stands behind the one below, which says what it was.
  const client = mqtt.connect({ ...options, connectTimeout: connectDeadlineMs * 2 });
  let finished = false;
  let greeted = false;
  /** Received since the last whole packet. */
  let silentBytes = 0;
  const deadline = setTimeout(
    () => finish(`no connection within ${connectDeadlineMs} ms`),
    connectDeadlineMs,
  );

  function finish(reason: string): void {
    if (finished) return;
    finished = true;
    clearTimeout(deadline);
    client.end(true);
    events.closed(reason);
  }

  client.on('packetreceive', (packet) => {
    silentBytes = 0;
    const fault = finished ? 'the connection has ended' : faultOf(packet, greeted);
    greeted ||= packet.cmd === 'connack';
    if (fault === null) return;
    // mqtt.js would work with it, even after the end, and what it throws then nobody can catch.
    Object.assign(packet, { cmd: 'refused' });
    finish(fault);
  });
  client.stream.on('data', (chunk: Buffer) => {
    silentBytes += chunk.length;
    if (silentBytes > mostPacketBytes)
      finish(`the broker sent a packet of more than ${mostPacketBytes} bytes`);
  });
  client.on('connect', (packet) => {
    clearTimeout(deadline);
    if (finished) return;
    // A sale is two or three small messages: the second must not wait for the first one's TCP acknowledgement.
    if (client.stream instanceof Socket) client.stream.setNoDelay(true);
    const refusal = refusalOf(packet);
    if (refusal === null) events.opened(limitsOf(packet));
    else finish(refusal);
  });
  // Errors after the end are of no interest, but without a listener they would end the process.
  client.on('error', (error) => finish(textOf(error)));
  client.on('disconnect', (packet) =>
    finish(`the broker disconnected, reason code ${packet.reasonCode ?? 0}`),
  );
  client.on('close', () => finish(greeted ? 'the connection was closed' : unanswered(options)));

  return {
    publish(message, done) {
      const { topic, payload, qos, retain, contentType } = message;
      const properties = { contentType, payloadFormatIndicator: true };
      client.publish(topic, payload, { qos, retain, properties }, (error) => done(outcomeOf(error)));
    },
    end: () => {
      client.end();
    },
    cut: finish,
  };
}

/** Brokers that know neither the protocol's version nor an answer for it just hang up, and so do listeners that want TLS. */
const unanswered = ({ protocolVersion, protocol }: IClientOptions): string =>
  [
    'the broker closed the connection without an answer',
    ...(protocolVersion === 5 ? ['if it knows only MQTT 3.1.1: `protocol: mqtt-3.1.1`'] : []),
    ...(protocol === 'mqtt' ? ['if it wants TLS: `tls`'] : []),
  ].join('; ');

function refusalOf({ properties }: IConnackPacket): string | null {
  if (properties?.maximumQoS === 0) return 'the broker takes no messages of QoS 1';
  return properties?.retainAvailable === false ? 'the broker keeps no retained messages' : null;
}

function limitsOf({ properties }: IConnackPacket): Limits {
  return {
    receiveMaximum: properties?.receiveMaximum ?? 65_535,
    maximumPacketSize: properties?.maximumPacketSize ?? anyPacketSize,
  };
}

function outcomeOf(error: Error | null | undefined): Outcome {
  if (error === null || error === undefined) return { kind: 'acknowledged' };
  const code = 'code' in error ? error.code : undefined;
  return typeof code === 'number' ? { kind: 'refused', code, reason: error.message } : { kind: 'lost' };
}

/** An attempt over several addresses fails with an error whose text is empty. */
function textOf(error: Error): string {
  if (error.message !== '') return error.message;
  return 'code' in error ? String(error.code) : error.name;
}
