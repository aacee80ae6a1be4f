import { expect, it } from 'vitest';
import { readNumber } from '../../../src/core/tls/displayNumbers.ts';
import { findTime } from '../../../src/core/tls/displayTime.ts';

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
