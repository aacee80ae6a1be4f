import { describe, expect, it } from 'vitest';
import type { AlarmInput } from '../../../../src/core/tanks/alarms/types.ts';
import type { GaugeAlarm } from '../../../../src/model/tank.ts';
import { instant, monoMs } from '../../../../src/model/units.ts';
import { createAlarmBook } from '../../../../src/station/tanks/alarmBook.ts';
import { createAlarmWatch } from '../../../../src/station/tanks/alarmWatch.ts';
import { events, stationContext } from '../../../support/stationContext.ts';
import { startedAt } from '../../../support/tempStore.ts';

const minute = 60_000;
/** Minutes before now. */
const ago = (minutes: number) => instant(startedAt - minutes * minute);
const iso = (minutes: number): string => new Date(ago(minutes)).toISOString();

/** The gauge says an alarm of tank T1, `high water` unless told otherwise. */
function says(minutes: number, source: GaugeAlarm['source'], active: boolean, code = '0203'): AlarmInput {
  const fact = { at: ago(minutes), mono: monoMs(0), tank: 1, source, code, active } as const;
  return { kind: 'gauge', fact: { kind: 'alarm', ...fact, alarm: 'water', text: 'high water' } };
}
const rose = (minutes: number, code?: string) => says(minutes, 'history', true, code);
const over = (minutes: number, code?: string) => says(minutes, 'history', false, code);
const stands = (minutes: number) => says(minutes, 'live', true);
const allTold = (minutes: number): AlarmInput => ({
  kind: 'gauge',
  fact: { kind: 'alarms-complete', at: ago(minutes), mono: monoMs(0) },
});

function watched() {
  const { context } = stationContext();
  const spec = { limits: null, suddenLoss: null, clockToleranceMs: null };
  const start = () => {
    const subjects = new Map([['tank T1', { tank: 'T1', spec }]]);
    const watch = createAlarmWatch(context, createAlarmBook(context), subjects, () => {});
    return (...inputs: AlarmInput[]) => {
      for (const input of inputs) watch.step('tank', 'T1', input);
    };
  };
  const told = () =>
    events(context)
      .filter(({ type }) => type.startsWith('tank.alarm'))
      .map(({ type, data }) => `${type.slice(11)} ${String(data.at).slice(11, 16)} ${data.source ?? 'live'}`);
  const list = () =>
    context.store.tanks.alarms.recent(10).map(({ raisedAt, clearedAt }) => [raisedAt, clearedAt]);
  return { context, start, told, list };
}

describe("alarms of the gauge's history", () => {
  it('what rose and was over while nobody asked is in the books and told once, with its times', () => {
    const { context, start, told, list } = watched();
    const history = [rose(90), over(60)];
    start()(...history, allTold(0));
    const alarm = { alarm: 1, tank: 'T1', subject: 'T1', kind: 'water', source: 'history' };
    expect(events(context)).toMatchObject([
      {
        type: 'tank.alarm-raised',
        data: { ...alarm, at: iso(90), text: "The gauge's history says: high water (0203)." },
      },
      { type: 'tank.alarm-cleared', data: { ...alarm, raisedAt: iso(90), at: iso(60) } },
    ]);
    // Read once more, also after a restart, also when the clocks are compared a little better.
    start()(...history, allTold(0));
    start()(rose(89), over(59), rose(91), over(61), allTold(0));
    expect(told()).toHaveLength(2);
    expect(list()).toEqual([[ago(90), ago(60)]]);
  });

  it('one that was seen live is not doubled: standing, or over again', () => {
    const { start, told, list } = watched();
    const take = start();
    take(stands(100), allTold(100), allTold(80));
    take(stands(50), allTold(50));
    take(rose(101), over(81), rose(51), stands(0), allTold(0));
    expect(told()).toEqual(['raised 06:20 live', 'cleared 06:40 live', 'raised 07:10 live']);
    expect(list()).toEqual([
      [ago(50), null],
      [ago(100), ago(80)],
    ]);
  });

  it('one that was seen live is over when the history says so, and may rise again', () => {
    const { start, told } = watched();
    const take = start();
    take(stands(100), allTold(100));
    take(over(40), rose(20), stands(0), allTold(0));
    expect(told()).toEqual(['raised 06:20 live', 'cleared 07:20 history', 'raised 07:40 history']);
  });

  it('one of which the history tells no end is over when the gauge does not tell it now', () => {
    const { start, told } = watched();
    start()(rose(70), rose(30), allTold(0));
    expect(told()).toEqual(['raised 06:50 history', 'cleared 08:00 live']);
  });

  it('an end without a beginning is nothing, and codes are told apart', () => {
    const { start, told } = watched();
    start()(over(70), rose(60, '0303'), over(50), over(40, '0303'), allTold(0));
    expect(told()).toEqual(['raised 07:00 history', 'cleared 07:20 history']);
  });
});
