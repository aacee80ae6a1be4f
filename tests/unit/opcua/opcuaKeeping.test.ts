/** What keeps OPC UA going: the watch over a subscription, the times of readings, certificates and whom one trusts. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unwatched, type WatchInput, watchStep } from '../../../src/core/opcua/watch.ts';
import { faultOf, viewCertificate } from '../../../src/drivers/opcua/pki/certificate.ts';
import { ownCertificate } from '../../../src/drivers/opcua/pki/ownCertificate.ts';
import { openTrustStore } from '../../../src/drivers/opcua/pki/trustStore.ts';
import { createSchedule } from '../../../src/drivers/opcua/schedule.ts';
import { createTurns } from '../../../src/drivers/opcua/turns.ts';
import { makePair } from '../../support/opcuaPeer.ts';
import { tempDirectory } from '../../support/tempStore.ts';

describe('the watch over a subscription', () => {
  const spec = { silentMs: 1000, firstPauseMs: 100, longestPauseMs: 350 };
  const tick: WatchInput = { kind: 'tick' };

  it('makes it, believes it while it is heard, gives it up when silent, and makes it anew after growing pauses', () => {
    let watch = unwatched(0);
    const at = (time: number, input: WatchInput) => {
      const step = watchStep(spec, watch, time, input);
      watch = step.watch;
      return `${watch.mode}${step.wants ? ` ${step.wants}` : ''}`;
    };
    const told: [number, WatchInput, string][] = [
      [0, tick, 'making make'],
      [10, tick, 'making'],
      [20, { kind: 'made' }, 'subscribed'],
      [900, { kind: 'heard' }, 'subscribed'],
      [1900, tick, 'subscribed'],
      [1901, tick, 'none drop'],
      [1902, { kind: 'heard' }, 'none'],
      [1999, tick, 'none'],
      [2001, tick, 'making make'],
      [2002, { kind: 'refused', reason: 'no' }, 'none'],
      [2201, tick, 'none'],
      [2202, tick, 'making make'],
      [2203, { kind: 'made' }, 'subscribed'],
      [2204, { kind: 'ended', reason: 'gone' }, 'none'],
      [2553, tick, 'none'],
      [2554, tick, 'making make'],
    ];
    expect(told.map(([time, input]) => at(time, input))).toEqual(told.map(([, , is]) => is));
    expect(watch.reason).toBe('gone');
    at(2560, { kind: 'made' });
    at(2570, { kind: 'heard' });
    expect(watch).toMatchObject({ failures: 0, reason: '' });
  });
});

describe('the times of readings', () => {
  it('are those of their interval, sooner after a change but not at once again', () => {
    const schedule = createSchedule<string>(() => 50);
    schedule.set('a', 1000, 0);
    expect(schedule.take(0)).toEqual(['a']);
    schedule.touch('a', 10);
    expect([schedule.nextAt(), schedule.take(49), schedule.take(50)]).toEqual([50, [], ['a']]);
    expect(schedule.nextAt()).toBe(1050);
    schedule.set('a', 100, 60);
    expect(schedule.nextAt()).toBe(160);
    schedule.set('a', 100, 70, true);
    expect(schedule.take(70)).toEqual(['a']);
    schedule.touch('b', 80);
    schedule.set('a', null, 80);
    expect([schedule.nextAt(), schedule.take(9999)]).toEqual([null, []]);
  });
});

describe('turns', () => {
  it('are one piece of work each, in order, the newest of one key, and others come between', async () => {
    const done: string[] = [];
    const turns = createTurns();
    turns.add(() => done.push('a'));
    turns.add(() => done.push('old'), 'tank 1');
    turns.add(() => done.push('b'));
    turns.add(() => done.push('new'), 'tank 1');
    expect(done).toEqual([]);
    setImmediate(() => done.push('pump'));
    while (done.length < 4) await new Promise(setImmediate);
    expect(done).toEqual(['a', 'pump', 'new', 'b']);
    turns.add(() => done.push('late'));
    turns.clear();
    await new Promise(setImmediate);
    expect(done).not.toContain('late');
  });
});

describe('the certificate of the station', () => {
  const dayMs = 86_400_000;
  const applicationUri = 'urn:forecourt:S1';
  const at = (directory: string, now: number, uri = applicationUri) =>
    ownCertificate({ directory, applicationUri: uri, names: ['localhost', '127.0.0.1'], now: new Date(now) });

  it('is made once; the next one is told long before it ends and used a week before', {
    timeout: 60_000,
  }, async () => {
    const directory = tempDirectory();
    const start = Date.UTC(2026, 10, 28);
    const made = await at(directory, start);
    expect(made).toMatchObject({ news: 'made', next: null });
    expect(made.view).toMatchObject({ applicationUri, keyBits: 2048 });
    const ends = made.view.validTo.getTime();
    const same = { view: { sha256: made.view.sha256 } };
    expect(await at(directory, start + dayMs)).toMatchObject({ ...same, news: null, next: null });
    const announced = await at(directory, ends - 80 * dayMs);
    expect(announced).toMatchObject({ ...same, news: 'next-made' });
    expect(await at(directory, ends - 8 * dayMs)).toMatchObject({
      ...same,
      news: null,
      next: announced.next,
    });
    const used = await at(directory, ends - 6 * dayMs);
    expect(used).toMatchObject({ news: 'replaced', next: null, view: { sha256: announced.next?.sha256 } });
    expect(faultOf(used.view, new Date(ends + dayMs))).toBeNull();

    const renamed = await at(directory, ends, 'urn:forecourt:S2');
    expect(renamed).toMatchObject({ news: 'replaced', view: { applicationUri: 'urn:forecourt:S2' } });
    // half a pair is none
    writeFileSync(join(directory, 'own', 'key.pem'), made.keyPem);
    expect((await at(directory, ends, 'urn:forecourt:S2')).view.sha256).not.toBe(renamed.view.sha256);
  });
});

describe('a trust store', () => {
  it('trusts what a person trusted and nothing else, and keeps what was refused, not without end', {
    timeout: 60_000,
  }, async () => {
    const directory = join(tempDirectory(), 'pki', 'client');
    const store = openTrustStore(directory);
    const [one, two] = [
      viewCertificate((await makePair('one')).certificate),
      viewCertificate((await makePair('two')).certificate),
    ];
    expect([store.trusted(), store.rejected(), store.untrust(one), existsSync(directory)]).toEqual([
      [],
      [],
      false,
      false,
    ]);
    store.trust(one);
    expect([store.isTrusted(one), store.isTrusted(two)]).toEqual([true, false]);
    const [file = ''] = readdirSync(join(directory, 'trusted'));
    writeFileSync(join(directory, 'trusted', file), two.pem);
    expect(store.isTrusted(one)).toBe(false);
    writeFileSync(join(directory, 'trusted', file), 'x'.repeat(100_000));
    expect([store.isTrusted(one), store.trusted()]).toEqual([false, []]);
    for (let peer = 0; peer < 60; peer += 1) store.keepRejected(`../p${peer}`, two);
    expect(store.rejected()).toHaveLength(50);
    expect(readdirSync(directory).sort()).toEqual(['rejected', 'trusted']);
  });

  it.each([
    ['expired', { fromDays: -9, toDays: -1 }],
    ['not-yet-valid', { fromDays: 1, toDays: 9 }],
    [null, {}],
  ] as const)('finds the fault %s', async (fault, validity) => {
    const { certificate } = await makePair('dated', validity);
    expect(faultOf(viewCertificate(certificate), new Date())).toBe(fault);
  });

  it('takes nothing that is no certificate, and no weak key', async () => {
    const view = viewCertificate((await makePair('weak')).certificate);
    expect(faultOf({ ...view, keyBits: 1024 }, new Date())).toBe('weak');
    expect(faultOf({ ...view, keyBits: 0 }, new Date())).toBe('weak');
    expect(() => viewCertificate(Buffer.alloc(10))).toThrow('no certificate');
    expect(() => viewCertificate(Buffer.alloc(1_000_000))).toThrow('no certificate');
  });
});
