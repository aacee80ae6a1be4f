/** Alarms of the tank side: what the machines raise and clear is kept and told to head office, each in one transaction. */
import { ForecourtError } from '../../model/errors.ts';
import type { TankAlarmKind } from '../../model/tank.ts';
import type { Instant } from '../../model/units.ts';
import type { AlarmName, TankAlarm } from '../../store/tanks/alarms.ts';
import { rfc3339 } from '../businessDay.ts';
import type { StationContext } from '../context.ts';

export interface AlarmBook {
  /** Inside a transaction. null: it stands already. `history`: told by the gauge afterwards. */
  raise(
    alarm: AlarmName & { tank: string | null; text: string; at: Instant; history: boolean },
  ): TankAlarm | null;
  /** Inside a transaction. null: it did not stand. */
  clear(name: AlarmName, at: Instant, history: boolean): TankAlarm | null;
  /** Whether what a gauge's history tells is in the books: seen live, or read before. */
  knows(name: AlarmName, told: { readonly active: boolean; readonly at: Instant }): boolean;
  /** Newest first. */
  standing(): readonly TankAlarm[];
  /** Errors: NOT_FOUND, ALARM_STATE. */
  acknowledge(number: number, decided: { by: string; note: string }): TankAlarm;
}

export function createAlarmBook(context: StationContext): AlarmBook {
  const { store, clock, log, businessDate } = context;
  const { alarms } = store.tanks;
  return {
    raise({ subject, tank, kind, code, text, at, history }) {
      const number = alarms.raise({ subject, tank, kind, code, text, raisedAt: at });
      if (number === null) return null;
      const told = { ...names(number, { subject, tank, kind }), text, at: rfc3339(at), ...from(history) };
      const now = history ? clock.now() : at;
      store.journal.append('tank.alarm-raised', subject, now, businessDate(now), told);
      log.warn(told, 'tank alarm');
      return alarms.get(number);
    },
    clear(name, at, history) {
      const alarm = alarms.clear(name, at);
      if (!alarm) return null;
      const told = {
        ...names(alarm.number, alarm),
        raisedAt: rfc3339(alarm.raisedAt),
        at: rfc3339(at),
        ...from(history),
      };
      const now = history ? clock.now() : at;
      store.journal.append('tank.alarm-cleared', alarm.subject, now, businessDate(now), told);
      log.info(told, 'tank alarm is over');
      return alarm;
    },
    knows(name, { active, at }) {
      if (active) return alarms.stood(name, at, sameAlarmMs);
      // Of one before the one that stands.
      return at < (alarms.since(name) ?? at);
    },
    standing: () => alarms.standing(),
    acknowledge(number, { by, note }) {
      const alarm = alarms.get(number);
      if (!alarm) throw new ForecourtError('NOT_FOUND', `there is no alarm ${number}`);
      const at = clock.now();
      store.transaction(() => {
        if (!alarms.acknowledge(number, by, note, at)) {
          const why = alarm.clearedAt === null ? `acknowledged by ${alarm.acknowledgedBy}` : 'over';
          throw new ForecourtError('ALARM_STATE', `alarm ${number} is ${why} already`);
        }
        store.journal.append('tank.alarm-acknowledged', alarm.subject, at, businessDate(at), {
          ...names(number, alarm),
          ...{ by, note, at: rfc3339(at) },
        });
      });
      return { ...alarm, acknowledgedAt: at, acknowledgedBy: by, note };
    },
  };
}

/** A gauge prints whole minutes, and its alarms are asked for every half minute. */
const sameAlarmMs = 3 * 60_000;

const from = (history: boolean) => (history ? ({ source: 'history' } as const) : {});

const names = (
  alarm: number,
  { subject, tank, kind }: { subject: string; tank: string | null; kind: TankAlarmKind },
) => ({ alarm, tank, subject, kind });
