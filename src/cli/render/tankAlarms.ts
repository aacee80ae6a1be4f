import type { TankAlarmView } from '../../station/tanks/view.ts';
import { dim, red, yellow } from './format.ts';
import { dayTime } from './measures.ts';
import { printable } from './text.ts';

/** Two or three lines an alarm: its kind and place, its text, what people and time made of it. */
export function tankAlarms(views: readonly TankAlarmView[]): string {
  return printable(views)
    .map((alarm) => {
      const colour = alarm.clearedAt !== null ? dim : alarm.acknowledgedAt === null ? red : yellow;
      const state =
        alarm.clearedAt !== null ? 'over' : alarm.acknowledgedAt === null ? 'stands' : 'acknowledged';
      return [
        ` ${String(alarm.number).padStart(4)}  ${dayTime(alarm.raisedAt)}  ${alarm.subject}  ${colour(`${alarm.kind} (${state})`)}`,
        `       ${alarm.text}`,
        ...history(alarm).map((line) => dim(`       ${line}`)),
      ].join('\n');
    })
    .join('\n');
}

const history = (alarm: TankAlarmView): string[] => [
  ...(alarm.acknowledgedAt === null
    ? []
    : [
        `acknowledged ${dayTime(alarm.acknowledgedAt)} by ${alarm.acknowledgedBy ?? '-'}${alarm.note === null ? '' : `: ${alarm.note}`}`,
      ]),
  ...(alarm.clearedAt === null ? [] : [`over since ${dayTime(alarm.clearedAt)}`]),
];
