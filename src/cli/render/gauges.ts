import type { GaugeView } from '../../station/tanks/view.ts';
import { dash, dim, red, state } from './format.ts';
import { dayTime } from './measures.ts';
import { table } from './table.ts';
import { printable } from './text.ts';

const ms = (value: number | null): string => (value === null ? '-' : value.toFixed(1));

export function gauges(views: readonly GaugeView[]): string {
  if (views.length === 0) return dim(' no gauge is configured');
  const list = printable(views);
  const rows = table(
    [
      ...['gauge', 'kind', 'at', 'state', 'tanks', 'last good', 'requests>', 'time-outs>', 'bad>'],
      ...['p50 ms>', 'p99 ms>', 'clock>'],
    ],
    list.map((gauge) => [
      gauge.id,
      gauge.kind,
      gauge.at,
      state(gauge.online ? 'online' : 'offline'),
      dash(gauge.tanks.join(' ')),
      dayTime(gauge.lastGoodAt),
      ...[gauge.requests, gauge.timeouts, gauge.badFrames].map(String),
      ms(gauge.rttP50Ms),
      ms(gauge.rttP99Ms),
      clock(gauge.clockOffsetS),
    ]),
  );
  return [rows, ...list.flatMap(remarks)].join('\n');
}

/** By which the gauge's clock goes before (+) or after (-) the station's. */
function clock(offsetS: number | null): string {
  if (offsetS === null) return '-';
  const sign = offsetS > 0 ? '+' : offsetS < 0 ? '-' : '';
  const seconds = Math.round(Math.abs(offsetS));
  return seconds < 120 ? `${sign}${seconds} s` : `${sign}${Math.round(seconds / 60)} min`;
}

const remarks = (gauge: GaugeView): string[] => [
  ...(gauge.online
    ? []
    : [
        red(
          ` ${gauge.id}: offline${gauge.since === null ? '' : ` since ${dayTime(gauge.since)}`}${gauge.reason === '' ? '' : `: ${gauge.reason}`}`,
        ),
      ]),
  ...gauge.notes.map((note) => dim(` ${gauge.id}: ${note}`)),
];
