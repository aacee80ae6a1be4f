/** The parts of `status` and `watch`, each a block of lines. */
import type { FeedView, SaleView, StatusView } from '../../station/view.ts';
import { age, amount, bold, dash, dim, litres, percent, price, red, state, time } from './format.ts';
import { table } from './table.ts';

export function heading(status: StatusView): string {
  const { site } = status;
  return [
    bold(`Forecourt ${site.id}${site.name ? ` - ${site.name}` : ''}`),
    dim(
      `up ${age(status.startedAt, status.now)}, business day ${status.businessDate}, program ${status.program.id} v${status.program.version}, ${status.members} members, version ${status.version}`,
    ),
    ...(status.clock.synchronised
      ? []
      : [red('The clock is not synchronised: dates are guessed, sales are marked. See the time service.')]),
    ...store(status.store),
  ].join('\n');
}

/** Nothing while all is well. */
function store({ replaced, disk, code, since, text, hint }: StatusView['store']): string[] {
  return [
    ...(replaced
      ? [
          red(`The database was damaged and begun anew on ${replaced.at}: ${replaced.reason}`),
          `  kept as ${replaced.keptAs}`,
        ]
      : []),
    ...(disk === 'sound'
      ? []
      : [
          red(
            `${code} since ${dash(since)}: ${text}. ${
              disk === 'refusing'
                ? 'Nothing is stored and nothing is acknowledged to a dispenser.'
                : 'Sales are stored, telemetry is not.'
            }`,
          ),
          `  mend: ${hint}`,
        ]),
  ];
}

export function fuellingPoints(status: StatusView): string {
  const decimals = status.site.currencyDecimals;
  return table(
    ['point', 'state', 'nozzle', 'grade', 'litres>', 'amount>', 'price>', 'card'],
    status.fuellingPoints.map((point) => [
      point.id,
      state(point.state),
      dash(point.nozzle),
      dash(point.grade),
      litres(point.volumeMl),
      amount(point.amount, decimals),
      price(point.price),
      dash(point.member),
    ]),
  );
}

export function sales(list: readonly SaleView[], decimals: number): string {
  if (list.length === 0) return dim(' no sales yet');
  return table(
    [
      'sale>',
      'ended',
      'point',
      'nozzle',
      'grade',
      'litres>',
      'amount>',
      'whose',
      'member',
      'points>',
      'why',
      'flags',
    ],
    list.map((sale) => [
      String(sale.id),
      time(sale.endedAt),
      sale.fuellingPoint,
      sale.nozzle,
      sale.grade,
      litres(sale.volumeMl),
      amount(sale.amount, decimals),
      state(sale.attribution),
      dash(sale.member),
      sale.points === null ? '-' : `+${sale.points}`,
      sale.reason.split(':')[0] ?? '',
      [...(sale.quality === 'seen' ? [] : [sale.quality]), ...sale.flags].join(' '),
    ]),
  );
}

export function lines(status: StatusView): string {
  return table(
    ['line', 'kind', 'address', 'state', 'busy>', 'requests>', 'errors>', 'last error'],
    status.lines.map((line) => [
      line.id,
      line.kind,
      line.address,
      line.open ? 'open' : red('closed'),
      percent(line.utilisation),
      String(line.requests),
      String(line.errors),
      dash(line.lastError),
    ]),
  );
}

export function readers(status: StatusView): string {
  return table(
    ['reader', 'kind', 'state', 'reads>', 'bad frames>', 'faults>', 'last read'],
    status.readers.map((reader) => [
      reader.id,
      reader.kind,
      reader.online ? 'online' : red('away'),
      String(reader.reads),
      String(reader.badFrames),
      String(reader.faults),
      time(reader.lastReadAt),
    ]),
  );
}

export function feed(view: FeedView | null): string {
  if (!view) return dim(' no broker configured: events stay in the journal');
  const backlog = view.backlog.business + view.backlog.telemetry;
  return ` ${view.broker} ${view.connected ? state('online') : red('away')}, published ${view.published}, backlog ${backlog} (business ${view.backlog.business})${setAside(
    view.setAside,
  )}${view.connected || !view.lastError ? '' : red(` - ${view.lastError}`)}`;
}

function setAside({ count, newest }: FeedView['setAside']): string {
  if (!newest) return '';
  return red(
    `, set aside ${count}; the newest ${newest.stream} ${newest.seq} at ${time(newest.at)}: ${newest.reason}`,
  );
}

export function alarms(status: StatusView, most: number): string {
  return status.alarms
    .slice(0, most)
    .map((alarm) => ` ${time(alarm.at)} ${red(alarm.alarm)} ${alarm.fuellingPoint}: ${alarm.text}`)
    .join('\n');
}

/** One block under its title; nothing when it is empty. */
export const block = (title: string, text: string): string => (text === '' ? '' : `${bold(title)}\n${text}`);
