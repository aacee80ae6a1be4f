/** Drivers at a station, by the seed: when they scan, lift and hang up, and, the truth, whose each fuelling is. */
import type { Random } from '../../src/core/ports.ts';
import type { Member } from '../../src/model/config/members.ts';
import { between, randomFor, whole } from '../../src/simulator/physics/random.ts';
import { type Layout, nozzlesEach, pointCount, pointName, type Reader } from './matchingLayouts.ts';
import type { Behaviour, Spread } from './matchingProfiles.ts';

export type Slip =
  | 'early'
  | 'late'
  | 'walk-away'
  | 'moved'
  | 'wrong-nozzle'
  | 'wrong-reader'
  | 'eager'
  | 'ahead'
  | 'double-scan'
  | 'once-more'
  | 'insists'
  | 'refused'
  | 'two-cards'
  | 'second-car'
  | 'second-fill'
  | 'forgot';

/** Times in ms from the beginning. */
export interface Scan {
  readonly at: number;
  readonly reader: Reader;
  readonly card: string;
  readonly driver: Driver;
}

export interface TrueFuelling {
  readonly n: number;
  readonly point: string;
  /** 1 or 2. */
  readonly hose: number;
  readonly liftAt: number;
  readonly flowAt: number;
  readonly endAt: number;
  readonly volumeMl: number;
  /** Members whose cards were read for it; none: nobody's. */
  readonly owners: readonly string[];
  readonly driver: Driver;
}

export interface Driver {
  readonly n: number;
  readonly member: string | null;
  readonly slips: ReadonlySet<Slip>;
}

export interface World {
  readonly scans: readonly Scan[];
  readonly fuellings: readonly TrueFuelling[];
  readonly members: readonly Member[];
}

const memberCount = 3000;
const litresPerS = 0.55;
/** A car that would have to wait longer drives on. */
const patienceMs = 6 * 60_000;

const hourMs = 3_600_000;
/** The first car comes at eight in the morning. */
const hourOf = (at: number): number => (8 + Math.floor(at / hourMs)) % 24;

const memberName = (n: number): string => `m${n}`;
const goodCard = (n: number): string => `7000${String(n).padStart(6, '0')}`;
const blockedCard = (n: number): string => `8000${String(n).padStart(6, '0')}`;

interface Arrival {
  readonly at: number;
  readonly driver: MutableDriver;
  /** It scanned at another point, and came from there. */
  readonly came: 'scanned' | null;
}
interface MutableDriver extends Driver {
  readonly slips: Set<Slip>;
  readonly number: number;
  readonly attended: boolean;
}

/** What the car before did at a point. */
interface Former {
  readonly flowAt: number;
  readonly endAt: number;
  readonly leftAt: number;
}

export function drivers(behaviour: Behaviour, layout: Layout, seed: number, sales: number): World {
  const random = randomFor(seed, `${behaviour.name} ${layout.name}`);
  const says = (share: number): boolean => random() < share;
  const rates = layout.shared ? 'shared' : 'own';
  const scans: Scan[] = [];
  const fuellings: TrueFuelling[] = [];
  const formers: Former[] = Array.from({ length: pointCount }, () => ({ flowAt: 0, endAt: 0, leftAt: 0 }));
  const waiting: Arrival[] = [];
  let drawn = 0;
  let member = 0;

  function newDriver(): MutableDriver {
    const slips = new Set<Slip>();
    const owns = says(behaviour.withCard);
    if (owns && says(behaviour.forgets)) slips.add('forgot');
    const scansCard = owns && !slips.has('forgot');
    if (scansCard) member = (member + 1) % memberCount;
    drawn += 1;
    return {
      n: drawn,
      number: member,
      member: scansCard ? memberName(member) : null,
      slips,
      attended: says(behaviour.attended),
    };
  }

  function choosePoint(at: number): number | null {
    const free = formers.flatMap(({ leftAt }, point) => (leftAt <= at ? [point] : []));
    if (free.length > 0) return free[Math.floor(random() * free.length)] ?? 0;
    const soonest = formers.reduce(
      (best, { leftAt }, n) => (leftAt < (formers[best]?.leftAt ?? 0) ? n : best),
      0,
    );
    return (formers[soonest]?.leftAt ?? 0) - at > patienceMs ? null : soonest;
  }

  function arrive({ at, driver, came }: Arrival): void {
    const point = choosePoint(at);
    const former = point === null ? undefined : formers[point];
    if (point === null || former === undefined) return;
    const queued = former.leftAt > at;
    const stoppedAt = queued ? former.leftAt + seconds(driver.attended ? [5, 12] : [8, 20]) : at;
    formers[point] = visit({ driver, point, stoppedAt, came, former: queued ? former : null, at });
  }

  const seconds = (range: readonly [number, number]): number => between(random, range) * 1000;
  const spread = (s: Spread): number => drawSpread(random, s) * 1000;

  interface Visit {
    readonly driver: MutableDriver;
    readonly point: number;
    readonly stoppedAt: number;
    readonly came: Arrival['came'];
    /** The car before, where this one stood behind it. */
    readonly former: Former | null;
    readonly at: number;
  }

  function visit(v: Visit): Former {
    const { driver, point, stoppedAt } = v;
    const nozzle = whole(random, 0, nozzlesEach - 1);
    const readyAt = stoppedAt + seconds(driver.attended ? [3, 8] : [6, 20]);
    const own = layout.of(point, nozzle);
    const scan = (at: number, reader: Reader | null = own, card = goodCard(driver.number)): void => {
      scans.push({ at, reader: reader ?? own, card, driver });
    };
    const slip = (name: Slip, share: number): boolean => {
      if (!says(share)) return false;
      driver.slips.add(name);
      return true;
    };
    const fuel = (liftAt: number, litres: number, owners: readonly string[], hose = nozzle): TrueFuelling => {
      const flowAt = liftAt + seconds([3, 10]);
      const endAt = flowAt + (litres / litresPerS) * 1000 + seconds([2, 8]);
      const made = {
        ...{ n: fuellings.length, point: pointName(point), hose: hose + 1, owners, driver },
        ...{ liftAt, flowAt, endAt, volumeMl: Math.round(litres * 100) * 10 },
      };
      fuellings.push(made);
      return made;
    };
    const litres = drawSpread(random, behaviour.fillLitres);
    const leave = (from: TrueFuelling, notBefore = 0): Former => ({
      flowAt: from.flowAt,
      endAt: from.endAt,
      leftAt: Math.max(
        from.endAt + spread(driver.attended ? behaviour.stays.attended : behaviour.stays.self),
        notBefore,
      ),
    });
    if (driver.member === null)
      return leave(fuel(readyAt + spread({ median: 10, spread: 0.6, least: 2 }), litres, []));

    if (v.came === null && slip('walk-away', behaviour.walkAway)) {
      const at = readyAt + seconds([2, 15]);
      scan(at);
      return { flowAt: at, endAt: at, leftAt: at + seconds([10, 60]) };
    }
    if (v.came === null && slip('moved', behaviour.moved)) {
      const at = readyAt + seconds([2, 15]);
      scan(at);
      const leftAt = at + seconds([15, 60]);
      waiting.push({ at: leftAt + seconds([10, 30]), driver, came: 'scanned' });
      return { flowAt: at, endAt: at, leftAt };
    }
    const owners = [driver.member];
    if (v.came === 'scanned' && !says(behaviour.movedRescans))
      return leave(fuel(readyAt + spread(behaviour.scanToLift), litres, owners));

    if (v.former !== null) {
      const { flowAt, endAt, leftAt } = v.former;
      const eager = endAt + seconds([3, 20]);
      const ahead = between(random, [flowAt, endAt]);
      const scannedAt =
        eager > v.at && eager < leftAt && slip('eager', behaviour.eager[rates])
          ? eager
          : ahead > v.at && slip('ahead', behaviour.ahead[rates])
            ? ahead
            : null;
      if (scannedAt !== null) {
        scan(scannedAt);
        if (!says(behaviour.rescansAtOwnTurn)) return leave(fuel(readyAt + seconds([2, 15]), litres, owners));
      }
    }
    if (slip('refused', behaviour.refused)) {
      const at = readyAt + seconds([2, 15]);
      scan(at, own, blockedCard(driver.number));
      if (!says(behaviour.refusedThenGood)) return leave(fuel(at + spread(behaviour.scanToLift), litres, []));
      const good = at + seconds([4, 20]);
      scan(good);
      return leave(fuel(good + spread(behaviour.scanToLift), litres, owners));
    }
    const moment = random();
    const { scansDuring, scansAfter } = behaviour;
    if (slip('late', behaviour.late) || moment < scansAfter) {
      const made = fuel(readyAt + spread(behaviour.scanToLift), litres, owners);
      const late = driver.slips.has('late');
      const at = made.endAt + (late ? seconds(behaviour.lateS) : spread(behaviour.hangUpToScan));
      scan(at);
      const again = slip('insists', behaviour.insists) ? at + seconds(behaviour.insistsS) : at;
      if (again > at) scan(again);
      return leave(made, again + seconds([4, 12]));
    }
    if (moment < scansAfter + scansDuring) {
      const made = fuel(readyAt + spread(behaviour.scanToLift), litres, owners);
      const at = between(random, [made.flowAt, made.endAt - 1000]);
      scan(at);
      if (slip('double-scan', behaviour.doubleScan)) scan(at + seconds([2, 20]));
      return leave(made);
    }
    let at = readyAt + seconds([2, 15]);
    const mistaken = layout.mistakable(point, nozzle, false);
    if (layout.name === 'nozzle' && slip('wrong-nozzle', behaviour.wrongNozzle)) {
      scan(at, layout.of(point, 1 - nozzle));
    } else if (mistaken && slip('wrong-reader', behaviour.wrongReader[rates])) {
      scan(at, says(behaviour.wrongReaderFar) ? layout.mistakable(point, nozzle, true) : mistaken);
      if (says(behaviour.wrongRescans)) {
        at += seconds([5, 20]);
        scan(at);
      }
    } else scan(at);
    const early = slip('early', behaviour.early);
    const liftAt = at + (early ? seconds(behaviour.earlyS) : spread(behaviour.scanToLift));
    if (slip('double-scan', behaviour.doubleScan)) scan(at + seconds([2, 20]));
    const both = slip('two-cards', behaviour.twoCards);
    if (both) {
      member = (member + 1) % memberCount;
      scan(at + seconds([3, 20]), own, goodCard(member));
      owners.push(memberName(member));
    }
    if (v.came === null && slip('second-car', behaviour.secondCar))
      waiting.push({ at: v.at + seconds([1, 30]), driver, came: null });
    const made = fuel(liftAt, litres, owners);
    if (slip('second-fill', behaviour.secondFill)) {
      const lifts = made.endAt + seconds([8, 35]);
      const rescans = says(behaviour.secondFillRescans);
      if (rescans) scan(between(random, [made.endAt + 2000, lifts + 10_000]));
      return leave(fuel(lifts, between(random, [4, 12]), rescans ? owners : [], 1 - nozzle));
    }
    if (slip('once-more', behaviour.scansOnceMore)) {
      const again = made.endAt + seconds([3, 25]);
      scan(again);
      return leave(made, again + 3000);
    }
    return leave(made);
  }

  let next = 0;
  while (fuellings.length < sales) {
    next += -Math.log(1 - random()) * (behaviour.arrivalS[hourOf(next)] ?? 60) * 1000;
    waiting.push({ at: next, driver: newDriver(), came: null });
    // Cars come in the order of their time, those that changed their place among them.
    waiting.sort((a, b) => a.at - b.at);
    while ((waiting[0]?.at ?? Number.POSITIVE_INFINITY) <= next) {
      const first = waiting.shift();
      if (first) arrive(first);
    }
  }
  scans.sort((a, b) => a.at - b.at);
  return { scans, fuellings, members: memberList() };
}

function memberList(): Member[] {
  return Array.from({ length: memberCount }, (_, n) => ({
    id: memberName(n),
    tier: 'ordinary',
    employee: false,
    vehicles: [],
    cards: [
      {
        number: goodCard(n),
        format: 'number' as const,
        status: 'active' as const,
        role: 'customer' as const,
      },
      {
        number: blockedCard(n),
        format: 'number' as const,
        status: 'blocked' as const,
        role: 'customer' as const,
      },
    ],
  }));
}

/** Log-normal: times that people take. */
function drawSpread(random: Random, { median, spread, least }: Spread): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.max(least, median * Math.exp(spread * normal));
}
