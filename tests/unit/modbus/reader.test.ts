import { describe, expect, it } from 'vitest';
import { type RegisterMap, registerKey } from '../../../src/core/registers/image.ts';
import { encodeTag } from '../../../src/core/registers/tag.ts';
import { createModbusReader } from '../../../src/drivers/modbus/reader.ts';
import type { ReaderProfile } from '../../../src/model/config/readerProfile.ts';
import { ForecourtError } from '../../../src/model/errors.ts';
import type { CardRead } from '../../../src/model/readings.ts';
import { FakeBus, fakeLog } from '../../support/fakeBus.ts';
import { readerProfile } from '../../support/profiles.ts';

const vrd = readerProfile('vrd-485');
const inveo = readerProfile('inveo-rfid-ind');

function started(profile: ReaderProfile) {
  const bus = new FakeBus();
  const log = fakeLog();
  const reads: CardRead[] = [];
  const reader = createModbusReader({
    bus,
    config: { id: 'r-device', profile: profile.profile, line: 'l1', unit: 1, writes: false },
    reader: 'r1',
    profile,
    log,
    onRead: (read) => reads.push(read),
  });
  const tag = (text: string | null, ms: number) => {
    const words = encodeTag(profile, text).map((word, n): [string, number] => [
      registerKey(profile.tag.table, profile.tag.address + n),
      word,
    ]);
    bus.job('tag').answer(new Map(words), ms);
  };
  return { bus, log, reads, reader, tag };
}

const flag = (on: boolean): RegisterMap => new Map([['coil:1016', on ? 1 : 0]]);
/** Lets a write end. */
const settled = () => new Promise((done) => setImmediate(done));
const clearVrd = { function: 'write-registers', address: 2, values: [0, 0] };
const clearInveo = { function: 'write-coil', address: 1016, values: [0] };

describe('a reader that shows the tag in its field', () => {
  it('gives one read for a tag that lies there, and clears once', async () => {
    const { bus, reads, tag, reader } = started(vrd);
    expect(bus.job('tag').intervals).toEqual([150]);
    tag(null, 0);
    for (const ms of [150, 300, 5000]) {
      tag('A41E45C6', ms);
      await settled();
    }
    expect(reads).toEqual([{ reader: 'r1', format: 'em32', text: 'A41E45C6', at: 150, mono: 150 }]);
    expect(bus.writes).toEqual([clearVrd]);
    expect(reader.readerStats()).toEqual({
      online: true,
      reads: 1,
      badFrames: 0,
      noReads: 0,
      lastReadAt: 150,
    });
  });

  it('a short look away, as after the clear, is the same tag; a longer one is a new read', () => {
    const { reads, tag } = started(vrd);
    tag('A41E45C6', 0);
    tag(null, 150);
    tag('A41E45C6', 300);
    tag(null, 450);
    tag('A41E45C6', 1301);
    expect(reads.map((read) => read.at)).toEqual([0, 1301]);
  });

  it('another tag is read at once', () => {
    const { reads, tag } = started(vrd);
    tag('A41E45C6', 0);
    tag('00000001', 150);
    expect(reads.map((read) => read.text)).toEqual(['A41E45C6', '00000001']);
  });

  it('tries a refused clear again with the next poll, and tells of it once', async () => {
    const { bus, log, tag } = started(vrd);
    bus.writeError = new ForecourtError('REPLY_TIMEOUT', 'no answer');
    tag('A41E45C6', 0);
    await settled();
    tag('A41E45C6', 150);
    await settled();
    bus.writeError = null;
    tag(null, 300);
    await settled();
    tag(null, 450);
    await settled();
    expect(bus.writes).toEqual([clearVrd, clearVrd, clearVrd]);
    expect(log.warnings).toHaveLength(1);
    expect(JSON.stringify(log.warnings)).not.toContain('A41E45C6');
  });
});

describe('a reader with a flag for a new tag', () => {
  it('reads the tag only after the flag was seen, then clears', async () => {
    const { bus, reads, tag } = started(inveo);
    expect(bus.job('tag').intervals).toEqual([null]);
    bus.job('presence').answer(flag(false), 0);
    expect(bus.job('tag').requests).toBe(0);
    bus.job('presence').answer(flag(true), 150);
    expect(bus.job('tag').requests).toBe(1);
    tag('62E3086C', 160);
    await settled();
    expect(reads.map((read) => [read.text, read.format])).toEqual([['62E3086C', 'uid']]);
    expect(bus.writes).toEqual([clearInveo]);
  });

  it('clears every time the flag stands, for the reader waits for it, and gives one read', async () => {
    const { bus, reads, tag } = started(inveo);
    for (const ms of [0, 150, 300]) {
      bus.job('presence').answer(flag(true), ms);
      tag('62E3086C', ms + 10);
      await settled();
      bus.job('presence').answer(flag(false), ms + 75);
    }
    bus.job('presence').answer(flag(true), 5000);
    tag('62E3086C', 5010);
    await settled();
    expect(reads.map((read) => read.at)).toEqual([10, 5010]);
    expect(bus.writes).toEqual([clearInveo, clearInveo, clearInveo, clearInveo]);
  });

  it('asks for no tag while it is being cleared', async () => {
    const { bus, tag } = started(inveo);
    bus.job('presence').answer(flag(true), 0);
    tag('62E3086C', 10);
    bus.job('presence').answer(flag(true), 20);
    expect(bus.job('tag').requests).toBe(1);
    await settled();
    bus.job('presence').answer(flag(true), 150);
    expect(bus.job('tag').requests).toBe(2);
  });

  it('counts a flag without a tag, and a tag that is none of the format, and clears both', async () => {
    const { bus, log, reads, tag, reader } = started(inveo);
    tag(null, 0);
    await settled();
    bus
      .job('tag')
      .answer(new Map(Array.from({ length: 10 }, (_, n) => [`holding:${1002 + n}`, 0x1234])), 150);
    await settled();
    expect(reads).toEqual([]);
    expect(reader.readerStats()).toMatchObject({ reads: 0, badFrames: 1, noReads: 1 });
    expect(bus.writes).toEqual([clearInveo, clearInveo]);
    expect(log.warnings).toHaveLength(1);
  });
});

it('a refused block is told once a minute; after the stop nothing is read', () => {
  const { bus, log, reads, tag, reader } = started(vrd);
  bus.job('tag').fail('REPLY_EXCEPTION', 0);
  bus.job('tag').fail('REPLY_EXCEPTION', 100);
  bus.job('tag').fail('REPLY_TIMEOUT', 200);
  expect(log.warnings).toHaveLength(1);
  reader.stop();
  tag('A41E45C6', 300);
  expect(reads).toEqual([]);
  expect(bus.jobs.every((job) => job.cancelled)).toBe(true);
});
