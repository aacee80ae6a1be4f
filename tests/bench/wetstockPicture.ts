/** Cumulative variance over time, a line for each trouble. */
import type { TankRun } from './wetstockRun.ts';

const [width, height, left, top, right, bottom] = [980, 420, 70, 56, 190, 46];
const colours = ['#1b6ca8', '#c0392b', '#8e44ad', '#d68910', '#117a65', '#5d6d7e'];

const nameOf = ({ options: { troubles, tank } }: TankRun): string =>
  troubles.leak
    ? `leak ${troubles.leak.litresPerHour} L/h from day ${troubles.leak.fromDay}`
    : troubles.theft
      ? `theft of ${troubles.theft.litres} L on day ${troubles.theft.day}`
      : troubles.meterFactor === undefined
        ? `tight (tank ${tank})`
        : `meters give 0.5 % too ${troubles.meterFactor > 1 ? 'much' : 'little'}`;

/** SVG text. */
export function drawWetStock(runs: readonly TankRun[]): string {
  const shown = [
    ...runs.filter(({ options }) => Object.keys(options.troubles).length > 0),
    ...runs
      .filter(({ options }) => Object.keys(options.troubles).length === 0 && options.tank === 5)
      .slice(0, 1),
  ];
  const series = shown.map((run) => {
    let sum = 0;
    const points = run.days.map((day) => {
      sum += day.variance;
      return { x: day.end, y: sum };
    });
    return { name: nameOf(run), points };
  });
  const most = Math.max(1, ...series.flatMap(({ points }) => points.map(({ y }) => Math.abs(y))));
  const step = [50, 100, 200, 500, 1000, 2000, 5000].find((each) => most / each <= 5) ?? 10_000;
  const limit = Math.ceil(most / step) * step;
  const last = Math.max(1, ...series.flatMap(({ points }) => points.map(({ x }) => x)));
  const px = (x: number): number => left + (x / last) * (width - left - right);
  const py = (y: number): number => top + ((limit - y) / (2 * limit)) * (height - top - bottom);
  const grid: string[] = [];
  for (let y = -limit; y <= limit; y += step)
    grid.push(
      `<line x1="${left}" x2="${width - right}" y1="${py(y)}" y2="${py(y)}" stroke="${y === 0 ? '#555' : '#ddd'}"/><text x="${left - 8}" y="${py(y) + 4}" text-anchor="end">${y}</text>`,
    );
  for (let day = 0; day <= last; day += 10)
    grid.push(`<text x="${px(day)}" y="${height - bottom + 18}" text-anchor="middle">${day}</text>`);
  // names stand at the ends of their lines, and give way to each other
  const labels = series
    .map(({ name, points }, i) => ({
      name,
      colour: colours[i % colours.length],
      y: py(points.at(-1)?.y ?? 0),
    }))
    .sort((a, b) => a.y - b.y);
  for (let i = 1; i < labels.length; i++) {
    const [before, here] = [labels[i - 1], labels[i]];
    if (before && here && here.y - before.y < 16) here.y = before.y + 16;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${left}" y="22" font-size="15" font-weight="bold">Cumulative variance (gauge less book), litres</text>`,
    `<text x="${left}" y="40" fill="#555">simulated tanks with known truth, at 15 degC; business days closed by the gauge</text>`,
    ...grid,
    `<text x="${(left + width - right) / 2}" y="${height - 8}" text-anchor="middle">day</text>`,
    ...series.map(
      ({ points }, i) =>
        `<polyline fill="none" stroke="${colours[i % colours.length]}" stroke-width="1.8" points="${points.map(({ x, y }) => `${px(x).toFixed(1)},${py(y).toFixed(1)}`).join(' ')}"/>`,
    ),
    ...labels.map(
      ({ name, colour, y }) => `<text x="${width - right + 8}" y="${y + 4}" fill="${colour}">${name}</text>`,
    ),
    '</svg>\n',
  ].join('\n');
}
