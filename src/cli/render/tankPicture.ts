/** A tank as a picture of characters, to the scale of its volume, with what is known of it below. */
import type { TankAlarmKind } from '../../model/tank.ts';
import type { TankView } from '../../station/tanks/view.ts';
import { bold, cyan, dim, red, yellow } from './format.ts';
import { celsius, dayTime, millimetres, percentOf, span, wholeLitres } from './measures.ts';
import { beside, cut, padded, printable, wrapped } from './text.ts';

/** Columns of a tank with the marks of its limits; one without them is narrower. */
const cardWidth = 26;
const bodyWidth = 12;
const markWidth = cardWidth - bodyWidth - 4;
const rows = 10;
const eighths = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Several tanks side by side, as many as `width` columns hold. */
export function tankPictures(tanks: readonly TankView[], width: number): string {
  if (tanks.length === 0) return dim(' no tank is configured');
  const each = Math.max(bodyWidth + 4, Math.min(cardWidth, width));
  const across = Math.max(1, Math.floor(width / each));
  const lines: string[] = [];
  for (let first = 0; first < tanks.length; first += across) {
    const cards = tanks
      .slice(first, first + across)
      .map((tank) => ({ lines: card(tank, each), width: each }));
    lines.push(...(first > 0 ? [''] : []), ...beside(cards));
  }
  return lines.join('\n');
}

function card(view: TankView, width: number): string[] {
  const tank = printable(view);
  const room = width - 2;
  return [
    ` ${bold(cut(`${tank.id}  ${tank.grade}${tank.stock === tank.id ? '' : ` (${tank.stock})`}`, room))}`,
    ...tankBody(tank, width >= cardWidth),
    ...words(tank).flatMap(({ text, colour }) => wrapped(text, room).map((line) => ` ${colour(line)}`)),
  ];
}

export const reliable = ({ quality }: TankView): boolean => quality === 'good' || quality === 'uncertain';

/** The level can be drawn: it is one, and the capacity is known. */
function fillOf(tank: TankView): number | null {
  const { volumeMl, capacityMl } = tank;
  if (!reliable(tank) || volumeMl === null || capacityMl === null || capacityMl <= 0) return null;
  return Math.min(1, Math.max(0, volumeMl / capacityMl));
}

/** The tank itself: a lid, `rows` lines and a bottom, with the marks of its limits beside them. */
export function tankBody(tank: TankView, withMarks: boolean): string[] {
  const fill = fillOf(tank);
  const water = fill === null ? 0 : Math.min(1, (tank.waterMl ?? 0) / (tank.capacityMl ?? 1));
  const waterRows = Math.round(water * rows);
  const inside = fill === null ? unknownRows() : filledRows(tank, fill + water, waterRows);
  const marks = withMarks ? marksOf(tank) : new Map<number, Mark>();
  const wet = fill !== null && (tank.waterTenthMm ?? tank.waterMl ?? 0) > 0;
  const floor = wet && waterRows === 0 ? waterColour(tank)('≈'.repeat(bodyWidth)) : '─'.repeat(bodyWidth);
  return [
    ` ╭${'─'.repeat(bodyWidth)}╮`,
    ...inside.map((line, fromTop) => {
      const mark = marks.get(rows - 1 - fromTop);
      return ` │${line}${mark ? `├ ${mark.colour(mark.text)}` : '│'}`;
    }),
    ` ╰${floor}╯`,
  ];
}

/** Hatched, so that nobody takes it for an empty tank. */
const unknownRows = (): string[] =>
  Array.from({ length: rows }, (_, row) =>
    red(
      row === rows / 2 - 1
        ? padded(`${'╱'.repeat(4)} ?? ${'╱'.repeat(4)}`, bodyWidth)
        : '╱'.repeat(bodyWidth),
    ),
  );

function filledRows(tank: TankView, surface: number, waterRows: number): string[] {
  // A drop is shown: only a tank of nothing looks empty.
  const level = Math.min(rows * 8, Math.max(Math.round(surface * rows * 8), surface > 0 ? 1 : 0));
  const fuel = fuelColour(tank);
  return Array.from({ length: rows }, (_, fromTop) => {
    const row = rows - 1 - fromTop;
    if (row < waterRows) return waterColour(tank)('≈'.repeat(bodyWidth));
    const part = Math.min(8, Math.max(0, level - row * 8));
    const full = tank.quality === 'uncertain' && part === 8 ? '▒' : (eighths[part] ?? ' ');
    return part === 0 ? ' '.repeat(bodyWidth) : fuel(full.repeat(bodyWidth));
  });
}

const plain = (text: string): string => text;
const has = (tank: TankView, ...kinds: readonly TankAlarmKind[]): boolean =>
  kinds.some((kind) => tank.alarms.includes(kind));
const waterColour = (tank: TankView) => (has(tank, 'water', 'water-warning') ? red : cyan);
const fuelColour = (tank: TankView) =>
  has(tank, 'critical-low', 'overfill')
    ? red
    : tank.quality === 'uncertain' || has(tank, 'low', 'high')
      ? yellow
      : plain;

interface Mark {
  readonly text: string;
  readonly colour: (text: string) => string;
}

/** By row from the bottom. Where two limits fall into one row, the one that is reached first is named. */
function marksOf(tank: TankView): Map<number, Mark> {
  const { capacityMl, safeFillMl, limits } = tank;
  const marks = new Map<number, Mark>();
  if (capacityMl === null || capacityMl <= 0) return marks;
  const add = (name: string, ml: number | null | undefined, alarm: TankAlarmKind | null): void => {
    if (ml === null || ml === undefined || ml < 0 || ml > capacityMl) return;
    const row = Math.min(rows - 1, Math.floor((ml / capacityMl) * rows));
    if (marks.has(row)) return;
    const text = cut(`${name} ${percentOf(ml, capacityMl)}%`, markWidth);
    marks.set(row, { text, colour: alarm !== null && has(tank, alarm) ? red : dim });
  };
  add('high', limits?.highMl, 'high');
  add('safe', safeFillMl, null);
  add('over', limits?.overfillMl, 'overfill');
  add('low', limits?.lowMl, 'low');
  add('crit', limits?.criticalMl, 'critical-low');
  return marks;
}

interface Words {
  readonly text: string;
  readonly colour: (text: string) => string;
}

function words(tank: TankView): Words[] {
  const { cover } = tank;
  return [
    ...levelWords(tank),
    // Room for a delivery is never told from a level that nobody should rely on.
    ...(tank.ullageMl === null || !reliable(tank)
      ? [{ text: 'ullage unknown', colour: dim }]
      : [{ text: `ullage ${wholeLitres(tank.ullageMl)} L`, colour: plain }]),
    ...(tank.temperatureCentiC === null
      ? []
      : [{ text: `${celsius(tank.temperatureCentiC)} °C`, colour: plain }]),
    { text: waterWords(tank), colour: has(tank, 'water', 'water-warning') ? red : plain },
    {
      text: `cover ${cover.hours === null ? `unknown: ${cover.text}` : span(cover.hours)}`,
      colour: cover.hours === null ? dim : plain,
    },
    ...(tank.order ? [{ text: orderWords(tank.order), colour: tank.order.urgent ? red : yellow }] : []),
    ...(tank.delivery ? [{ text: 'delivery going on', colour: cyan }] : []),
    ...tank.alarms.map((kind) => ({ text: `! ${kind}`, colour: red })),
  ];
}

function levelWords(tank: TankView): Words[] {
  const { quality, reason, volumeMl, capacityMl } = tank;
  const percent = percentOf(volumeMl, capacityMl);
  const level = `${wholeLitres(volumeMl)} L${percent === null ? '' : `, ${percent} %`}`;
  const why = reason === '' ? '' : `: ${reason}`;
  if (reliable(tank)) {
    return [
      { text: volumeMl === null ? 'no volume' : level, colour: bold },
      ...(capacityMl === null ? [{ text: 'capacity not known', colour: dim }] : []),
      ...(quality === 'uncertain' ? [{ text: `uncertain${why}`, colour: yellow }] : []),
    ];
  }
  const last =
    volumeMl === null
      ? []
      : [
          {
            text: `not to be relied on: ${level}${tank.at === null ? '' : ` of ${dayTime(tank.at)}`}`,
            colour: dim,
          },
        ];
  return [{ text: `level ${quality}${why}`, colour: red }, ...last];
}

const waterWords = ({ waterTenthMm, waterMl }: TankView): string =>
  waterTenthMm === null
    ? `water ${waterMl === null ? 'unknown' : `${wholeLitres(waterMl)} L`}`
    : `water ${millimetres(waterTenthMm)} mm${waterMl === null ? '' : `, ${wholeLitres(waterMl)} L`}`;

export const orderWords = ({ litres, orderBy, urgent }: NonNullable<TankView['order']>): string =>
  `order ${wholeLitres(litres * 1000)} L ${urgent ? 'now, ' : ''}by ${dayTime(orderBy)}`;
