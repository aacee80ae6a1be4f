/** The alarm machines of tanks, stocks and gauges: each step's facts are kept and told in one transaction with its state. */
import { gaugeCode, stepAlarms } from '../../core/tanks/alarms/machine.ts';
import { parseAlarms } from '../../core/tanks/alarms/parse.ts';
import {
  type AlarmInput,
  type AlarmSpec,
  type AlarmState,
  freshAlarms,
} from '../../core/tanks/alarms/types.ts';
import type { TankAlarm } from '../../store/tanks/alarms.ts';
import type { StationContext } from '../context.ts';
import type { AlarmBook } from './alarmBook.ts';

export interface AlarmSubject {
  readonly spec: AlarmSpec;
  /** The one tank that it is about; null: several, or none. */
  readonly tank: string | null;
}

export interface AlarmWatch {
  /** Whether an alarm was raised or cleared. Throws what the store throws; nothing has changed then. */
  step(what: SubjectKind, name: string, input: AlarmInput): boolean;
  /** Keeps the states; inside a transaction. */
  save(): void;
}
export type SubjectKind = 'tank' | 'stock' | 'gauge';

/** `subjects` by kind and name: `tank T1`. `told`: of each alarm that was raised or cleared, after the commit. */
export function createAlarmWatch(
  context: StationContext,
  book: AlarmBook,
  subjects: ReadonlyMap<string, AlarmSubject>,
  told: (alarm: TankAlarm) => void,
): AlarmWatch {
  const { store, log } = context;
  const states = new Map<string, AlarmState>();
  for (const id of subjects.keys()) states.set(id, load(id));

  function load(id: string): AlarmState {
    const text = store.tanks.machines.load(`alarms:${id}`);
    try {
      if (text !== null) return parseAlarms(JSON.parse(text));
    } catch (error) {
      log.error({ err: error, subject: id }, 'what was known of alarms cannot be read; it begins anew');
    }
    return freshAlarms();
  }
  const save = (id: string, state: AlarmState): void =>
    store.tanks.machines.save(`alarms:${id}`, JSON.stringify(state));

  function known(subject: string, input: AlarmInput): AlarmInput {
    if (input.kind !== 'gauge' || input.fact.kind !== 'alarm' || input.fact.source === 'live') return input;
    const name = { subject, kind: input.fact.alarm, code: gaugeCode(input.fact) };
    return { ...input, known: book.knows(name, input.fact) };
  }

  return {
    step(what, name, input) {
      const id = `${what} ${name}`;
      const subject = subjects.get(id);
      const before = states.get(id);
      if (!subject || !before) return false;
      const { state, facts } = stepAlarms(subject.spec, before, known(name, input));
      let changed: (TankAlarm | null)[] = [];
      if (facts.length > 0)
        store.transaction(() => {
          changed = [];
          for (const { kind, alarm, code, at, history = false, ...more } of facts) {
            const about = { subject: name, kind: alarm, code };
            changed.push(
              kind === 'clear'
                ? book.clear(about, at, history)
                : book.raise({
                    ...about,
                    tank: subject.tank,
                    text: 'text' in more ? more.text : '',
                    at,
                    history,
                  }),
            );
          }
          save(id, state);
        });
      states.set(id, state);
      for (const alarm of changed) if (alarm) told(alarm);
      return facts.length > 0;
    },
    save() {
      for (const [id, state] of states) save(id, state);
    },
  };
}
