/** How drivers behave: shares and times, all of them assumptions. `docs/benchmarks.md` shows the same numbers. */

/** Seconds: half of the drivers are faster than `median`; one in six takes longer than `median` x e^`spread`. */
export interface Spread {
  readonly median: number;
  readonly spread: number;
  readonly least: number;
}
type Range = readonly [number, number];

/** Readers that stand beside the one car they serve, and readers that several cars share. */
export interface ByReader {
  readonly own: number;
  readonly shared: number;
}

export interface Behaviour {
  readonly name: string;
  /** Mean time between two cars at a station of eight fuelling points, s, by the hour of the day from 0 to 23. */
  readonly arrivalS: readonly number[];
  /** Of all drivers. */
  readonly withCard: number;
  readonly attended: number;
  /** Of drivers with a card: it stays in the pocket. */
  readonly forgets: number;
  /** When the card is read; the rest of the drivers scan before they lift. */
  readonly scansDuring: number;
  readonly scansAfter: number;
  readonly scanToLift: Spread;
  readonly hangUpToScan: Spread;
  readonly fillLitres: Spread;
  readonly stays: { readonly attended: Spread; readonly self: Spread };
  /** Slips, each a share of the drivers who scan. */
  readonly early: number;
  readonly late: number;
  readonly walkAway: number;
  readonly moved: number;
  readonly movedRescans: number;
  readonly wrongNozzle: number;
  readonly wrongReader: ByReader;
  /** Of these: not the one beside, but one at another island. */
  readonly wrongReaderFar: number;
  readonly wrongRescans: number;
  readonly eager: ByReader;
  readonly ahead: ByReader;
  readonly rescansAtOwnTurn: number;
  readonly doubleScan: number;
  readonly scansOnceMore: number;
  /** Of those who scan after the hang-up: once more, when no credit comes. */
  readonly insists: number;
  readonly refused: number;
  readonly refusedThenGood: number;
  readonly twoCards: number;
  readonly secondCar: number;
  readonly secondFill: number;
  readonly secondFillRescans: number;
  readonly earlyS: Range;
  readonly lateS: Range;
  readonly insistsS: Range;
}

const rush = new Set([7, 8, 16, 17, 18]);
/** Rush, day and night. */
const day = (busyS: number, dayS: number, nightS: number): readonly number[] =>
  Array.from({ length: 24 }, (_, hour) => (rush.has(hour) ? busyS : hour < 6 || hour > 22 ? nightS : dayS));

/** About 960 sales a day. */
export const ordinary: Behaviour = {
  name: 'ordinary',
  arrivalS: day(45, 90, 300),
  withCard: 0.65,
  attended: 0.5,
  forgets: 0.08,
  scansDuring: 0.12,
  scansAfter: 0.06,
  scanToLift: { median: 13, spread: 0.65, least: 2 },
  hangUpToScan: { median: 9, spread: 0.6, least: 2 },
  fillLitres: { median: 32, spread: 0.5, least: 3 },
  stays: {
    attended: { median: 14, spread: 0.4, least: 6 },
    self: { median: 45, spread: 0.6, least: 12 },
  },
  early: 0.01,
  late: 0.005,
  walkAway: 0.001,
  moved: 0.003,
  movedRescans: 0.85,
  wrongNozzle: 0.03,
  wrongReader: { own: 0.0002, shared: 0.001 },
  wrongReaderFar: 0.1,
  wrongRescans: 0.8,
  eager: { own: 0.002, shared: 0.005 },
  ahead: { own: 0, shared: 0.005 },
  rescansAtOwnTurn: 0.4,
  doubleScan: 0.04,
  scansOnceMore: 0.01,
  insists: 0.1,
  refused: 0.015,
  refusedThenGood: 0.5,
  twoCards: 0.003,
  secondCar: 0.001,
  secondFill: 0.005,
  secondFillRescans: 0.6,
  earlyS: [60, 280],
  lateS: [30, 180],
  insistsS: [8, 60],
};

/** A station on its worst day: busier, and every slip several times as frequent. */
export const hostile: Behaviour = {
  ...ordinary,
  name: 'hostile',
  arrivalS: day(30, 60, 200),
  forgets: 0.2,
  scansDuring: 0.2,
  scansAfter: 0.15,
  early: 0.06,
  late: 0.04,
  walkAway: 0.02,
  moved: 0.03,
  movedRescans: 0.6,
  wrongNozzle: 0.1,
  wrongReader: { own: 0.01, shared: 0.03 },
  wrongRescans: 0.5,
  eager: { own: 0.03, shared: 0.05 },
  ahead: { own: 0.01, shared: 0.05 },
  doubleScan: 0.15,
  scansOnceMore: 0.08,
  insists: 0.3,
  refused: 0.06,
  twoCards: 0.02,
  secondCar: 0.01,
  secondFill: 0.03,
  secondFillRescans: 0.4,
};

/** The slips from which wrong credits come, so many times as often; their name tells it. */
export function moreOften(behaviour: Behaviour, times: number): Behaviour {
  if (times === 1) return behaviour;
  const share = (each: number): number => Math.min(0.5, each * times);
  const { own, shared } = behaviour.wrongReader;
  return {
    ...behaviour,
    name: `${behaviour.name} x${times}`,
    walkAway: share(behaviour.walkAway),
    moved: share(behaviour.moved),
    wrongReader: { own: share(own), shared: share(shared) },
  };
}

export const profiles: readonly Behaviour[] = [ordinary, hostile];
