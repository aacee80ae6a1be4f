import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadStation } from '../../../src/station/configuration/load.ts';
import { problemText } from '../../../src/station/configuration/problem.ts';

const stations = resolve('config/stations');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forecourt-check-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The demonstration's file with changes, loaded; and the text, for finding lines. */
function load(change: (text: string) => string) {
  const text = change(
    readFileSync(join(stations, 'demo.yaml'), 'utf8')
      .replace('../programs/', `${resolve('config/programs')}/`)
      .replace('demo-members.yaml', join(stations, 'demo-members.yaml')),
  );
  const file = join(folder, 'station.yaml');
  writeFileSync(file, text);
  const result = loadStation(file);
  return { ...result, file, lineOf: (part: string) => text.slice(0, text.indexOf(part)).split('\n').length };
}

describe('a station file', () => {
  it.each(['demo.yaml', 'example.yaml'])('that is shipped is good: %s', (name) => {
    const { station, problems } = loadStation(join(stations, name));
    expect(problems.map(problemText)).toEqual([]);
    expect(station).not.toBeNull();
  });

  const cases: readonly [string, [string, string], string, RegExp, RegExp][] = [
    [
      'a nozzle on an unknown grade',
      ['id: "1", grade: "92"', 'id: "1", grade: "93"'],
      'id: "1", grade: "93"',
      /there is no grade "93"/,
      /Known: 92, 95, 98, diesel/,
    ],
    [
      'two devices with one unit on one line',
      ['line: east, unit: 2', 'line: east, unit: 1'],
      'd2, profile',
      /unit 1 on line "east" is already device "d1"/,
      /two unit numbers/,
    ],
    [
      'an island with a point that is not there',
      ['sharedWaitS: 300 }', 'sharedWaitS: 300, islands: [[FP1, FP22]] }'],
      'islands: [[FP1',
      /there is no fuelling point "FP22"/,
      /Known: FP1/,
    ],
    [
      'a point on two islands',
      ['sharedWaitS: 300 }', 'sharedWaitS: 300, islands: [[FP1, FP2], [FP2, FP3]] }'],
      'islands: [[FP1',
      /"FP2" is on an island already/,
      /Name each point once/,
    ],
    [
      'a reader that serves nothing',
      ['fuellingPoints: [FP1]', 'fuellingPoints: []'],
      'id: R1',
      /reader "R1" serves no fuelling point/,
      /FP1, FP2/,
    ],
    [
      'a device on an unknown line',
      ['line: west, unit: 1', 'line: vest, unit: 1'],
      'id: d3',
      /there is no line "vest"/,
      /Did you mean "west"/,
    ],
    [
      'a device with an unknown profile',
      ['profile: compac-c5000, line: east, unit: 1', 'profile: compac-c500, line: east, unit: 1'],
      'id: d1',
      /there is no profile "compac-c500"/,
      /compac-c5000/,
    ],
    [
      'a nozzle that draws from a tank of another grade',
      ['id: "1", grade: "92", tank: T1', 'id: "1", grade: "92", tank: T2'],
      'id: "1"',
      /tank "T2" holds 95/,
      /draws from/,
    ],
    [
      'a hose the dispenser has not',
      ['id: "6", hose: 2', 'id: "6", hose: 3'],
      'id: "6"',
      /2 hose\(s\)/,
      /smaller number/,
    ],
  ];
  it.each(cases)(
    'with %s tells file, line, column and the mend',
    (_title, [from, to], place, message, hint) => {
      const { station, problems, file, lineOf } = load((text) => {
        expect(text).toContain(from);
        return text.replace(from, to);
      });
      expect(station).toBeNull();
      const found = problems.find((problem) => message.test(problem.message));
      expect(found, problems.map(problemText).join('\n')).toBeDefined();
      expect(found).toMatchObject({ file, line: lineOf(place), severity: 'error' });
      expect(found?.column).toBeGreaterThan(0);
      expect(found?.hint).toMatch(hint);
    },
  );

  it('with an unknown key is an error with a guess', () => {
    const { problems, lineOf } = load((text) => text.replace('  businessDayStart:', '  businesDayStart:'));
    expect(problems).toMatchObject([
      {
        message: 'unknown key `businesDayStart`',
        hint: 'Did you mean `businessDayStart`?',
        line: lineOf('businesDayStart'),
        column: 3,
      },
    ]);
  });

  it('with an unknown key inside one kind of a union names the keys of that kind only', () => {
    const { problems } = load((text) => text.replace('port: 15022 }', 'port: 15022, parity: none }'));
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toBe('unknown key `parity`');
    expect(problems[0]?.hint).toBe('Known here: host, id, kind, port.');
  });

  it('tells every error at once, in the order of the lines', () => {
    const { problems } = load((text) =>
      text
        .replace('id: "1", grade: "92", tank: T1', 'id: "1", grade: "93"')
        .replace('line: east, unit: 2', 'line: east, unit: 1')
        .replace('fuellingPoints: [FP2]', 'fuellingPoints: [FP99]'),
    );
    const errors = problems.filter((problem) => problem.severity === 'error');
    expect(errors.map((problem) => problem.path)).toEqual([
      'devices.1.unit',
      'fuellingPoints.0.nozzles.0.grade',
      'readers.1.fuellingPoints.0',
    ]);
    expect(errors.map((problem) => problem.line)).toEqual(
      errors.map((problem) => problem.line).sort((a, b) => a - b),
    );
  });

  it('with a missing key, a wrong type and a number out of range tells all three', () => {
    const { problems } = load((text) =>
      text
        .replace('  id: DEMO\n', '')
        .replace('unit: 9', 'unit: 999')
        .replace('beforeS: 40', 'beforeS: soon'),
    );
    expect(problems.map((problem) => problem.path).sort()).toEqual([
      'devices.6.unit',
      'matching.beforeS',
      'site.id',
    ]);
    expect(problems.find((problem) => problem.path === 'site.id')?.message).toMatch(/`id` is missing/);
  });

  it('that is no YAML names the line', () => {
    const { station, problems } = load((text) => text.replace('grades:', 'grades: ['));
    expect(station).toBeNull();
    expect(problems[0]?.line).toBeGreaterThan(0);
  });

  it('that does not exist says so', () => {
    const { station, problems } = loadStation(join(folder, 'nothing.yaml'));
    expect(station).toBeNull();
    expect(problems[0]?.message).toBe('does not exist');
  });

  it('with an error in the program names the program’s file', () => {
    writeFileSync(
      join(folder, 'program.yaml'),
      'program: x\nversion: 1\nearn:\n  - { id: a, per: litre, points: 1, tiers: [gold] }\ntiers: [{ id: ordinary }]\n',
    );
    const { problems } = load((text) => text.replace(/program: .*/, 'program: program.yaml'));
    const errors = problems.filter((problem) => problem.severity === 'error');
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ file: join(folder, 'program.yaml'), line: 4 });
  });
});
