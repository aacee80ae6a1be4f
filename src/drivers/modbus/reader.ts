/** A Modbus card reader: polls for a tag, gives one read for each time a tag is laid on, and clears the reader. */
import type { Log } from '../../core/ports.ts';
import { decodeField, fieldRange } from '../../core/registers/field.ts';
import { decodeTag, tagRange } from '../../core/registers/tag.ts';
import type { Field } from '../../model/config/field.ts';
import type { ReaderProfile } from '../../model/config/readerProfile.ts';
import type { DeviceConfig } from '../../model/config/station.ts';
import { asForecourtError } from '../../model/errors.ts';
import type { CardRead } from '../../model/readings.ts';
import type { Instant, MonoMs } from '../../model/units.ts';
import type { Bus, DeviceStats, PollJob, PollResult, RegisterRange } from '../bus/bus.ts';
import { createTroubleLog } from './troubleLog.ts';

export interface ModbusReaderOptions {
  readonly bus: Pick<Bus, 'device'>;
  readonly config: DeviceConfig;
  /** The reader's name at the station. */
  readonly reader: string;
  readonly profile: ReaderProfile;
  readonly log: Log;
  readonly onRead: (read: CardRead) => void;
}

export interface ModbusReader {
  stop(): void;
  stats(): DeviceStats;
  /** `badFrames`: tag registers that held no tag of the format; `noReads`: the reader told of a tag and had none. */
  readerStats(): {
    readonly online: boolean;
    readonly reads: number;
    readonly badFrames: number;
    readonly noReads: number;
    readonly lastReadAt: Instant | null;
  };
}

type Good = Extract<PollResult, { ok: true }>;

/** Polls from the start. Throws REQUEST_REFUSED as `Bus.device` does. */
export function createModbusReader(options: ModbusReaderOptions): ModbusReader {
  const { config, profile, log } = options;
  const { presence, clear, timing } = profile;
  const device = options.bus.device({
    id: config.id,
    unit: config.unit,
    timing,
    // a reader's map is small and often has holes
    limits: { maxRegisters: 125, maxGap: 0 },
  });
  const trouble = createTroubleLog(log);
  let reads = 0;
  let badFrames = 0;
  let noReads = 0;
  let lastReadAt: Instant | null = null;
  /** The tag last seen; `away`: a poll since then found none. */
  let lying: { readonly text: string; readonly seen: MonoMs; away: boolean } | null = null;
  let clearing: 'not-needed' | 'needed' | 'under-way' = 'not-needed';
  let stopped = false;

  const poll = (
    name: string,
    range: RegisterRange,
    intervalMs: number | null,
    take: (result: Good) => void,
  ): PollJob =>
    device.poll({ name, ranges: [range], intervalMs }, (result) => {
      if (stopped) return;
      if (result.ok) take(result);
      else if (result.error.code === 'REPLY_EXCEPTION') {
        const fields = { reader: options.reader, err: result.error };
        trouble.warn(`refused ${name}`, result.mono, fields, 'the reader refuses a block of its profile');
      }
    });
  // the tag is read only after the flag was seen: read in one sweep, an old tag could come with a new flag
  const tagJob = poll('tag', tagRange(profile), presence ? null : timing.pollMs, takeTag);
  const presenceJob = presence ? pollPresence(presence) : null;

  function pollPresence(field: Field): PollJob {
    const place = { order: profile.order, addressBase: profile.addressBase, pointOffset: 0, hoseIndex: 0 };
    return poll('presence', fieldRange(field, place), timing.pollMs, ({ image }) => {
      const flag = decodeField(field, place, image);
      const there = flag.ok && flag.value !== null && flag.value !== 0n;
      if (!there) seeNothing();
      else if (clearing !== 'under-way') tagJob.request();
    });
  }

  function takeTag(result: Good): void {
    const tag = decodeTag(profile, result.image);
    if (!tag.ok) {
      badFrames += 1;
      const fields = { code: 'FIELD_UNDECODABLE', reader: options.reader, reason: tag.reason };
      trouble.warn('tag', result.mono, fields, 'no tag of the format');
    } else if (tag.text === null) {
      if (presence) noReads += 1;
      seeNothing();
    } else {
      seeTag(tag.text, result);
    }
    // with a flag the reader waits for the clear whatever it held; without one it is cleared once a tag
    if (presence && clearing === 'not-needed') clearing = 'needed';
    if (clear && clearing === 'needed') void clearReader(clear, result.mono);
  }

  function seeNothing(): void {
    if (lying) lying.away = true;
  }

  function seeTag(text: string, { at, mono }: Good): void {
    const same = lying?.text === text && (!lying.away || mono - lying.seen <= timing.awayMs);
    lying = { text, seen: mono, away: false };
    if (same) return;
    reads += 1;
    lastReadAt = at;
    if (clearing === 'not-needed') clearing = 'needed';
    options.onRead({ reader: options.reader, format: profile.format, text, at, mono });
  }

  async function clearReader(rule: NonNullable<ReaderProfile['clear']>, mono: MonoMs): Promise<void> {
    clearing = 'under-way';
    try {
      const address = rule.address - profile.addressBase;
      await device.write({ function: rule.function, address, values: rule.values });
      clearing = 'not-needed';
    } catch (error) {
      // tried again with the next poll
      clearing = 'needed';
      const fields = { reader: options.reader, err: asForecourtError(error) };
      trouble.warn('clear', mono, fields, 'the reader was not cleared');
    }
  }

  return {
    stop() {
      stopped = true;
      tagJob.cancel();
      presenceJob?.cancel();
    },
    stats: () => device.stats(),
    readerStats: () => ({
      online: device.stats().state !== 'offline',
      reads,
      badFrames,
      noReads,
      lastReadAt,
    }),
  };
}
