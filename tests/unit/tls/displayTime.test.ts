import { expect, it } from 'vitest';
import { readNumber } from '../../../src/core/tls/displayNumbers.ts';
import { dateOrderOf, findTime } from '../../../src/core/tls/displayTime.ts';

it.each([
  ['JAN 22, 1996  3:06 PM', '199601221506'],
  ['JAN  2, 2026 12:06 AM', '202601020006'],
  ['January 2 2026 12:06 PM', '202601021206'],
  ['22-JAN-26 15:06', '202601221506'],
  ['2026-01-22 15:06:33', '202601221506'],
  ['22.01.2026 15:06', '202601221506'],
  ['01/22/2026 15:06', '202601221506'],
  ['22/01/2026 15:06', '202601221506'],
  ['04-07-17 10:55 PM', '201704072255'],
  ['4-30-26  9:25AM', '202604300925'],
  ['26-01-22 15:06', '202201261506'],
  ['99-01-22 15:06', '199901221506'],
  ['LUG  1, 2026  3:58 PM', '202607011558'],
  ['1-DEZ-2026 15:06', '202612011506'],
])('%s', (line, time) => {
  expect(findTime(`  ${line}  `)).toEqual({ time, text: line });
});

it.each(['', 'STATION 7', '31.02.2026 10:00', '13:61', 'JAN 22, 1996 13:06 PM', '99/99/2026 10:00'])(
  '%j has no time',
  (line) => {
    expect(findTime(line)).toBeNull();
  },
);

it.each([
  ['1693', 1693],
  ['-0.5', -0.5],
  ['.5', 0.5],
  ['12,345', 12345],
  ['1,234.5', 1234.5],
  ['18,2', 18.2],
  ['?????', null],
  ['-----', null],
  ['N/A', null],
  ['DIESEL', undefined],
  ['E10', undefined],
  ['1e999', undefined],
  ['99999999999', undefined],
])('number %j', (token, value) => {
  expect(readNumber(token)).toBe(value);
});

it.each<[string, string[], string | null, string]>([
  ['as it stands first', ['07-01-26 14:30'], null, 'month-day-year'],
  ['by the clock: January', ['07-01-26 14:30'], '202601071431', 'day-month-year'],
  ['by the clock: July', ['07-01-26 14:30'], '202607011431', 'month-day-year'],
  ['by the clock: the year first', ['26-07-01 14:30'], '202607011431', 'year-month-day'],
  ['by another date', ['07-01-26 14:30', 'END: 28-12-25 10:00  9001'], '202607011431', 'day-month-year'],
  ['by a month that is none', ['13/01/26  2:30 PM'], '202607011431', 'day-month-year'],
  ['no numbers at all', ['JAN 22, 2026  3:06 PM'], '202607011431', 'month-day-year'],
])('the order of a date: %s', (_, lines, expected, order) => {
  expect(dateOrderOf(lines, expected)).toBe(order);
});
