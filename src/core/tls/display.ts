/** Replies in display format to the records of computer format, for gauges that have nothing else. */
import { displayAlarms, displayTankAlarms } from './displayAlarms.ts';
import { displayDeliveries } from './displayDeliveries.ts';
import { displayInventory } from './displayInventory.ts';
import { type DateOrder, dateOrderOf, findTime } from './displayTime.ts';
import type { TlsReplies } from './records.ts';

/** Those that clones have. */
export const displayFunctions = ['101', '201', '202', '205'] as const;
export type DisplayFunction = (typeof displayFunctions)[number];

const parsers: {
  readonly [F in DisplayFunction]: (lines: readonly string[], order: DateOrder) => TlsReplies[F];
} = {
  '101': displayAlarms,
  '201': displayInventory,
  '202': displayDeliveries,
  '205': displayTankAlarms,
};

/**
 * @param name function, `201`
 * @param text what follows the code, lines that end in LF
 * @param expected what the gauge's clock should show, `YYYYMMDDHHmm`: tells `01-07-16` of January from that of July
 * @returns `time` by the gauge's clock, `YYYYMMDDHHmm`: the first one on a line of its own, as the head has it
 * @throws ForecourtError GAUGE_BAD_REPLY where the text is no such report
 */
export function parseDisplay<F extends DisplayFunction>(
  name: F,
  text: string,
  expected: string | null = null,
): { readonly records: TlsReplies[F]; readonly time: string | null } {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const order = dateOrderOf(lines, expected);
  return { records: parsers[name](lines, order), time: timeOf(lines, order) };
}

function timeOf(lines: readonly string[], order: DateOrder): string | null {
  for (const line of lines) {
    const found = findTime(line, [order]);
    // Not the times of the report's own lines.
    if (found && line.replace(found.text, '').trim() === '') return found.time;
  }
  return null;
}
