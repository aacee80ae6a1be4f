import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bringUpToDate, drifted } from '../../../tools/generate/output.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'forecourt-generate-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const outputs = [
  { path: 'made/deep/b.json', text: '{}\n' },
  { path: 'page.md', text: '# Page\n' },
];
const folders = ['made'];

describe('generated files', () => {
  it('missing ones are named, then written, then no longer named', () => {
    expect(drifted(outputs, folders, root)).toEqual(['made/deep/b.json', 'page.md']);
    expect(bringUpToDate(outputs, folders, root)).toEqual(['made/deep/b.json', 'page.md']);
    expect(readFileSync(join(root, 'page.md'), 'utf8')).toBe('# Page\n');
    expect(drifted(outputs, folders, root)).toEqual([]);
    expect(bringUpToDate(outputs, folders, root)).toEqual([]);
  });

  it('one that was changed by hand is named alone', () => {
    bringUpToDate(outputs, folders, root);
    writeFileSync(join(root, 'page.md'), '# Another\n');
    expect(drifted(outputs, folders, root)).toEqual(['page.md']);
  });

  it('one that is no longer made is named and removed, in generated folders only', () => {
    bringUpToDate(outputs, folders, root);
    mkdirSync(join(root, 'own'));
    for (const path of ['made/old.json', 'own/notes.md']) writeFileSync(join(root, path), 'x');
    expect(drifted(outputs, folders, root)).toEqual(['made/old.json']);
    bringUpToDate(outputs, folders, root);
    expect(drifted(outputs, folders, root)).toEqual([]);
    expect(readFileSync(join(root, 'own/notes.md'), 'utf8')).toBe('x');
  });
});
