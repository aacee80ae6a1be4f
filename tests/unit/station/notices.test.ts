import { expect, it } from 'vitest';
import { createNotices } from '../../../src/station/notices.ts';
import type { AlarmView, AlertView } from '../../../src/station/view.ts';

it('M181 M164: status shows warnings and alerts with the alarms, newest first, and not without end', () => {
  const notices = createNotices();
  const at = (n: number) => new Date(n * 1000).toISOString();
  const alarm: AlarmView = { at: at(5), fuellingPoint: 'FP1', alarm: 'totalizer-zero', text: 'x' };
  expect(notices.with([alarm])).toEqual([alarm]);
  notices.take({ type: 'credit.posted', data: {} });
  for (let n = 0; n < 60; n++) {
    const warning = {
      ...{ fuellingPoint: 'FP2', nozzle: '2', grade: '92', member: null, expected: [], text: 'w' },
    };
    notices.take({ type: 'warning', data: { ...warning, warning: 'wrong-fuel', at: at(n) } });
  }
  const alert: AlertView = {
    ...{ number: 1, sale: 7, fuellingPoint: 'FP3', kind: 'overfill', level: 'verify' },
    ...{ member: null, text: 'much', at: at(70), dueAt: at(90) },
  };
  notices.take({ type: 'alert', data: alert });
  const shown = notices.with([{ ...alarm, at: at(65) }]);
  expect(shown).toHaveLength(50);
  expect(shown.slice(0, 3)).toEqual([
    { at: at(70), fuellingPoint: 'FP3', alarm: 'overfill', text: 'sale 7: much' },
    { ...alarm, at: at(65) },
    { at: at(59), fuellingPoint: 'FP2', alarm: 'wrong-fuel', text: 'w' },
  ]);
});
