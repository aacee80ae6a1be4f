/** Whatever a broker may send, into the publisher: each input is one connection's worth. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mqttSchema } from '../../../src/model/config/station.ts';
import { instant } from '../../../src/model/units.ts';
import { systemClock } from '../../../src/station/systemClock.ts';
import { openStore, type Store } from '../../../src/store/store.ts';
import { createPublisher, type Publisher } from '../../../src/sync/publisher.ts';
import { damaged, type Rng } from '../random.ts';
import { holds, type Target, type Verdict } from '../target.ts';

/** A packet with its length; lengths below 16,384 only. */
function packet(type: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : [(length & 0x7f) | 0x80, length >> 7];
  return Buffer.concat([Buffer.from([type, ...size]), content]);
}

const text = (value: string): Buffer =>
  Buffer.concat([Buffer.from([value.length >> 8, value.length & 0xff]), Buffer.from(value)]);

/** CONNACK with properties, some of them hostile. */
function connack(rng: Rng): Buffer {
  const all = [
    Buffer.from([0x21, 0, rng.pick([0, 1, 10, 255])]), // Receive Maximum
    Buffer.from([0x27, 0, 0, rng.pick([0, 1, 255]), rng.below(256)]), // Maximum Packet Size
    Buffer.from([0x24, rng.pick([0, 1, 2])]), // Maximum QoS
    Buffer.from([0x25, rng.pick([0, 1, 7])]), // Retain Available
    Buffer.from([0x22, rng.below(256), rng.below(256)]), // Topic Alias Maximum
    Buffer.from([0x13, 0, rng.below(256)]), // Server Keep Alive
    Buffer.from([0x11, 255, 255, 255, 255]), // Session Expiry
    Buffer.concat([Buffer.from([0x1f]), text('no')]), // Reason String
    Buffer.concat([Buffer.from([0x12]), text('other-id')]), // Assigned Client Identifier
    Buffer.concat([Buffer.from([0x26]), text('k'), text('v')]), // User Property
    Buffer.from([rng.below(256), rng.below(256)]),
  ];
  const properties = Buffer.concat(Array.from({ length: rng.below(4) }, () => rng.pick(all)));
  return packet(
    0x20,
    Buffer.concat([
      Buffer.from([rng.below(2), rng.chance(0.8) ? 0 : rng.pick([0x80, 0x87, 0x9f, 5])]),
      Buffer.from([properties.length]),
      properties,
    ]),
  );
}

function somePacket(rng: Rng): Buffer {
  const id = [0, rng.pick([0, 1, 2, 3, 50, 255])];
  switch (rng.below(9)) {
    case 0:
    case 1:
    case 2:
      return packet(
        0x40,
        Buffer.from([...id, ...rng.pick([[], [0], [0x10, 0], [0x80, 0], [0x91, 0], [0x97, 0], [0x99, 0]])]),
      );
    case 3:
      return packet(
        rng.pick([0x30, 0x32, 0x34, 0x3d]),
        Buffer.concat([
          text(rng.pick(['a', '', 'forecourt/v1/S1/ack', '#'])),
          Buffer.from(id),
          rng.bytes(rng.below(40)),
        ]),
      );
    case 4:
      return packet(rng.pick([0x50, 0x62, 0x70, 0x90, 0xb0]), Buffer.from([...id, 0, 0]));
    case 5:
      return packet(0xe0, Buffer.from([rng.pick([0x00, 0x04, 0x8b, 0x95, 0x9c]), 0]));
    case 6:
      return packet(0xf0, Buffer.from([rng.pick([0x18, 0x19]), 0]));
    case 7:
      return connack(rng);
    default:
      return rng.chance(0.5) ? packet(0xd0, Buffer.alloc(0)) : rng.bytes(rng.between(1, 60));
  }
}

/** Identifiers of the QoS 1 messages in what the publisher wrote; its packets here are shorter than 16,384 bytes. */
function publishedIds(bytes: Buffer): number[] {
  const ids: number[] = [];
  for (let at = 0; at + 3 < bytes.length; ) {
    const [low = 0, high = 0] = bytes.subarray(at + 1);
    const body = low < 128 ? at + 2 : at + 3;
    const length = low < 128 ? low : (low & 0x7f) + high * 128;
    if (((bytes[at] ?? 0) & 0xf6) === 0x32 && body + 1 < bytes.length) {
      const id = body + 2 + bytes.readUInt16BE(body);
      if (id + 1 < bytes.length) ids.push(bytes.readUInt16BE(id));
    }
    at = body + length;
  }
  return ids;
}

/** From 128 on an input's broker answers messages, with a code that the input names. */
const answersFrom = 128;
const codes = [0, 0, 0, 0x10, 0x80, 0x91, 0x97, 0x99];

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const patienceMs = 10_000;

interface Arrived {
  readonly socket: Socket;
  /** The publisher has said something, or has gone. */
  readonly heard: Promise<void>;
}

/** The first byte chooses when the broker hangs up; the rest is what it sends. */
export function mqttTarget(): Target {
  let folder = '';
  let store: Store | null = null;
  let publisher: Publisher | null = null;
  let server: Server | null = null;
  let waiting: ((arrived: Arrived) => void) | null = null;
  let early: Arrived | null = null;

  const nextConnection = (): Promise<Arrived> =>
    new Promise((resolve) => {
      if (early) resolve(early);
      else waiting = resolve;
      early = null;
    });

  return {
    name: 'mqtt-broker',
    share: 0.25,
    async begin() {
      folder = mkdtempSync(join(tmpdir(), 'forecourt-fuzz-'));
      store = openStore({ directory: folder, clock: systemClock, log: silent, site: 'S1' });
      server = createServer((socket) => {
        socket.on('error', () => {});
        const heard = new Promise<void>((resolve) => {
          socket.once('data', () => resolve()).once('close', () => resolve());
        });
        if (waiting) waiting({ socket, heard });
        else early = { socket, heard };
        waiting = null;
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const { port } = server.address() as AddressInfo;
      publisher = createPublisher({
        source: store.feed,
        mqtt: mqttSchema.parse({ host: '127.0.0.1', port }),
        site: 'S1',
        version: '0',
        secrets: {},
        clock: systemClock,
        random: () => 0.5,
        log: silent,
        timing: { firstRetry: 1, mostRetry: 2, connectDeadline: 300, answerDeadline: 300 },
      });
      publisher.start();
    },
    async end() {
      await publisher?.stop(0);
      server?.close();
      store?.close();
      rmSync(folder, { recursive: true, force: true });
    },
    make(rng) {
      const packets = [
        rng.chance(0.9) ? connack(rng) : Buffer.alloc(0),
        ...Array.from({ length: rng.below(8) }, () => somePacket(rng)),
      ];
      const whole = Buffer.concat(packets);
      return Buffer.concat([rng.bytes(1), rng.chance(0.3) ? damaged(rng, whole) : whole]);
    },
    async run(input): Promise<Verdict> {
      if (!store || !publisher) return 'refused';
      const { feed, journal } = store;
      store.transaction(() =>
        journal.append('station.stopped', 'S1', instant(0), '2026-11-22', { reason: 'fuzz' }),
      );
      const late = new AbortController();
      const arrived = await Promise.race([
        nextConnection(),
        sleep(patienceMs, null, { signal: late.signal }),
      ]);
      late.abort();
      holds(arrived !== null, 'the publisher comes back', { report: publisher.report() });
      if (arrived === null) return 'refused';
      const { socket, heard } = arrived;
      await heard;
      const mood = input[0] ?? 0;
      if (mood >= answersFrom) {
        let answered = mood;
        socket.on('data', (chunk: Buffer) => {
          for (const id of publishedIds(chunk))
            socket.write(Buffer.from([0x40, 3, id >> 8, id & 0xff, codes[answered++ % codes.length] ?? 0]));
        });
      }
      socket.write(input.subarray(1));
      await sleep(mood >= answersFrom ? mood % 16 : mood % 6);
      socket.destroy();
      for (const stream of ['business', 'telemetry'] as const)
        holds(
          feed.cursor(stream, 'published') <= feed.head(stream),
          'nothing is published that was not written',
          {},
        );
      const { published, inFlight } = publisher.report();
      holds(
        inFlight <= 1_000 && published <= feed.head('business'),
        'no more events are sent than there are',
        { published, inFlight },
      );
      return published > 0 ? 'accepted' : 'refused';
    },
  };
}
