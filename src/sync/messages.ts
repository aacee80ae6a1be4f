/** What goes to the broker: events as CloudEvents 1.0 in structured JSON, and the station's status. */
import type { JournalRow } from '../model/events.ts';
import type { StationStatus } from '../model/states.ts';

export interface Message {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1;
  readonly retain: boolean;
  readonly contentType: string;
}

const eventContentType = 'application/cloudevents+json';

/** Makes the message of a journal row; see `model/envelope.ts`. The data is JSON already and is put in as it stands. */
export function eventEncoder(root: string, site: string, epoch: string): (row: JournalRow) => Message {
  const topics = `${root}/${site}/events/`;
  const source = JSON.stringify(`/forecourt/${site}`);
  return (row) => {
    const { stream, seq, type } = row;
    const id = JSON.stringify(`${site}/${epoch}/${stream}/${seq}`);
    const payload =
      `{"specversion":"1.0","id":${id},"source":${source},"type":"${type}","time":"${row.at}",` +
      `"subject":${JSON.stringify(row.subject)},"datacontenttype":"application/json",` +
      `"dataschema":"/forecourt/v1/schemas/${type}.schema.json",` +
      `"stream":"${stream}","sequence":"${seq}","epoch":${JSON.stringify(epoch)},` +
      `"businessdate":${JSON.stringify(row.businessDate)},"seal":"${row.seal}","chain":"${row.chain}","data":${row.data}}`;
    return { topic: topics + type, payload, qos: 1, retain: false, contentType: eventContentType };
  };
}

export function statusMessage(root: string, site: string, status: StationStatus, qos: 0 | 1): Message {
  return stateMessage(`${root}/${site}/status`, JSON.stringify(status), qos);
}

/** A retained message of JSON text. */
export function stateMessage(topic: string, payload: string, qos: 0 | 1 = 0): Message {
  return { topic, payload, qos, retain: true, contentType: 'application/json' };
}

/**
 * Bytes of the PUBLISH packet that carries an event: MQTT 5.0 section 3.3 with the properties Content Type and Payload
 * Format Indicator, MQTT 3.1.1 without.
 */
export function packetSize(message: Message, mqtt5: boolean): number {
  const topicAndId = 2 + Buffer.byteLength(message.topic) + 2;
  const properties = 1 + 2 + Buffer.byteLength(message.contentType) + 2;
  const rest =
    topicAndId + (mqtt5 ? lengthBytes(properties) + properties : 0) + Buffer.byteLength(message.payload);
  return 1 + lengthBytes(rest) + rest;
}

/** Size of MQTT's variable byte integer: seven bits a byte. */
function lengthBytes(value: number): number {
  if (value < 128) return 1;
  if (value < 16_384) return 2;
  return value < 2_097_152 ? 3 : 4;
}
