/** Business dates as people name them on the command line. */
import { z } from 'zod';
import { ForecourtError } from '../../model/errors.ts';
import type { StatusView } from '../../station/view.ts';
import { get } from '../client.ts';

const usualDays = 30;
const usualMonths = 12;

/** `text` as a date, null when it is not given. Throws USAGE. */
export function dateOf(option: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  const date = z.iso.date().safeParse(text);
  if (!date.success)
    throw new ForecourtError('USAGE', `${option} ${text} is no date; write it as 2026-11-22`);
  return date.data;
}

/**
 * From and to as asked for, both included; else up to the station's business date, 30 days or 12 months of them. Throws USAGE,
 * and as `get` does.
 */
export async function rangeOf(
  socket: string,
  given: { readonly from?: string; readonly to?: string },
  period: 'day' | 'month' = 'day',
): Promise<{ from: string; to: string }> {
  const asked = { from: dateOf('--from', given.from), to: dateOf('--to', given.to) };
  const to = asked.to ?? (await get<StatusView>(socket, '/v1/status')).businessDate;
  const from = asked.from ?? startOf(to, period);
  if (from > to) throw new ForecourtError('USAGE', `from ${from} is after ${to}; --from is the earlier date`);
  return { from, to };
}

function startOf(to: string, period: 'day' | 'month'): string {
  const date = new Date(to);
  if (period === 'day') date.setUTCDate(date.getUTCDate() - usualDays + 1);
  // The first of a month: no month is skipped for want of a 31st.
  else date.setUTCMonth(date.getUTCMonth() - usualMonths + 1, 1);
  return date.toISOString().slice(0, 10);
}
