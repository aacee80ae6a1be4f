/** The station's configuration as mqtt.js wants it. */
import { readFileSync } from 'node:fs';
import type { IClientOptions } from 'mqtt';
import type { z } from 'zod';
import type { mqttSchema } from '../model/config/station.ts';
import type { Message } from './messages.ts';

export type MqttConfig = z.output<typeof mqttSchema>;

/**
 * Options of one connection. Certificates are read now, so that renewed ones are taken at the next connection without a
 * restart; throws when a file cannot be read.
 */
export function clientOptions(
  config: MqttConfig,
  site: string,
  password: string | undefined,
  will: Message,
): IClientOptions {
  const { tls } = config;
  return {
    protocol: tls === undefined ? 'mqtt' : 'mqtts',
    host: config.host,
    port: config.port,
    protocolVersion: config.protocol === 'mqtt-5' ? 5 : 4,
    clientId: config.clientId ?? `forecourt-${site}`,
    // The journal is the memory: the broker and mqtt.js are to keep none.
    clean: true,
    reconnectPeriod: 0,
    queueQoSZero: false,
    resubscribe: false,
    keepalive: config.keepaliveS,
    will: { topic: will.topic, payload: Buffer.from(will.payload), qos: will.qos, retain: will.retain },
    ...(config.username !== undefined && { username: config.username }),
    ...(password !== undefined && { password }),
    ...(tls !== undefined && {
      rejectUnauthorized: true,
      ...(tls.ca !== undefined && { ca: readFileSync(tls.ca) }),
      ...(tls.certificate !== undefined && { cert: readFileSync(tls.certificate) }),
      ...(tls.key !== undefined && { key: readFileSync(tls.key) }),
      ...(tls.serverName !== undefined && { servername: tls.serverName }),
    }),
  };
}
