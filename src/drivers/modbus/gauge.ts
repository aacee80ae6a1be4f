/** A Modbus tank gauge: polls its tanks and hands on readings, alarms, and whether it answers. */
import type { Log } from '../../core/ports.ts';
import { afterOutage, type GaugeInput, newGauge, stepGauge } from '../../core/registers/gaugeSteps.ts';
import { lookAtTank, tankRanges } from '../../core/registers/tankDecoder.ts';
import type { GaugeProfile } from '../../model/config/gaugeProfile.ts';
import type { DeviceConfig } from '../../model/config/station.ts';
import { ForecourtError } from '../../model/errors.ts';
import type { GaugeFact } from '../../model/tank.ts';
import type { Instant } from '../../model/units.ts';
import type { Bus, DeviceStats, PollResult } from '../bus/bus.ts';
import { createTroubleLog } from './troubleLog.ts';

export interface ModbusGaugeOptions {
  readonly bus: Pick<Bus, 'device' | 'onHealth'>;
  readonly config: DeviceConfig;
  /** The gauge's name at the station. */
  readonly gauge: string;
  readonly profile: GaugeProfile;
  /** The gauge's own numbers of the tanks that are used, 1-based. */
  readonly tanks: readonly number[];
  readonly log: Log;
  readonly onFact: (fact: GaugeFact) => void;
}

export interface ModbusGauge {
  stop(): void;
  /**
   * `looks`: tanks read; `badFields`: fields whose registers held nothing that can be; `refusals`: blocks that the gauge
   * refused to read.
   */
  stats(): DeviceStats & {
    readonly looks: number;
    readonly badFields: number;
    readonly refusals: number;
    readonly lastLookAt: Instant | null;
  };
}

/** The gauge has no such register or function: an answer for good. */
const forGood: readonly unknown[] = [1, 2];

/**
 * Polls from the start, every tank each `pollMs`. Health is told with the first answer, once an outage when the bus has
 * given the gauge up, and when it answers again. Throws CONFIG_INVALID for a tank that the profile has not,
 * REQUEST_REFUSED as `Bus.device` does.
 */
export function createModbusGauge(options: ModbusGaugeOptions): ModbusGauge {
  const { bus, config, gauge, profile, log, onFact } = options;
  const tanks = [...new Set(options.tanks)];
  for (const tank of tanks) {
    if (tank < 1 || tank > profile.tanks.count)
      throw new ForecourtError('CONFIG_INVALID', `${profile.profile} has no tank ${tank}`, { gauge });
  }
  const device = bus.device({
    id: config.id,
    unit: config.unit,
    timing: profile.timing,
    limits: profile.limits,
  });
  const spec = { profile, tanks };
  const trouble = createTroubleLog(log);
  let state = newGauge;
  let online: boolean | null = null;
  let offline: string | null = null;
  let failure: Extract<PollResult, { ok: false }> | null = null;
  let looks = 0;
  let badFields = 0;
  let refusals = 0;
  let lastLookAt: Instant | null = null;
  let stopped = false;

  const stopListening = bus.onHealth((health) => {
    if (health.device !== config.id || stopped) return;
    offline = health.online ? null : health.reason;
    tellLost();
  });

  const jobs = tanks.map((tank) =>
    device.poll(
      { name: `tank ${tank}`, ranges: tankRanges(profile, tank), intervalMs: profile.timing.pollMs },
      (result) => {
        if (!stopped) take(tank, result);
      },
    ),
  );

  function take(tank: number, result: PollResult): void {
    const { at, mono } = result;
    if (result.ok) {
      looks += 1;
      lastLookAt = at;
      answered(result);
      const look = lookAtTank(profile, tank, result.image);
      badFields += look.faults.length;
      for (const { field, reason } of look.faults) {
        const fields = { code: 'FIELD_UNDECODABLE', gauge, device: config.id, tank, field, reason };
        trouble.warn(`${field} of ${tank}`, mono, fields, 'registers hold no value of a tank');
      }
      step({ kind: 'look', tank, look, at, mono });
    } else if (result.error.code === 'REPLY_EXCEPTION') {
      // a refusal is an answer: the gauge is there, and tank or profile is wrong
      refusals += 1;
      answered(result);
      const fields = { gauge, device: config.id, tank, err: result.error };
      trouble.warn(`refused ${tank}`, mono, fields, 'the gauge refuses a block of its profile');
      const { exception } = result.error.details;
      step(
        forGood.includes(exception)
          ? { kind: 'absent', tank, reason: 'the gauge does not show this tank', at, mono }
          : { kind: 'refused', tank, reason: `the gauge refuses, exception ${exception}`, at, mono },
      );
    } else {
      failure = result;
      step({ kind: 'failed', tank, reason: result.error.code, at, mono });
      tellLost();
    }
  }

  function step(input: GaugeInput): void {
    const next = stepGauge(spec, state, input);
    state = next.state;
    for (const fact of next.facts) onFact(fact);
  }

  function answered({ at, mono }: PollResult): void {
    failure = null;
    if (online === true) return;
    online = true;
    onFact({ kind: 'health', at, mono, online: true, reason: '' });
  }

  /** Once an outage, when the bus has given the gauge up and a poll has failed. */
  function tellLost(): void {
    if (offline === null || failure === null || online === false) return;
    online = false;
    state = afterOutage(state);
    const { at, mono } = failure;
    onFact({ kind: 'health', at, mono, online: false, reason: offline });
  }

  return {
    stop() {
      stopped = true;
      stopListening();
      for (const job of jobs) job.cancel();
    },
    stats: () => ({ ...device.stats(), looks, badFields, refusals, lastLookAt }),
  };
}
