import { describe, expect, it } from 'vitest';
import { programSchema } from '../../../src/model/config/program.ts';
import { stationSchema } from '../../../src/model/config/station.ts';
import { errorCatalogue } from '../../../src/model/error-catalogue.ts';
import { configurationPage } from '../../../tools/generate/configurationPage.ts';
import { errorsPage } from '../../../tools/generate/errorsPage.ts';

describe('reference pages', () => {
  it('errors: one row a code, sorted', () => {
    const codes = [...errorsPage().text.matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code);
    expect(codes).toEqual(Object.keys(errorCatalogue).sort());
  });

  it('configuration: every key of the station and the program has a row', () => {
    const { text } = configurationPage();
    for (const key of [...Object.keys(stationSchema.shape), ...Object.keys(programSchema.shape)]) {
      expect(text).toContain(`\n| \`${key}\` | `);
    }
  });

  it('configuration: type, default and meaning stand in the row; a key that must be there has no default', () => {
    const { text } = configurationPage();
    expect(text).toContain('| `keepaliveS` | whole number 5-3600 | `30` |');
    expect(text).toContain('| `points` | [decimal](#decimal) |  |');
    expect(text).toContain('| `multiplier` | [decimal](#decimal) | `1` |');
    expect(text).toContain("| `members` | text | *optional* | the members' file, relative to this one |");
  });

  it('configuration: every table row has four cells', () => {
    const rows = configurationPage()
      .text.split('\n')
      .filter((line) => line.startsWith('|'));
    for (const row of rows) expect(row.replaceAll('\\|', '').split('|')).toHaveLength(6);
  });

  it('configuration: no heading stands twice with the same table', () => {
    const blocks = configurationPage().text.split(/^(?=### )/m);
    expect(new Set(blocks).size).toBe(blocks.length);
  });
});
