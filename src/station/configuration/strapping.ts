/** A strapping table from its CSV file: heights in mm, volumes in litres; every error with its line and its mend. */
import { readFileSync, statSync } from 'node:fs';
import { type Millilitres, millilitres, type TenthMillimetres, tenthMillimetres } from '../../model/units.ts';
import type { Problem } from './problem.ts';

/** What one height holds; tables rise in both. */
export interface StrappingRow {
  readonly height: TenthMillimetres;
  readonly volume: Millilitres;
}

export interface ReadStrapping {
  /** null when there is any error. */
  readonly rows: readonly StrappingRow[] | null;
  readonly problems: readonly Problem[];
}

/** A row for each mm of the largest tank is a tenth of this. */
const mostBytes = 1024 * 1024;
const mostRows = 50_000;
/** More would be read by nobody. */
const mostProblems = 20;
/** Heights to 50 m, volumes to 10,000 m3. */
const mostHeightMm = 50_000;
const mostLitres = 10_000_000;

/**
 * Reads `file`: lines of `height_mm,volume_l` (a semicolon or a tab may stand for the comma), with `.` for the decimal
 * point, at most one heading, empty lines and lines that begin with `#`. Heights rise from line to line, volumes never
 * fall. Values become 1/10 mm and ml, halves up. Never throws for what stands in the file.
 */
export function readStrapping(file: string): ReadStrapping {
  const whole = (message: string, hint: string): ReadStrapping => ({
    rows: null,
    problems: [problemAt(file, 0, message, hint)],
  });
  let text: string;
  try {
    const found = statSync(file);
    if (!found.isFile()) return whole('is not a file', 'Name the CSV file itself.');
    if (found.size > mostBytes) return whole('is larger than 1 MiB', 'Is it the right file?');
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT')
      return whole('does not exist', 'Check the path; it is relative to the file of the station.');
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      return whole('is no text in UTF-8', 'Save it as "CSV UTF-8", or as plain CSV with digits only.');
    return whole(`cannot be read (${code ?? String(error)})`, 'Check that this user may read it.');
  }
  return parseStrapping(file, text);
}

/** The text of a strapping table; `file` is only named in problems. The decoder has taken a byte order mark off. */
export function parseStrapping(file: string, text: string): ReadStrapping {
  const rows: StrappingRow[] = [];
  const problems: Problem[] = [];
  let headed = false;
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  for (const [index, line] of lines.entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    if (problems.length >= mostProblems) {
      problems.push(problemAt(file, index + 1, 'there are more errors', 'Mend these first.'));
      break;
    }
    if (rows.length >= mostRows) {
      problems.push(
        problemAt(
          file,
          index + 1,
          `has more than ${mostRows} rows`,
          'One row for each mm is more than enough.',
        ),
      );
      break;
    }
    const before = rows.at(-1);
    if (!headed && before === undefined && problems.length === 0 && isHeading(trimmed)) {
      headed = true;
      const trouble = headingTrouble(trimmed);
      if (trouble) problems.push(problemAt(file, index + 1, ...trouble));
      continue;
    }
    const row = rowOf(trimmed, before);
    if ('height' in row) rows.push(row);
    else problems.push(problemAt(file, index + 1, row.message, row.hint));
  }
  if (problems.length === 0 && rows.length < 2)
    problems.push(
      problemAt(
        file,
        0,
        `has ${rows.length} row(s)`,
        'Write at least two lines of `height_mm,volume_l`: the empty and the full tank.',
      ),
    );
  if (problems.length === 0 && rows.at(-1)?.volume === rows[0]?.volume)
    problems.push(
      problemAt(file, 0, 'never rises', 'The volume of the full tank is greater than that of the empty one.'),
    );
  return { rows: problems.length === 0 ? rows : null, problems };
}

/** Letters and no digit in its first cell, as spreadsheets head their columns. */
const isHeading = (line: string): boolean => /^[^\d,;\t]*\p{L}/u.test(line);

/** A heading that names other units than ours is taken at its word. */
function headingTrouble(line: string): [message: string, hint: string] | null {
  const unit = /\b(cm|inch|inches|in|ft|feet|gal|gallons?|m3|hl)\b/i.exec(line.replaceAll('_', ' '))?.[1];
  if (!unit) return null;
  return [`the heading speaks of "${unit}"`, 'Heights are in mm and volumes in litres: convert the columns.'];
}

interface Trouble {
  readonly message: string;
  readonly hint: string;
}

function rowOf(line: string, before: StrappingRow | undefined): StrappingRow | Trouble {
  const semicolons = line.includes(';');
  const cells = line.split(semicolons ? ';' : line.includes('\t') ? '\t' : ',').map(unquoted);
  if (cells.some((cell) => /^[+-]?\d+,\d+$/.test(cell)))
    return { message: `"${short(line)}" has a decimal comma`, hint: pointHint };
  while (cells.length > 2 && cells.at(-1) === '') cells.pop();
  const [first = '', second = '', ...more] = cells;
  if (cells.length < 2 || more.length > 0)
    return {
      message: `"${short(line)}" is not a height and a volume`,
      hint:
        cells.length > 2
          ? `Two columns only. ${pointHint}`
          : 'Write `height_mm,volume_l`, such as 1250,14830.5.',
    };
  const height = scaled(first, 10n, mostHeightMm);
  if (typeof height === 'string') return { message: `height "${short(first)}" ${height}`, hint: numberHint };
  const volume = scaled(second, 1000n, mostLitres);
  if (typeof volume === 'string') return { message: `volume "${short(second)}" ${volume}`, hint: numberHint };
  if (before && height <= before.height)
    return {
      message: `height ${first} mm is not above ${before.height / 10} mm of the row before`,
      hint: 'Sort the rows by height and leave each height once, to the tenth of a millimetre.',
    };
  if (before && volume < before.volume)
    return {
      message: `volume ${second} l is less than ${before.volume / 1000} l of the lower row before`,
      hint: 'A fuller tank holds more: check both rows against the maker’s table.',
    };
  return { height: tenthMillimetres(height), volume: millilitres(volume) };
}

const numberHint = 'Write a number such as 1250 or 1250.5, without unit and without thousands separators.';

const pointHint = 'Write decimals with a point: 12.5,1034.7.';

const unquoted = (cell: string): string =>
  cell
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .trim();

/** To whole parts of the unit, halves up; else what is wrong with it. */
function scaled(text: string, perUnit: bigint, most: number): number | string {
  const match = /^\+?(\d{1,9})(?:\.(\d{1,9}))?$/.exec(text);
  if (!match) return /^-/.test(text) ? 'is negative' : 'is no number';
  const [, whole = '0', places = ''] = match;
  const d = 10n ** BigInt(places.length);
  const n = BigInt(whole + places) * perUnit;
  if (n > BigInt(most) * perUnit * d) return `is greater than ${most}`;
  return Number((2n * n + d) / (2n * d));
}

const short = (text: string): string => (text.length > 40 ? `${text.slice(0, 37)}...` : text);

function problemAt(file: string, line: number, message: string, hint: string): Problem {
  return { severity: 'error', file, line, column: line > 0 ? 1 : 0, path: '', message, hint };
}
