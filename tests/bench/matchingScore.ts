/** Beside the truth: how many sales went to the right member, to the wrong one, to a person, to nobody, and why. */
import type { MatchingPolicy } from '../../src/model/config/station.ts';
import { type LayoutName, layout } from './matchingLayouts.ts';
import type { Behaviour } from './matchingProfiles.ts';
import { type Outcome, replay } from './matchingReplay.ts';
import { benchStation } from './matchingStation.ts';
import { drivers, type World } from './matchingWorld.ts';

export interface Score {
  readonly layout: LayoutName;
  readonly behaviour: string;
  readonly policy: string;
  readonly sales: number;
  readonly withCard: number;
  readonly right: number;
  readonly wrong: number;
  readonly ambiguous: number;
  /** Of those: nobody's in truth. */
  readonly ambiguousOfNobody: number;
  readonly rightlyUnclaimed: number;
  readonly lost: number;
  /** Credited after the sale was recorded, and how long after at the median, s. */
  readonly waited: number;
  readonly waitedMedianS: number;
  /** What those did whose card a wrong sale was credited to. */
  readonly wrongBy: Readonly<Record<string, number>>;
  readonly ambiguousBy: Readonly<Record<string, number>>;
  readonly tookS: number;
}

export interface Trial {
  readonly layout: LayoutName;
  readonly behaviour: Behaviour;
  /** `islands`: whether the installer wrote them down; he did where nothing is said. */
  readonly policy: { readonly name: string; readonly matching: MatchingPolicy; readonly islands?: boolean };
  readonly sales: number;
  readonly seed: number;
  readonly directory: string;
}

export function score(trial: Trial): Score {
  const begun = performance.now();
  const places = layout(trial.layout);
  const world = drivers(trial.behaviour, places, trial.seed, trial.sales);
  const islands = trial.policy.islands === false ? [] : places.islands.map((island) => [...island]);
  const station = benchStation({ ...trial.policy.matching, islands }, world.members, trial.directory);
  let outcomes: Outcome[];
  try {
    outcomes = replay(station, world, trial.seed);
  } finally {
    station.close();
  }
  return { ...count(trial, world, outcomes), tookS: Math.round((performance.now() - begun) / 100) / 10 };
}

function count(trial: Trial, world: World, outcomes: readonly Outcome[]): Omit<Score, 'tookS'> {
  const wrongBy: Record<string, number> = {};
  const ambiguousBy: Record<string, number> = {};
  const tally = { right: 0, wrong: 0, ambiguous: 0, ambiguousOfNobody: 0, rightlyUnclaimed: 0, lost: 0 };
  const waits: number[] = [];
  const more = (counts: Record<string, number>, key: string): void => {
    counts[key] = (counts[key] ?? 0) + 1;
  };
  for (const { fuelling, attribution, waitedMs } of outcomes) {
    const isOwned = fuelling.owners.length > 0;
    if (attribution.kind === 'attributed') {
      if (waitedMs > 0) waits.push(waitedMs);
      if (fuelling.owners.includes(attribution.member)) tally.right += 1;
      else {
        tally.wrong += 1;
        more(wrongBy, slipsOf(world, attribution.member, fuelling.endAt));
      }
    } else if (attribution.kind === 'ambiguous') {
      tally.ambiguous += 1;
      if (!isOwned) tally.ambiguousOfNobody += 1;
      more(ambiguousBy, attribution.reason.split(':')[0] ?? '');
    } else if (isOwned) tally.lost += 1;
    else tally.rightlyUnclaimed += 1;
  }
  waits.sort((a, b) => a - b);
  return {
    layout: trial.layout,
    behaviour: trial.behaviour.name,
    policy: trial.policy.name,
    sales: outcomes.length,
    withCard: outcomes.filter(({ fuelling }) => fuelling.owners.length > 0).length,
    ...tally,
    waited: waits.length,
    waitedMedianS: Math.round((waits[waits.length >> 1] ?? 0) / 1000),
    wrongBy,
    ambiguousBy,
  };
}

const lateScanMs = 5 * 60_000;

/** What the driver of this card did out of the ordinary. */
function slipsOf(world: World, member: string, endAt: number): string {
  const last = world.scans.findLast(({ driver, at }) => driver.member === member && at <= endAt + lateScanMs);
  return [...(last?.driver.slips ?? [])].sort().join(' + ') || 'nothing out of the ordinary';
}
