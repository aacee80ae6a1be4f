/** All fuelling points: each reading to its books, then, after the commit, outwards. */
import { view as machineView, type PointSpec, releaseFailed, underWay } from '../core/fuelling/machine.ts';
import { movedState } from '../core/fuelling/moved.ts';
import type { DispenserReading, Wants } from '../model/readings.ts';
import type { FuellingPointState } from '../model/states.ts';
import { instant } from '../model/units.ts';
import { isDiskTrouble } from '../store/failures.ts';
import { boardHolds, boardKeepsMs } from './board.ts';
import { rfc3339 } from './businessDay.ts';
import type { Movable } from './clock/clockGuard.ts';
import { moved } from './clock/moved.ts';
import type { LoadedStation } from './configuration/load.ts';
import type { StationContext } from './context.ts';
import type { Feed } from './feed.ts';
import { openPoints } from './openPoints.ts';
import {
  type AlarmFact,
  type FuellingPoint,
  type Recorded,
  recordAlarm,
  recordFuelling,
  writeWaiting,
} from './recordFuelling.ts';
import { creditPush, saleView } from './saleViews.ts';
import { savePoint } from './savedPoint.ts';
import { createSwaps } from './swaps.ts';
import type { RunningPoint } from './tanks/outflow.ts';
import type { AlarmView, FuellingPointView, Push } from './view.ts';

export interface FuellingPoints {
  /** What the machine wants read next, and whether the dispenser's record may be released (after the commit). */
  reading(
    id: string,
    reading: DispenserReading,
  ): { wants: Wants | null; release: { saleNumber: number | null } | null };
  views(): FuellingPointView[];
  /** As the feed shows them. */
  states(): FuellingPointState[];
  /** What runs at each point, without a look into the books. */
  running(): RunningPoint[];
  alarms(): readonly AlarmView[];
  /** Tells watchers that something about the point changed, a waiting card for example. */
  changed(id: string): void;
  /** The acknowledge did not get through: what the dispenser holds is read again, then it is repeated. */
  releaseFailed(id: string): void;
  /** Keeps how far each running fuelling is, for the next start. */
  saveAll(): void;
  /** The fuellings at all points, for when the clock is set. */
  readonly movable: Movable;
}

const alarmsKept = 50;

export function createFuellingPoints(
  context: StationContext,
  loaded: LoadedStation,
  out: {
    push: (event: Push) => void;
    feed: Feed;
    /** Told of every reading once what it tells is in the books. */
    recorded?: (spec: PointSpec, reading: DispenserReading, recorded: Recorded) => void;
  },
): FuellingPoints {
  const { points, alarms: found } = openPoints(context, loaded);
  const shown = new Map<string, string>();
  const alarms: AlarmView[] = [];
  rebuildBoard(context, points);

  const showAlarm = (id: string, { at, alarm: kind, text }: AlarmFact): void => {
    const alarm = { at: rfc3339(at), fuellingPoint: id, alarm: kind, text };
    alarms.unshift(alarm);
    alarms.length = Math.min(alarms.length, alarmsKept);
    context.log.warn(alarm, 'alarm');
    out.push({ type: 'alarm', data: alarm });
  };
  for (const [id, alarm] of found) showAlarm(id, alarm);

  const swaps = createSwaps(points, (id, alarm) => {
    try {
      context.store.transaction(() => recordAlarm(context, id, alarm));
    } catch (error) {
      context.log.error({ err: error, fuellingPoint: id }, 'an alarm could not be recorded');
    }
    showAlarm(id, alarm);
    out.feed.wake();
  });

  const runningOf = (id: string, point: FuellingPoint) => {
    const now = machineView(point.spec, point.state);
    return { now, running: { id, state: now.state, nozzle: now.nozzle, volumeMl: now.volume } };
  };
  const viewOf = (id: string, point: FuellingPoint): FuellingPointView => {
    const { now, running } = runningOf(id, point);
    return {
      ...running,
      device: point.dispenser.device,
      grade: now.grade,
      amount: now.amount,
      price: now.price,
      member: waitingMember(context, id),
      since: now.since === null ? null : rfc3339(now.since),
    };
  };

  /** Points whose view may have changed: shown when the readings at hand are done, for no sale waits for a display. */
  const changed = new Set<string>();
  const show = (id: string): void => {
    if (changed.size === 0) setImmediate(showChanged);
    changed.add(id);
  };
  const showChanged = (): void => {
    const ids = [...changed];
    changed.clear();
    for (const id of ids) {
      const point = points.get(id);
      try {
        if (point) tellView(id, point);
      } catch (error) {
        // It reads the books, and a disk may fail at that too.
        context.log.error({ err: error, fuellingPoint: id }, 'a display could not be told');
      }
    }
  };

  const tellView = (id: string, point: FuellingPoint): void => {
    const view = viewOf(id, point);
    const text = JSON.stringify(view);
    if (shown.get(id) === text) return;
    shown.set(id, text);
    out.push({ type: 'fuelling-point', data: view });
    out.feed.state(`fuelling-points/${id}`, stateOf(view));
  };
  const stateOf = (view: FuellingPointView): FuellingPointState => {
    const { member, id: fuellingPoint, device: _device, since: _since, ...rest } = view;
    return { fuellingPoint, ...rest, card: member !== null, at: rfc3339(context.clock.now()) };
  };

  const tellSales = (recorded: Recorded): void => {
    for (const { sale, posted } of recorded.sales) {
      if (posted) out.push(creditPush(sale, posted));
      const record = context.store.sales.get(sale.key);
      if (record) out.push({ type: 'sale', data: saleView(record, posted?.credit ?? null) });
    }
  };

  const saveWaiting = (id: string, point: FuellingPoint): void => {
    try {
      writeWaiting(context, point);
    } catch (error) {
      if (!isDiskTrouble(error))
        context.log.error(
          { err: error, fuellingPoint: id },
          'an end could not be recorded; it is with the sale',
        );
    }
  };

  return {
    reading(id, reading) {
      const point = points.get(id);
      if (!point) return { wants: null, release: null };
      let recorded: Recorded;
      try {
        recorded = recordFuelling(context, point, swaps.take(id, reading));
      } catch (error) {
        // A disk that refuses has told the log already, and the next reading comes in a moment.
        if (!isDiskTrouble(error))
          context.log.error(
            { err: error, fuellingPoint: id },
            'a reading could not be recorded; it is tried again with the next one',
          );
        return { wants: null, release: null };
      }
      if (point.unwritten.length > 0) setImmediate(() => saveWaiting(id, point));
      tellSales(recorded);
      if (recorded.facts.length > 0) out.feed.wake();
      for (const fact of recorded.facts) if (fact.kind === 'alarm') showAlarm(id, fact);
      out.recorded?.(point.spec, reading, recorded);
      show(id);
      const release = recorded.facts.find((fact) => fact.kind === 'release');
      return { wants: recorded.wants, release: release ? { saleNumber: release.saleNumber } : null };
    },
    views: () => [...points].map(([id, point]) => viewOf(id, point)),
    states: () => [...points].map(([id, point]) => stateOf(viewOf(id, point))),
    running: () => [...points].map(([id, point]) => runningOf(id, point).running),
    alarms: () => alarms,
    changed: show,
    releaseFailed(id) {
      const point = points.get(id);
      if (point) point.state = releaseFailed(point.state);
    },
    movable: {
      settle() {
        for (const point of points.values()) writeWaiting(context, point);
      },
      store(deltaMs) {
        for (const [id, { dispenser, state }] of points)
          savePoint(context, id, dispenser, movedState(state, deltaMs));
      },
      move(deltaMs) {
        context.board.move(deltaMs);
        for (const [id, point] of points) {
          point.state = movedState(point.state, deltaMs);
          context.board.setUnderWay(id, underWay(point.spec, point.state));
          show(id);
        }
      },
    },
    saveAll() {
      for (const point of points.values()) writeWaiting(context, point);
      context.store.transaction(() => {
        for (const [id, { dispenser, state }] of points) savePoint(context, id, dispenser, state);
      });
    },
  };
}

/** After a restart matching must still know what runs, and which sales ended before. */
function rebuildBoard(context: StationContext, points: ReadonlyMap<string, FuellingPoint>): void {
  const { board, clock, clockGuard, store } = context;
  const newestFirst = store.sales.recent({ limit: boardHolds });
  for (const sale of newestFirst.reverse()) {
    const movedMs = clockGuard.movedSince(sale.id);
    if (movedMs === null) continue;
    const now = moved(sale, movedMs);
    if (now.endedAt >= clock.now() - boardKeepsMs) board.sold(now, sale.attribution);
  }
  for (const [id, { spec, state }] of points) board.setUnderWay(id, underWay(spec, state));
}

function waitingMember(context: StationContext, fuellingPoint: string): string | null {
  const since = instant(context.clock.now() - context.policy.beforeS * 1000);
  const members = new Set(
    context.store.claims
      .open(since)
      .filter(
        (claim) =>
          claim.sale === null &&
          claim.member !== null &&
          claim.refusal === null &&
          claim.fuellingPoints.includes(fuellingPoint),
      )
      .map((claim) => claim.member),
  );
  const [only] = members;
  return members.size === 1 ? (only ?? null) : null;
}
