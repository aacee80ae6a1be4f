/** Everything of one tank: its picture, its facts, the last 24 hours, alarms, deliveries. */
import type { TankDetailView } from '../../station/tanks/view.ts';
import { type CurvePoint, drawn, scaleOf } from './curve.ts';
import { deliveryTable } from './deliveries.ts';
import { bold, dash, dim, state } from './format.ts';
import { celsius, dayTime, hourMinute, millimetres, percentOf, span, wholeLitres } from './measures.ts';
import { block } from './station.ts';
import { tankAlarms } from './tankAlarms.ts';
import { orderWords, reliable, tankBody } from './tankPicture.ts';
import { beside, padded, printable, wrapped } from './text.ts';

const pictureWidth = 27;
const nameWidth = 12;
const dayMs = 86_400_000;
/** So long without a level is a gap in the curve, not a straight line. */
const gapMs = 3_600_000;

export function tankDetail(view: TankDetailView, width: number): string {
  const tank = printable(view);
  return [
    bold(`Tank ${tank.id}, ${tank.grade}${tank.stock === tank.id ? '' : `, of stock ${tank.stock}`}`),
    head(tank, width),
    '',
    bold('Last 24 hours'),
    levels(tank, width),
    ...section('Standing alarms', tank.standing.length === 0 ? dim(' none') : tankAlarms(tank.standing)),
    ...section('Deliveries', deliveryTable(tank.deliveries)),
  ].join('\n');
}

const section = (title: string, text: string): string[] => ['', block(title, text)];

function head(tank: TankDetailView, width: number): string {
  const narrow = width < pictureWidth + 40;
  const room = Math.max(20, (narrow ? width : width - pictureWidth) - nameWidth - 2);
  const facts = pairs(tank).flatMap(([name, text]) =>
    wrapped(text, room).map((line, n) => ` ${padded(n === 0 ? name : '', nameWidth)} ${line}`),
  );
  const picture = tankBody(tank, true);
  return (
    narrow
      ? [...picture, ...facts]
      : beside([
          { lines: picture, width: pictureWidth },
          { lines: facts, width: 0 },
        ])
  ).join('\n');
}

function pairs(tank: TankDetailView): [name: string, text: string][] {
  const { limits, cover, order, leakTest } = tank;
  const percent = percentOf(tank.volumeMl, tank.capacityMl);
  const litres = (ml: number | null): string => (ml === null ? '-' : `${wholeLitres(ml)} L`);
  return [
    [
      'level',
      `${state(tank.quality)}${tank.reason === '' ? '' : `: ${tank.reason}`}, ${tank.at === null ? 'none yet' : `of ${dayTime(tank.at)}`}`,
    ],
    [
      'fuel',
      `${litres(tank.volumeMl)}${percent === null ? '' : `, ${percent} %`}; at 15 °C ${litres(tank.volumeAt15Ml)}${reliable(tank) ? '' : ' (not to be relied on)'}`,
    ],
    ['height', `${millimetres(tank.heightTenthMm)} mm, ${celsius(tank.temperatureCentiC)} °C`],
    ['water', `${millimetres(tank.waterTenthMm)} mm, ${litres(tank.waterMl)}`],
    [
      'ullage',
      `${reliable(tank) ? litres(tank.ullageMl) : '-'} to the safe fill of ${litres(tank.safeFillMl)}`,
    ],
    ['capacity', litres(tank.capacityMl)],
    [
      'limits',
      `overfill ${litres(limits.overfillMl)}, high ${litres(limits.highMl)}, low ${litres(limits.lowMl)}, critical ${litres(limits.criticalMl)}; water ${millimetres(limits.waterWarningTenthMm)} and ${millimetres(limits.waterTenthMm)} mm`,
    ],
    ['cover', cover.hours === null ? `unknown: ${cover.text}` : `${span(cover.hours)}; ${cover.text}`],
    ['order', order ? `${orderWords(order)}; ${order.text}` : 'nothing needs to be ordered yet'],
    ['gauge', `${dash(tank.gauge)}${tank.delivery ? ', a delivery is going on' : ''}`],
    [
      'nozzles',
      dash(tank.nozzles.map(({ fuellingPoint, nozzle }) => `${fuellingPoint}/${nozzle}`).join(' ')),
    ],
    ['leak test', leakTest ? leakWords(leakTest) : 'not watched'],
  ];
}

const leakWords = ({ text, litresPerHour, plusMinus, idleHours }: NonNullable<TankDetailView['leakTest']>) =>
  `${text}${litresPerHour === null ? '' : `; ${litresPerHour.toFixed(2)}${plusMinus === null ? '' : ` ± ${plusMinus.toFixed(2)}`} L/h`}, ${Math.round(idleHours)} h idle`;

function levels(tank: TankDetailView, width: number): string {
  const points = tank.levels.map(({ at, quality, volumeMl }) => ({
    at: Date.parse(at),
    y: quality === 'good' || quality === 'uncertain' ? volumeMl : null,
  }));
  const end = points.at(-1)?.at ?? Number.NaN;
  const shown: CurvePoint[] = points.flatMap(({ at, y }, n) => {
    const x = 1 - (end - at) / dayMs;
    const silent = at - (points[n - 1]?.at ?? at) > gapMs;
    return x < 0 ? [] : [...(silent ? [{ x, y: null }] : []), { x, y }];
  });
  const scale = scaleOf(shown, 100_000);
  if (!scale) return dim(' no level was good enough to be drawn');
  return drawn(shown, scale, {
    width,
    unit: 'L',
    label: (y) => wholeLitres(y),
    ends: [
      hourMinute(new Date(end - dayMs)),
      hourMinute(new Date(end - dayMs / 2)),
      hourMinute(new Date(end)),
    ],
  });
}
