/** All fuelling points: each reading to its books, then, after the commit, outwards. */
import {
  type FuellingState,
  initialFuelling,
  view as machineView,
  type PointSpec,
  parseFuelling,
  releaseFailed,
  underWay,
} from '../core/fuelling/machine.ts';
import { totalizerModulus, totalizerResolution } from '../core/registers/profileReadings.ts';
import type { DispenserProfile } from '../model/config/profile.ts';
import type { FuellingPointConfig } from '../model/config/station.ts';
import type { DispenserReading, Wants } from '../model/readings.ts';
import type { FuellingPointState } from '../model/states.ts';
import { instant } from '../model/units.ts';
import { boardKeepsMs, isSettled } from './board.ts';
import { rfc3339 } from './businessDay.ts';
import type { LoadedStation } from './configuration/load.ts';
import type { StationContext } from './context.ts';
import type { Feed } from './feed.ts';
import { type FuellingPoint, type Recorded, recordFuelling, writeWaiting } from './recordFuelling.ts';
import { creditPush, saleView } from './saleViews.ts';
import type { AlarmView, FuellingPointView, Push } from './view.ts';

export interface FuellingPoints {
  /** What the machine wants read next, and whether the dispenser's record may be released (after the commit). */
  reading(
    id: string,
    reading: DispenserReading,
  ): { wants: Wants | null; release: { saleNumber: number | null } | null };
  views(): FuellingPointView[];
  alarms(): readonly AlarmView[];
  /** Tells watchers that something about the point changed, a waiting card for example. */
  changed(id: string): void;
  /** The acknowledge did not get through: what the dispenser holds is read again, then it is repeated. */
  releaseFailed(id: string): void;
  /** Keeps how far each running fuelling is, for the next start. */
  saveAll(): void;
}

const alarmsKept = 50;

export function createFuellingPoints(
  context: StationContext,
  loaded: LoadedStation,
  out: { push: (event: Push) => void; feed: Feed },
): FuellingPoints {
  const points = new Map<string, FuellingPoint>();
  const devices = new Map<string, string>();
  const shown = new Map<string, string>();
  const alarms: AlarmView[] = [];
  for (const config of loaded.config.fuellingPoints) {
    const spec = specOf(config, loaded, context);
    points.set(config.id, { spec, state: savedState(context, config.id), unwritten: [] });
    devices.set(config.id, config.device);
  }
  rebuildBoard(context, points);

  const viewOf = (id: string, point: FuellingPoint): FuellingPointView => {
    const now = machineView(point.spec, point.state);
    return {
      id,
      device: devices.get(id) ?? '',
      state: now.state,
      nozzle: now.nozzle,
      grade: now.grade,
      volumeMl: now.volume,
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
      if (point) tellView(id, point);
    }
  };

  const tellView = (id: string, point: FuellingPoint): void => {
    const view = viewOf(id, point);
    const text = JSON.stringify(view);
    if (shown.get(id) === text) return;
    shown.set(id, text);
    out.push({ type: 'fuelling-point', data: view });
    const { member, id: fuellingPoint, device: _device, since: _since, ...rest } = view;
    out.feed.state(`fuelling-points/${id}`, {
      fuellingPoint,
      ...rest,
      card: member !== null,
      at: rfc3339(context.clock.now()),
    } satisfies FuellingPointState);
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
        recorded = recordFuelling(context, point, reading);
      } catch (error) {
        context.log.error(
          { err: error, fuellingPoint: id },
          'a reading could not be recorded; it is tried again with the next one',
        );
        return { wants: null, release: null };
      }
      if (point.unwritten.length > 0) setImmediate(() => saveWaiting(id, point));
      tellSales(recorded);
      if (recorded.facts.length > 0) out.feed.wake();
      for (const fact of recorded.facts) {
        if (fact.kind !== 'alarm') continue;
        const alarm = { at: rfc3339(fact.at), fuellingPoint: id, alarm: fact.alarm, text: fact.text };
        alarms.unshift(alarm);
        alarms.length = Math.min(alarms.length, alarmsKept);
        context.log.warn(alarm, 'alarm');
        out.push({ type: 'alarm', data: alarm });
      }
      show(id);
      const release = recorded.facts.find((fact) => fact.kind === 'release');
      return { wants: recorded.wants, release: release ? { saleNumber: release.saleNumber } : null };
    },
    views: () => [...points].map(([id, point]) => viewOf(id, point)),
    alarms: () => alarms,
    changed: show,
    releaseFailed(id) {
      const point = points.get(id);
      if (point) point.state = releaseFailed(point.state);
    },
    saveAll() {
      for (const point of points.values()) writeWaiting(context, point);
      context.store.transaction(() => {
        for (const [id, { state }] of points) context.store.machines.save(id, state);
      });
    },
  };
}

function specOf(config: FuellingPointConfig, loaded: LoadedStation, context: StationContext): PointSpec {
  const device = loaded.config.devices.find((each) => each.id === config.device);
  const profile = loaded.profiles.get(device?.profile ?? '') as DispenserProfile;
  return {
    fuellingPoint: config.id,
    hoses: config.nozzles.map((nozzle) => ({
      hose: nozzle.hose,
      nozzle: nozzle.id,
      grade: nozzle.grade,
      tank: nozzle.tank ?? null,
    })),
    lastSale: profile.lastSale !== undefined,
    saleNumber: profile.saleNumber ?? null,
    totalizerModulus: totalizerModulus(profile),
    totalizerResolution: totalizerResolution(profile),
    settleMs: profile.timing.settleMs,
    currencyDecimals: context.currencyDecimals,
  };
}

function savedState(context: StationContext, id: string): FuellingState {
  const saved = context.store.machines.load(id);
  return saved === null ? initialFuelling() : parseFuelling(saved);
}

/** After a restart matching must still know what runs, and which sales ended before. */
function rebuildBoard(context: StationContext, points: ReadonlyMap<string, FuellingPoint>): void {
  const since = instant(context.clock.now() - boardKeepsMs);
  for (const sale of context.store.sales.since(since)) context.board.sold(sale, isSettled(sale.attribution));
  for (const [id, { spec, state }] of points) context.board.setUnderWay(id, underWay(spec, state));
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
