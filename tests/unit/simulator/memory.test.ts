import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ForecourtError } from '../../../src/model/errors.ts';
import { ordinaryBehaviour } from '../../../src/simulator/behaviour.ts';
import { planFlow } from '../../../src/simulator/physics/flow.ts';
import { installDispenser } from '../../../src/simulator/physics/install.ts';
import { type Memory, readMemory, writeMemory } from '../../../src/simulator/physics/memory.ts';
import { seededRandom } from '../../../src/simulator/physics/random.ts';
import { dispenserProfile } from '../../support/profiles.ts';
import { virtualTime } from '../../support/virtualTime.ts';
import { silentLog, station } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'forecourt-memory-'));
afterAll(() => rmSync(folder, { recursive: true }));

function dispenser(seed: number, memory: Memory) {
  const config = { id: 'held', profile: 'generic-be32', line: 'L', unit: 1, writes: true };
  return installDispenser(config, dispenserProfile('generic-be32'), {
    station,
    behaviour: ordinaryBehaviour,
    random: seededRandom(seed),
    scheduler: virtualTime().scheduler,
    remembered: (id, point) => memory[id]?.[String(point)] ?? null,
  });
}

describe('what dispensers remember without power', () => {
  it('is counters, last sale and that nobody acknowledged it', () => {
    const path = join(folder, 'kept.json');
    const before = dispenser(1, {});
    const point = before.points.get(1);
    point?.lift(1);
    point?.authorise();
    point?.start(planFlow(9_000, 40_000), 0);
    point?.hangUp(60_000);
    writeMemory(path, [before]);
    const after = dispenser(2, readMemory(path, silentLog).dispensers).points.get(1);
    expect(after?.memory).toEqual(point?.memory);
    expect(after?.lastSale.volume).toBe(9_000);
    expect(after?.display(0).state).toBe('completed');
    expect(dispenser(2, {}).points.get(1)?.memory).not.toEqual(point?.memory);
  });

  it.each(['', '{', '{"held":{"1":{"hoses":[{"volume":-1,"amount":0}]}}}'])(
    'is nothing when the file holds %j',
    (text) => {
      const path = join(folder, 'bad.json');
      writeFileSync(path, text);
      const warnings: string[] = [];
      const nothing = { dispensers: {}, tanks: null };
      expect(readMemory(path, { ...silentLog, warn: (_, message) => warnings.push(message) })).toEqual(
        nothing,
      );
      expect(warnings).toHaveLength(1);
    },
  );

  it('is read from a file of the time before there were tanks', () => {
    const path = join(folder, 'earlier.json');
    const before = dispenser(1, {});
    writeMemory(path, [before], { T1: 5 });
    const { dispensers, tanks } = readMemory(path, silentLog);
    expect(tanks).toEqual({ T1: 5 });
    writeFileSync(path, JSON.stringify(dispensers));
    expect(readMemory(path, silentLog)).toEqual({ dispensers, tanks: null });
    expect(dispensers.held?.['1']).toEqual(before.points.get(1)?.memory);
  });

  it('is nothing, and no reason for a warning, the first time', () => {
    const warn = () => expect.unreachable();
    expect(readMemory(join(folder, 'none.json'), { ...silentLog, warn }).dispensers).toEqual({});
  });

  it('says so when it cannot be kept', () => {
    expect(() => writeMemory(join(folder, 'no', 'folder.json'), [])).toThrow(ForecourtError);
  });
});
