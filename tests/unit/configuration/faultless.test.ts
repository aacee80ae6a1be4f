/** Every error of a station file at once, whatever kind it is of. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadStation } from '../../../src/station/configuration/load.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fc-faultless-'));
  writeFileSync(
    join(folder, 'program.yaml'),
    'program: p\nversion: 1\nearn: [{ id: l, per: litre, points: 1 }]\ntiers: [{ id: ordinary }]\n',
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function errorsOf(text: string): string[] {
  const file = join(folder, 'station.yaml');
  writeFileSync(file, text);
  return loadStation(file)
    .problems.filter(({ severity }) => severity === 'error')
    .map(({ line, path, message }) => `${line} ${path}: ${message}`);
}

const rest = `store: { directory: store }
program: program.yaml
lines: [{ id: bus, kind: modbus-tcp, host: h }]
grades: [{ id: "92" }]
`;

it('a faulty entry does not hide what is wrong with the others, and what refers to it is not told', () => {
  const errors = errorsOf(`site: { id: S1, zone: UTC }
${rest}devices:
  - { id: d1, profile: generic-be32, line: bus, unit: 999 }
  - { id: d2, profile: generic-be32, line: nowhere, unit: 2 }
fuellingPoints:
  - { id: FP1, device: d1, nozzles: [{ id: "1", grade: "92" }] }
  - { id: FP2, device: d2, nozzles: [{ id: "1", grade: "95" }] }
`);
  expect(errors).toHaveLength(3);
  expect(errors[0]).toMatch(/^7 devices\.0\.unit: must be at most 255/);
  expect(errors[1]).toMatch(/^8 devices\.1\.line: there is no line "nowhere"/);
  expect(errors[2]).toMatch(/^11 fuellingPoints\.1\.nozzles\.0\.grade: there is no grade "95"/);
});

it('a faulty site does not hide what is wrong with the devices', () => {
  const errors = errorsOf(`site: { id: S1, zone: Nowhere }
${rest}devices: [{ id: d1, profile: generic-be33, line: bus, unit: 1 }]
`);
  expect(errors).toHaveLength(2);
  expect(errors[1]).toMatch(/there is no profile "generic-be33"/);
});

it.each([
  ['a file nested too deeply', `lines: ${'['.repeat(5_000)}`],
  ['a control character', 'site: { id: S1, zone: UTC, name: "a\\u0000b" }\n'],
  ['a type of its own', 'site: !!binary aGk=\n'],
  ['a text that never ends', `site: { id: S1, zone: UTC, name: ${'x'.repeat(5_000)} }\n`],
])('refuses %s, once', (_, text) => {
  const errors = errorsOf(text + rest);
  expect(errors.length).toBeGreaterThan(0);
  expect(errors.join('\n').length).toBeLessThan(2_000);
});
