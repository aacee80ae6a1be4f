/** The one book of alarms of a subject: raised once when a condition was confirmed, cleared when it was over for long enough. */
import type { TankAlarmKind } from '../../../model/tank.ts';
import type { Instant } from '../../../model/units.ts';
import { type AlarmFact, alarmBounds, type Entry } from './types.ts';

export interface Condition {
  readonly kind: TankAlarmKind;
  readonly code?: string;
  /** null: nothing is known; what stands goes on standing. */
  readonly holds: boolean | null;
  readonly text: string;
  /** It must hold, or be over, so long, and be seen so often. */
  readonly confirmMs?: number;
  readonly confirmCount?: number;
  readonly clearMs?: number;
}

export interface Judged {
  readonly entries: readonly Entry[];
  readonly facts: readonly AlarmFact[];
}

export const isRaised = (entries: readonly Entry[], kind: TankAlarmKind, code = ''): boolean =>
  entries.some((entry) => entry.raised && entry.kind === kind && entry.code === code);

export function judge(before: readonly Entry[], at: Instant, conditions: readonly Condition[]): Judged {
  let entries = before;
  const facts: AlarmFact[] = [];
  for (const condition of conditions) {
    const { kind, code = '', holds, text } = condition;
    if (holds === null) continue;
    const same = (entry: Entry): boolean => entry.kind === kind && entry.code === code;
    const entry = entries.find(same) ?? { kind, code, raised: false, since: null, count: 0 };
    const others = entries.filter((each) => !same(each));
    if (holds === entry.raised) {
      entries = entry.raised ? [...others, { ...entry, since: null, count: 0 }] : others;
      continue;
    }
    const since = entry.since !== null && entry.since <= at ? entry.since : at;
    const count = entry.count + 1;
    const [needMs, needCount] = holds
      ? [condition.confirmMs ?? 0, condition.confirmCount ?? 1]
      : [condition.clearMs ?? 0, 1];
    if (at - since < needMs || count < needCount) {
      entries = [...others, { ...entry, since, count }].slice(-alarmBounds.entries);
      continue;
    }
    facts.push(
      holds ? { kind: 'raise', alarm: kind, code, text, at } : { kind: 'clear', alarm: kind, code, at },
    );
    entries = holds
      ? [...others, { ...entry, raised: true, since: null, count: 0 }].slice(-alarmBounds.entries)
      : others;
  }
  return { entries, facts };
}
