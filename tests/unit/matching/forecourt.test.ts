/** Drivers, one scene at a time, through the station's use cases and a real store. */
import { describe, expect, it } from 'vitest';
import { matchingSchema } from '../../../src/model/config/station.ts';
import { type LayoutName, layout } from '../../bench/matchingLayouts.ts';
import { replay } from '../../bench/matchingReplay.ts';
import { benchStation } from '../../bench/matchingStation.ts';
import type { Driver, Scan, TrueFuelling, World } from '../../bench/matchingWorld.ts';
import { tempDirectory } from '../../support/tempStore.ts';

const nobody: Driver = { n: 0, member: null, slips: new Set() };
const cards = ['A', 'B', 'C', 'blocked'] as const;
type Card = (typeof cards)[number] | 'unknown';
const numbers: Record<Card, string> = {
  A: '70001',
  B: '70002',
  C: '70003',
  blocked: '70009',
  unknown: '79999',
};
const members = cards.map((card) => ({
  id: card,
  tier: 'ordinary',
  employee: false,
  vehicles: [],
  cards: [
    {
      number: numbers[card],
      format: 'number' as const,
      status: card === 'blocked' ? ('blocked' as const) : ('active' as const),
      role: 'customer' as const,
    },
  ],
}));

/** Seconds. A scan at the reader of a point; a fuelling from lift to hang-up. */
type Step = readonly [at: number, card: Card, point: number] | { fills: number; from: number; to: number };

function scene(name: LayoutName, steps: readonly Step[]) {
  const places = layout(name);
  const scans: Scan[] = [];
  const fuellings: TrueFuelling[] = [];
  for (const step of steps) {
    if ('fills' in step) {
      const { fills, from, to } = step;
      fuellings.push({
        ...{ n: fuellings.length, point: `FP${fills}`, hose: 1, owners: [], driver: nobody },
        ...{ liftAt: from * 1000, flowAt: from * 1000 + 4000, endAt: to * 1000, volumeMl: (to - from) * 500 },
      });
    } else {
      const [at, card, point] = step;
      scans.push({ at: at * 1000, reader: places.of(point - 1, 0), card: numbers[card], driver: nobody });
    }
  }
  scans.sort((a, b) => a.at - b.at);
  fuellings.sort((a, b) => a.endAt - b.endAt);
  const world: World = { scans, fuellings, members };
  const islands = places.islands.map((island) => [...island]);
  const station = benchStation({ ...matchingSchema.parse({}), islands }, members, tempDirectory());
  const outcomes = replay(station, world, 1);
  const { ledger } = station.context.store;
  const points = Object.fromEntries(
    cards.map((card) => [card, ledger.balance(`member:${card}`)]).filter(([, balance]) => balance !== 0),
  );
  station.close();
  return {
    told: outcomes
      .sort((a, b) => a.fuelling.n - b.fuelling.n)
      .map(({ attribution: told }) =>
        told.kind === 'attributed' ? told.member : `${told.kind} ${told.reason.split(':')[0]}`,
      ),
    waitedS: outcomes.map(({ waitedMs }) => Math.round(waitedMs / 1000)),
    points,
  };
}

const fill = (fills: number, from: number, to: number): Step => ({ fills, from, to });
const scenes: [string, LayoutName, readonly Step[], readonly string[]][] = [
  ['M20: a scan before the lift', 'side', [[90, 'A', 1], fill(1, 100, 200)], ['A']],
  ['M179: a scan during the fuelling', 'side', [fill(1, 100, 200), [150, 'A', 1]], ['A']],
  ['M179: a scan after the hang-up', 'side', [fill(1, 100, 200), [215, 'A', 1]], ['A']],
  ['M179: one reader for two points, one of them used', 'island', [[90, 'A', 1], fill(2, 100, 200)], ['A']],
  [
    'M179: one reader for two points, both used, one card',
    'island',
    [[90, 'A', 1], fill(1, 100, 180), fill(2, 120, 200)],
    ['ambiguous reader-shared', 'ambiguous reader-shared'],
  ],
  [
    'M179: one reader for all points, drivers one after the other',
    'station',
    [[90, 'A', 1], fill(3, 100, 200), [600, 'B', 1], fill(7, 610, 700)],
    ['A', 'B'],
  ],
  [
    'M179: two cards at one nozzle',
    'side',
    [[80, 'A', 1], [90, 'B', 1], fill(1, 100, 200)],
    ['ambiguous two-cards'],
  ],
  [
    'M179: one card at two nozzles, a scan for each',
    'side',
    [[90, 'A', 1], fill(1, 100, 200), [160, 'A', 2], fill(2, 170, 220)],
    ['A', 'A'],
  ],
  [
    'M179: a wrong reader, taken for his own just before somebody without a card lifts there',
    'side',
    [[90, 'A', 1], fill(1, 95, 200), [105, 'A', 2], fill(2, 119, 220)],
    ['ambiguous card-elsewhere', 'A'],
  ],
  [
    'M179: one card at two nozzles, one scan: the second is nobody’s',
    'side',
    [[90, 'A', 1], fill(1, 100, 200), fill(2, 130, 220)],
    ['A', 'unclaimed no-scan'],
  ],
  [
    'M179: a card that left, and a driver without a card a minute later',
    'side',
    [[90, 'A', 1], fill(1, 160, 250)],
    ['ambiguous old-scan'],
  ],
  [
    'M179: a card that went to another point is not this one’s any more',
    'side',
    [[90, 'A', 1], [130, 'A', 3], fill(3, 140, 250), fill(1, 148, 240)],
    ['A', 'unclaimed no-scan'],
  ],
  [
    'M179: a card that went on to another point while somebody lifted here',
    'side',
    [[90, 'A', 1], fill(1, 125, 200), [150, 'A', 3], fill(3, 160, 250)],
    ['ambiguous card-elsewhere', 'A'],
  ],
  [
    'M179: a scan at the wrong reader while another fuels there, and none at the right one',
    'side',
    [fill(2, 50, 180), [85, 'A', 2], fill(1, 105, 200)],
    ['ambiguous reader-mistaken', 'unclaimed no-scan'],
  ],
  [
    'M179: the same, and the other has hung up before this one lifts',
    'side',
    [fill(2, 50, 90), [85, 'A', 2], fill(1, 105, 200)],
    ['ambiguous reader-mistaken', 'unclaimed no-scan'],
  ],
  [
    'M179: a scan at the wrong reader while another fuels there, then at the right one',
    'side',
    [fill(2, 50, 180), [85, 'A', 2], [95, 'A', 1], fill(1, 105, 200)],
    ['unclaimed no-scan', 'A'],
  ],
  ['M45: a hotlisted card', 'side', [[90, 'blocked', 1], fill(1, 100, 200)], ['unclaimed card-blocked']],
  ['M179: an unknown card', 'side', [[90, 'unknown', 1], fill(1, 100, 200)], ['unclaimed card-unknown']],
  [
    'M45: a hotlisted card after the end settles the sale: no other card takes it',
    'side',
    [fill(1, 100, 200), [210, 'blocked', 1], [360, 'A', 1], fill(1, 370, 460)],
    ['unclaimed card-blocked', 'A'],
  ],
  [
    'M45: a hotlisted card, then a good one',
    'side',
    [[85, 'blocked', 1], [92, 'A', 1], fill(1, 100, 200)],
    ['A'],
  ],
  [
    'M20: a scan and one more before the lift',
    'side',
    [[80, 'A', 1], [95, 'A', 1], fill(1, 100, 200)],
    ['A'],
  ],
  [
    'M20: one more scan after the sale is not the next driver’s',
    'side',
    [[90, 'A', 1], fill(1, 100, 200), [210, 'A', 1], fill(1, 255, 300)],
    ['A', 'unclaimed no-scan'],
  ],
  [
    'M179: a quick second fill, announced by a scan',
    'side',
    [[90, 'A', 1], fill(1, 100, 200), [214, 'A', 1], fill(1, 220, 240)],
    ['A', 'A'],
  ],
  [
    'M179: the next driver scans while the former’s nozzle is just hung up, and lifts when the car has gone',
    'side',
    [fill(1, 100, 200), [210, 'B', 1], fill(1, 280, 380)],
    ['ambiguous next-fuelling', 'ambiguous next-fuelling'],
  ],
  [
    'M179: the next driver scans again at his turn',
    'side',
    [fill(1, 100, 200), [210, 'B', 1], [270, 'B', 1], fill(1, 280, 380)],
    ['unclaimed no-scan', 'B'],
  ],
  [
    'M179: a scan after the end, and once more when nothing seems to happen: a person decides',
    'side',
    [fill(1, 100, 200), [205, 'A', 1], [240, 'A', 1]],
    ['ambiguous read-again'],
  ],
  [
    'M179: the same, and who scans in between does not get it',
    'side',
    [fill(1, 100, 200), [205, 'A', 1], [215, 'B', 1], [240, 'A', 1]],
    ['ambiguous read-again'],
  ],
  [
    'M179: a scan after the end, and once more at once',
    'side',
    [fill(1, 100, 200), [205, 'A', 1], [215, 'A', 1]],
    ['A'],
  ],
  [
    'M179: a scan late after the end, and the next driver has no card',
    'side',
    [fill(1, 100, 200), [240, 'A', 1], fill(1, 285, 380)],
    ['unclaimed no-scan', 'ambiguous next-fuelling'],
  ],
  [
    'M179: a scan after the end, and the next driver has a card too',
    'side',
    [fill(1, 100, 200), [210, 'A', 1], [265, 'B', 1], fill(1, 275, 380)],
    ['A', 'B'],
  ],
  [
    'M179: a scan late after the end, once more later still, and the next driver has no card',
    'side',
    [fill(1, 100, 200), [370, 'A', 1], [400, 'A', 1], fill(1, 425, 500)],
    ['unclaimed no-scan', 'ambiguous next-fuelling'],
  ],
  [
    'M179: the same, of a card that was read here before and taken away',
    'side',
    [[10, 'A', 1], fill(1, 900, 1000), [1170, 'A', 1], [1200, 'A', 1], fill(1, 1225, 1300)],
    ['unclaimed no-scan', 'ambiguous next-fuelling'],
  ],
  [
    'M179: the next driver scans twice, and lifts at once after the second',
    'side',
    [fill(1, 100, 200), [340, 'A', 1], [358, 'A', 1], fill(1, 370, 500)],
    ['unclaimed no-scan', 'A'],
  ],
  [
    'M179: the next car’s two cards, the first while the former’s nozzle is just hung up: the second shows no other driver',
    'side',
    [fill(1, 100, 157), [171, 'A', 1], [191, 'B', 1], fill(1, 201, 254)],
    ['ambiguous next-fuelling', 'ambiguous two-cards'],
  ],
  [
    'M179: two scans and two lifts at one reader cross: a person decides',
    'island',
    [[80, 'A', 1], [95, 'B', 1], fill(1, 100, 200), fill(2, 110, 210)],
    ['ambiguous two-cards', 'ambiguous two-cards'],
  ],
  [
    'M179: at a reader of two points an early driver is not robbed by one without a card',
    'island',
    [[90, 'A', 1], fill(2, 110, 160), fill(1, 250, 330)],
    ['ambiguous reader-shared', 'ambiguous reader-shared'],
  ],
];

describe('whose sale', () => {
  it.each(scenes)('%s (a reader per %s)', (_, name, steps, expected) => {
    expect(scene(name, steps).told).toEqual(expected);
  });

  it('M20: credits at once where the scan was before the lift, after the wait where it was after the end; each once', () => {
    const { waitedS, points } = scene('side', [
      [90, 'A', 1],
      fill(1, 100, 200),
      fill(2, 100, 210),
      [220, 'B', 2],
      [225, 'B', 2],
    ]);
    expect(waitedS[0]).toBe(0);
    expect(waitedS[1]).toBeGreaterThanOrEqual(300);
    expect(points).toEqual({ A: 50, B: 55 });
  });
});
