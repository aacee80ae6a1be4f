/** A Modbus dispenser: polls its register groups as urgently as they are wanted and hands on readings. */
import type { Log } from '../../core/ports.ts';
import { joinRanges } from '../../core/registers/image.ts';
import { type DispenserDecoder, dispenserDecoder } from '../../core/registers/profileReadings.ts';
import type { DispenserProfile } from '../../model/config/profile.ts';
import type { DeviceConfig } from '../../model/config/station.ts';
import { ForecourtError } from '../../model/errors.ts';
import type { DispenserReading, ReadingGroup, Urgency, Wants } from '../../model/readings.ts';
import type { Bus, BusDevice, DeviceStats, PollJob, PollResult } from '../bus/bus.ts';
import { createTroubleLog } from './troubleLog.ts';

export interface DispenserOptions {
  readonly bus: Pick<Bus, 'device' | 'onHealth'>;
  readonly config: DeviceConfig;
  readonly profile: DispenserProfile;
  /** The fuelling points of the device that are used, 1-based. */
  readonly points: readonly number[];
  readonly currencyDecimals: number;
  readonly log: Log;
  readonly onReading: (point: number, reading: DispenserReading) => void;
}

export interface Dispenser {
  /**
   * How urgently each group is wanted from now on. `now` asks at once when it was not `now` before, then goes on as
   * `fast`. Nothing is read before the first call. Groups that the profile has not are passed over.
   */
  want(point: number, wants: Wants): void;
  /**
   * Writes the profile's acknowledge, so that the dispenser lets go of its last sale. Nothing is written without one, or
   * where the device's `writes` are off. Rejects as `BusDevice.write` does; REQUEST_REFUSED when a sale number is
   * needed and there is none.
   */
  release(point: number, saleNumber: number | null): Promise<void>;
  stop(): void;
  /** `undecodable`: polls whose registers held no reading. */
  stats(): DeviceStats & { readonly undecodable: number };
}

interface Point {
  readonly number: number;
  readonly decoder: DispenserDecoder;
  readonly jobs: Map<ReadingGroup, { readonly job: PollJob; urgency: Urgency }>;
  /** Reads the live group together with those that lie beside it; takes the live job's place while it is fast. */
  together: PollJob | null;
  /** The last poll was not answered. */
  failure: Extract<PollResult, { ok: false }> | null;
  /** `lost` was told and no good reading has come since. */
  lost: boolean;
}

/** Throws CONFIG_INVALID for a point that the profile has not, REQUEST_REFUSED as `Bus.device` does. */
export function createDispenser(options: DispenserOptions): Dispenser {
  const { bus, config, profile, log } = options;
  const device = bus.device({
    id: config.id,
    unit: config.unit,
    timing: profile.timing,
    limits: profile.limits,
  });
  const trouble = createTroubleLog(log);
  let undecodable = 0;
  let offline: string | null = null;
  let stopped = false;

  const points = new Map(options.points.map((number) => [number, createPoint(number)]));
  const stopListening = bus.onHealth((health) => {
    if (health.device !== config.id) return;
    offline = health.online ? null : health.reason;
    for (const point of points.values()) tellLost(point);
  });

  function createPoint(number: number): Point {
    if (number < 1 || number > profile.points.count) {
      throw new ForecourtError('CONFIG_INVALID', `${profile.profile} has no fuelling point ${number}`, {
        device: config.id,
      });
    }
    const decoder = dispenserDecoder(profile, number, options.currencyDecimals);
    const beside = groupsBesideLive(decoder, profile);
    const whole: readonly ReadingGroup[] = ['live', ...beside];
    const together =
      beside.length === 0
        ? null
        : device.poll(
            {
              name: `${whole.join(' and ')} ${number}`,
              ranges: whole.flatMap((group) => decoder.ranges(group)),
              intervalMs: null,
            },
            (result) => {
              if (!result.ok && result.error.code === 'REPLY_EXCEPTION') return separate(point);
              const isOneReply = result.ok && result.image.replies === 1;
              if (result.ok && !isOneReply) separate(point);
              for (const group of isOneReply ? whole : whole.slice(0, 1)) take(point, group, result);
            },
          );
    const point: Point = { number, decoder, jobs: new Map(), together, failure: null, lost: false };
    for (const group of decoder.groups) {
      const request = { name: `${group} ${number}`, ranges: decoder.ranges(group), intervalMs: null };
      const job = device.poll(request, (result) => take(point, group, result));
      point.jobs.set(group, { job, urgency: 'off' });
    }
    return point;
  }

  /**
   * The device refuses a part of the whole: the live group must not suffer for it. Or it is read in parts: a last sale
   * that is newer than the live state beside it would be taken for one of before the hang-up.
   */
  function separate(point: Point): void {
    const live = point.jobs.get('live');
    const wasFast = live !== undefined && isFast(live.urgency);
    point.together?.cancel();
    point.together = null;
    if (live && wasFast) live.job.setInterval(intervalOf(profile, live.urgency));
  }

  function take(point: Point, group: ReadingGroup, result: PollResult): void {
    if (stopped) return;
    if (!result.ok) {
      // a refusal is an answer: the device is there and the profile is wrong
      if (result.error.code === 'REPLY_EXCEPTION') {
        point.failure = null;
        const fields = { device: config.id, point: point.number, group, err: result.error };
        trouble.warn(`refused ${group}`, result.mono, fields, 'the device refuses a block of its profile');
        return;
      }
      point.failure = result;
      tellLost(point);
      return;
    }
    point.failure = null;
    const { at, mono } = result;
    const decoded = point.decoder.decode(group, result.image, { at, mono });
    if (decoded.kind === 'undecodable') {
      undecodable += 1;
      const fields = {
        device: config.id,
        point: point.number,
        group,
        field: decoded.field,
        reason: decoded.reason,
      };
      trouble.warn(
        `undecodable ${group}`,
        mono,
        { code: 'FIELD_UNDECODABLE', ...fields },
        'registers hold no reading',
      );
    }
    if (decoded.kind !== 'reading') return;
    point.lost = false;
    options.onReading(point.number, decoded.reading);
  }

  /** Once an outage, when the bus has given the device up and a poll of this point has failed. */
  function tellLost(point: Point): void {
    if (offline === null || point.failure === null || point.lost) return;
    point.lost = true;
    const { at, mono } = point.failure;
    options.onReading(point.number, { kind: 'lost', at, mono, reason: offline });
  }

  return {
    want(number, wants) {
      const point = points.get(number);
      if (!point) return;
      for (const [group, entry] of point.jobs) {
        const before = entry.urgency;
        const urgency = wants[group];
        if (urgency === before || stopped) continue;
        entry.urgency = urgency;
        const together = group === 'live' ? point.together : null;
        const alone = together && isFast(urgency) ? null : intervalOf(profile, urgency);
        const aloneBefore = together && isFast(before) ? null : intervalOf(profile, before);
        if (alone !== aloneBefore) entry.job.setInterval(alone);
        if (isFast(urgency) !== isFast(before))
          together?.setInterval(isFast(urgency) ? profile.timing.fastMs : null);
        if (urgency === 'now') entry.job.request();
      }
    },
    async release(number, saleNumber) {
      if (profile.acknowledge === undefined || !config.writes) return;
      await acknowledge(device, profile, number, saleNumber);
    },
    stop() {
      stopped = true;
      stopListening();
      for (const point of points.values()) {
        point.together?.cancel();
        for (const { job } of point.jobs.values()) job.cancel();
      }
    },
    stats: () => ({ ...device.stats(), undecodable }),
  };
}

/** More registers than this are not worth their time on a slow line at every fast reading. */
const mostBeside = 24;

/** Totals and last sale where they lie so near the live fields that one reply can tell a hang-up whole; else none. */
function groupsBesideLive(decoder: DispenserDecoder, { limits }: DispenserProfile): ReadingGroup[] {
  const beside = decoder.groups.filter((group) => group === 'totals' || group === 'last-sale');
  const join = (groups: readonly ReadingGroup[]) =>
    joinRanges(
      groups.flatMap((group) => decoder.ranges(group)),
      limits.maxGap,
      limits.maxRegisters,
    );
  const [live, ...more] = join(['live']);
  const [all, ...rest] = join(['live', ...beside]);
  if (!live || !all || more.length > 0 || rest.length > 0) return [];
  return all.count - live.count <= mostBeside ? beside : [];
}

const isFast = (urgency: Urgency): boolean => urgency === 'fast' || urgency === 'now';

function intervalOf({ timing }: DispenserProfile, urgency: Urgency): number | null {
  switch (urgency) {
    case 'now':
    case 'fast':
      return timing.fastMs;
    case 'normal':
      return timing.normalMs;
    case 'slow':
      return timing.slowMs;
    case 'off':
      return null;
  }
}

async function acknowledge(
  device: BusDevice,
  profile: DispenserProfile,
  point: number,
  saleNumber: number | null,
): Promise<void> {
  const rule = profile.acknowledge;
  if (rule === undefined) return;
  const value = rule.value === 'sale-number' ? saleNumber : rule.value;
  if (value === null) {
    throw new ForecourtError('REQUEST_REFUSED', `${profile.profile} acknowledges with a sale number`, {
      point,
    });
  }
  const address = rule.address - profile.addressBase + (point - 1) * profile.points.stride;
  await device.write({ function: rule.function, address, values: [value] });
}
