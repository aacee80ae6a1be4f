/** The live view. On a terminal a screen that repaints; else one line for each push. */

import type { DeliveryView, TankAlarmView } from '../station/tanks/view.ts';
import type {
  AlarmView,
  AlertView,
  FuellingPointView,
  MemberBrief,
  SaleView,
  StatusView,
  WarningView,
} from '../station/view.ts';
import { events, get } from './client.ts';
import { print } from './output.ts';
import { amount, dash, litres, price, time } from './render/format.ts';
import * as render from './render/station.ts';
import { tankAlarms } from './render/tankAlarms.ts';
import { tankTable } from './render/tanks.ts';

interface WatchOptions {
  readonly json: boolean;
  readonly signal: AbortSignal;
  readonly quit: () => void;
  /** Further lines at the foot of the screen. */
  readonly extra: () => string;
}

const refreshMs = 500;
const enter = '\x1b[?1049h\x1b[?25l';
const leave = '\x1b[?25h\x1b[?1049l';

export async function watch(socket: string, options: WatchOptions): Promise<void> {
  if (options.json || !process.stdout.isTTY) return listen(socket, options);
  process.stdout.write(enter);
  const onKey = (key: Buffer): void => {
    if (key.toString() === 'q' || key[0] === 3) options.quit();
  };
  if (process.stdin.isTTY) {
    process.stdin.setRawMode(true);
    process.stdin.on('data', onKey).resume();
  }
  try {
    while (!options.signal.aborted) {
      await paint(socket, options);
      await pause(refreshMs, options.signal);
    }
  } finally {
    if (process.stdin.isTTY) {
      process.stdin.off('data', onKey).pause();
      process.stdin.setRawMode(false);
    }
    process.stdout.write(leave);
  }
}

async function paint(socket: string, options: WatchOptions): Promise<void> {
  const height = process.stdout.rows ?? 40;
  const status = await get<StatusView>(socket, '/v1/status');
  const others = 22 + status.fuellingPoints.length + status.lines.length;
  const sales = await get<SaleView[]>(
    socket,
    `/v1/sales?limit=${Math.max(5, Math.min(20, height - others))}`,
  );
  const text = [
    render.heading(status),
    render.block('Fuelling points', render.fuellingPoints(status)),
    render.block('Last sales', render.sales(sales, status.site.currencyDecimals)),
    render.block('Tanks', status.tanks.length === 0 ? '' : tankTable(status.tanks)),
    render.block('Lines', render.lines(status)),
    render.block('Head office', render.feed(status.feed)),
    render.block('Alarms', render.alarms(status, 3)),
    render.block(
      'Tank alarms',
      status.tankAlarms.length === 0 ? '' : tankAlarms(status.tankAlarms.slice(0, 3)),
    ),
    options.extra(),
    'q or Ctrl-C ends',
  ]
    .filter((part) => part !== '')
    .join('\n\n');
  const shown = text.split('\n').slice(0, height - 1);
  process.stdout.write(`\x1b[H${shown.map((line) => `${line}\x1b[K`).join('\n')}\x1b[J`);
}

async function listen(socket: string, options: WatchOptions): Promise<void> {
  const { site } = await get<StatusView>(socket, '/v1/status');
  const states = new Map<string, string>();
  try {
    for await (const { type, data } of events(socket, '/v1/events', options.signal)) {
      if (options.json) print(JSON.stringify({ type, data }));
      else {
        const line = pushLine(type, data, site.currencyDecimals, states);
        if (line) print(line);
      }
    }
  } catch (error) {
    if (!options.signal.aborted) throw error;
  }
}

/** One push as a line; live volumes between two states are left out. */
export function pushLine(
  type: string,
  data: unknown,
  decimals: number,
  states: Map<string, string>,
): string | null {
  switch (type) {
    case 'fuelling-point': {
      const point = data as FuellingPointView;
      if (states.get(point.id) === point.state) return null;
      states.set(point.id, point.state);
      const running =
        point.volumeMl === null || point.volumeMl === 0
          ? ''
          : `  ${litres(point.volumeMl)} L  ${amount(point.amount, decimals)} at ${price(point.price)}`;
      return `${point.id.padEnd(6)} ${point.state.padEnd(12)} nozzle ${dash(point.nozzle)}${running}${point.member ? `  card of ${point.member}` : ''}`;
    }
    case 'sale': {
      const sale = data as SaleView;
      return `${sale.fuellingPoint.padEnd(6)} SALE ${sale.id}  ${time(sale.endedAt)}  ${litres(sale.volumeMl)} L of ${sale.grade} = ${amount(sale.amount, decimals)}  ${sale.attribution}${sale.member ? ` to ${sale.member}` : ''} (${sale.reason})`;
    }
    case 'credit.posted': {
      const credit = data as { fuellingPoint: string; member: string; points: number; balance: number };
      return `${credit.fuellingPoint.padEnd(6)} CREDIT ${credit.member} +${credit.points} points, balance ${credit.balance}`;
    }
    case 'credit.reversed': {
      const credit = data as { fuellingPoint: string; member: string; points: number; balance: number };
      return `${credit.fuellingPoint.padEnd(6)} REVERSED ${credit.member} -${credit.points} points, balance ${credit.balance}`;
    }
    case 'warning': {
      const warning = data as WarningView;
      return `${warning.fuellingPoint.padEnd(6)} WARNING ${warning.warning}: ${warning.text}`;
    }
    case 'alert': {
      const alert = data as AlertView;
      return `${alert.fuellingPoint.padEnd(6)} ALERT sale ${alert.sale}, ${alert.level}: ${alert.kind}, ${alert.text}`;
    }
    case 'member.brief': {
      const { reader, brief } = data as { reader: string; brief: MemberBrief };
      return `${reader.padEnd(6)} scan: ${brief.member}, tier ${brief.tier}, balance ${brief.balance}, usual grade ${dash(brief.usualGrade)}${brief.benefitsDue.length > 0 ? `, due: ${brief.benefitsDue.join('; ')}` : ''}`;
    }
    case 'card.refused': {
      const { reader, refusal } = data as { reader: string; refusal: string };
      return `${reader.padEnd(6)} scan: card refused (${refusal})`;
    }
    case 'alarm': {
      const alarm = data as AlarmView;
      return `${alarm.fuellingPoint.padEnd(6)} ALARM ${alarm.alarm}: ${alarm.text}`;
    }
    case 'tank-alarm': {
      const alarm = data as TankAlarmView;
      return `${alarm.subject.padEnd(6)} ${alarm.clearedAt === null ? 'ALARM' : 'over:'} ${alarm.kind}: ${alarm.text}`;
    }
    case 'delivery': {
      const delivery = data as DeliveryView;
      return `${delivery.stock.padEnd(6)} DELIVERY ${delivery.number}  ${time(delivery.endedAt)}  ${litres(delivery.volumeMl)} L of ${delivery.grade} (${delivery.source})`;
    }
    default:
      return null;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
