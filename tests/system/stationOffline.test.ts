/** The command line without a daemon: exit codes that scripts rely on, and `check`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../src/station/configuration/problem.ts';
import { oneDispenserStation } from '../support/oneDispenserStation.ts';
import { cli, writeStation } from '../support/station.ts';
import { tempDirectory } from '../support/tempStore.ts';

describe('the command line without a daemon', () => {
  it('exit code 3, and how to start one', { timeout: 60_000 }, async () => {
    const { socket, file } = writeStation();
    for (const command of [
      ['status'],
      ['sales'],
      ['sale', 'show', '1'],
      ['devices'],
      ['trace', 'bus'],
      ['watch'],
    ]) {
      const said = await cli(...command, '--socket', socket);
      expect({ command, code: said.code }).toEqual({ command, code: 3 });
      expect(said.stderr).toMatch(/API_UNREACHABLE: .*\n +mend: Start it with/);
    }
    const said = await cli('status', '--json', '--station', file);
    expect(said.code).toBe(3);
    expect(JSON.parse(said.stderr)).toMatchObject({ error: { code: 'API_UNREACHABLE' } });
  });

  it('check finds a good file good, and prints every error of a bad one with its place and its mend', {
    timeout: 60_000,
  }, async () => {
    const good = await oneDispenserStation();
    const fine = await cli('check', good.file.file);
    expect(fine).toMatchObject({ code: 0, stderr: '' });
    expect(fine.stdout).toMatch(
      /is good: 1 fuelling point\(s\), 1 device\(s\) on 1 line\(s\), 1 reader\(s\), 1 member/,
    );

    const directory = tempDirectory();
    writeFileSync(
      join(directory, 'program.yaml'),
      'program: p\nversion: 1\nearn:\n  - { id: l, per: pint, points: 1 }\ntiers:\n  - { id: ordinary }\n',
    );
    const file = join(directory, 'station.yaml');
    const text = [
      'site: { id: S1, zone: Asia/Shanghai, colour: blue }',
      'store: { directory: store }',
      'lines:',
      '  - { id: bus, kind: modbus-tcp, host: 127.0.0.1, port: 5020 }',
      'devices:',
      '  - { id: d1, profile: generic-be32, line: bus, unit: 1 }',
      '  - { id: d2, profile: generic-be32, line: bus, unit: 1 }',
      'grades: [{ id: "92" }]',
      'fuellingPoints:',
      '  - { id: FP1, device: d1, nozzles: [{ id: "1", grade: "93" }] }',
      'program: program.yaml',
    ];
    writeFileSync(file, `${text.join('\n')}\n`);
    const bad = await cli('check', file);
    expect(bad).toMatchObject({ code: 1, stderr: '' });
    const placed = (line: number, words: string) =>
      new RegExp(`station\\.yaml:${line}:\\d+: error: .*${words}.*\\n +mend: .+`);
    expect(bad.stdout).toMatch(placed(1, 'colour'));
    expect(bad.stdout).toMatch(placed(7, 'unit 1 on line "bus" is already device "d1"'));
    expect(bad.stdout).toMatch(placed(10, 'there is no grade "93"'));
    expect(bad.stdout).toMatch(/program\.yaml:4:\d+: error: .*per/);

    const { code, stdout } = await cli('check', '--json', file);
    expect(code).toBe(1);
    const report = JSON.parse(stdout) as { ok: boolean; errors: number; problems: Problem[] };
    expect(report.ok).toBe(false);
    expect(report.errors).toBe(report.problems.filter(({ severity }) => severity === 'error').length);
    expect(report.problems.map(({ line }) => line)).toEqual(expect.arrayContaining([1, 4, 7, 10]));

    const refused = await cli('run', file);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/CONFIG_INVALID[\s\S]*station\.yaml:10/);
    const missing = await cli('check', join(directory, 'none.yaml'));
    expect(missing.code).toBe(1);
    expect(missing.stdout).toMatch(/none\.yaml/);
  });
});
