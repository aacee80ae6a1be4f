/** Head office's side: mosquitto_sub with a session that the broker keeps, and what it wrote down. */
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Stream } from '../../src/model/events.ts';
import { end, startChild } from './children.ts';

/** A CloudEvent as it was received. */
export interface FeedEvent {
  readonly id: string;
  readonly type: string;
  readonly stream: Stream;
  readonly sequence: string;
  readonly epoch: string;
  readonly time: string;
  readonly data: Record<string, unknown>;
}

export interface Feed {
  /** By CloudEvents id: each event once. */
  readonly events: ReadonlyMap<string, FeedEvent>;
  readonly duplicates: number;
  /** Ids that came with two contents, and lines that are no event. */
  readonly wrong: readonly string[];
  /** Times that the broker confirmed the subscription. */
  readonly subscribed: number;
  /** Reads what was written since the last call; returns itself. */
  read(): Feed;
  /** Ends the subscriber. */
  stop(): Promise<void>;
}

const mark = '>';
const chunkBytes = 1 << 20;

/** The subscriber's process writes to `feed.txt` in `directory`; nothing of it passes through this one. */
export function startFeed(directory: string, port: number): Feed {
  const file = join(directory, 'feed.txt');
  const output = openSync(file, 'a');
  const session = ['-i', 'head-office', '-c', '-q', '1', '-V', 'mqttv311', '-k', '5'];
  const child = startChild(
    'stdbuf',
    [
      ...['-oL', 'mosquitto_sub', '-h', '127.0.0.1', '-p', `${port}`, '-d', '-F', `${mark}%p`],
      ...['-t', 'forecourt/v1/+/events/#', ...session],
    ],
    { stdio: ['ignore', output, output] },
  );
  closeSync(output);

  const events = new Map<string, FeedEvent>();
  const wrong: string[] = [];
  let duplicates = 0;
  let subscribed = 0;
  const input = openSync(file, 'r');
  const chunk = Buffer.alloc(chunkBytes);
  let rest = Buffer.alloc(0);

  function take(line: string): void {
    if (line.startsWith('Subscribed')) subscribed += 1;
    if (!line.startsWith(mark)) return;
    let event: FeedEvent;
    try {
      event = JSON.parse(line.slice(mark.length)) as FeedEvent;
    } catch {
      wrong.push(`no event: ${line.slice(0, 200)}`);
      return;
    }
    const known = events.get(event.id);
    if (known === undefined) events.set(event.id, event);
    else if (isDeepStrictEqual(known, event)) duplicates += 1;
    else wrong.push(`two contents of ${event.id}`);
  }

  const feed: Feed = {
    events,
    wrong,
    get duplicates() {
      return duplicates;
    },
    get subscribed() {
      return subscribed;
    },
    read() {
      for (;;) {
        const length = readSync(input, chunk, 0, chunkBytes, null);
        if (length === 0) return feed;
        const bytes = Buffer.concat([rest, chunk.subarray(0, length)]);
        const whole = bytes.lastIndexOf(10) + 1;
        for (const line of bytes.subarray(0, whole).toString('utf8').split('\n')) take(line);
        rest = bytes.subarray(whole);
      }
    },
    stop: () => end(child, 'SIGTERM'),
  };
  return feed;
}
