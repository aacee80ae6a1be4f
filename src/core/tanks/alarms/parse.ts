/** The alarm machine's memory back from the store. */
import { tankAlarmKinds } from '../../../model/tank.ts';
import {
  at,
  type Bag,
  bag,
  flag,
  inBag,
  integer,
  invalid,
  list,
  ml,
  orNull,
  text,
  version,
  word,
} from '../stored.ts';
import { type AlarmState, alarmBounds, alarmStateVersion, type Entry, type LossState } from './types.ts';

/** Throws TANK_STATE_INVALID for anything that `stepAlarms` did not make. */
export function parseAlarms(json: unknown): AlarmState {
  const from = bag(json, 'object');
  version(from, alarmStateVersion);
  return {
    version: alarmStateVersion,
    entries: list(from, 'entries', entry, alarmBounds.entries),
    told: list(from, 'told', word, alarmBounds.told),
    loss: inBag(loss)(from, 'loss'),
  };
}

function entry(value: unknown): Entry {
  const from = bag(value, 'entry');
  const kind = tankAlarmKinds.find((each) => each === from.kind);
  if (!kind) throw invalid('kind', from.kind);
  return {
    kind,
    code: text(from, 'code'),
    raised: flag(from, 'raised'),
    since: orNull(from, 'since', at),
    count: integer(from, 'count'),
  };
}

const loss = (from: Bag): LossState => ({
  last: orNull(
    from,
    'last',
    inBag((last) => ({
      at: at(last, 'at'),
      volume: ml(last, 'volume'),
      volumeAt15: orNull(last, 'volumeAt15', ml),
      dispensed: ml(last, 'dispensed'),
    })),
  ),
  level: integer(from, 'level'),
  from: orNull(from, 'from', at),
  levels: list(from, 'levels', whole, alarmBounds.levels),
  idle: flag(from, 'idle'),
  points: list(
    from,
    'points',
    (value) => {
      const point = bag(value, 'point');
      return {
        at: at(point, 'at'),
        level: integer(point, 'level'),
        dispensed: integer(point, 'dispensed'),
        idle: flag(point, 'idle'),
      };
    },
    alarmBounds.points,
  ),
  float: orNull(
    from,
    'float',
    inBag((float) => ({ volume: integer(float, 'volume'), dispensed: integer(float, 'dispensed') })),
  ),
});

function whole(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw invalid('number', value);
  return value as number;
}
