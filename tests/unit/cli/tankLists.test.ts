import { describe, expect, it } from 'vitest';
import { deliveriesCsv, deliveryTable } from '../../../src/cli/render/deliveries.ts';
import { gauges } from '../../../src/cli/render/gauges.ts';
import { incidentList } from '../../../src/cli/render/incidents.ts';
import { tankAlarms } from '../../../src/cli/render/tankAlarms.ts';
import { hostile, steers } from '../../support/plainTerminal.ts';
import { alarmView, deliveryView, gaugeView, incidentView } from '../../support/tankViews.ts';

const lines = (text: string): string[] => text.split('\n').map((line) => line.trimEnd());

describe('deliveries', () => {
  const rise = deliveryView({
    ...{
      number: 12,
      source: 'rise',
      volumeAt15Ml: 10_050_000,
      temperatureCentiC: null,
      flags: ['gap', 'cut'],
    },
  });

  it('as a table', () => {
    expect(lines(deliveryTable([rise, deliveryView()]))).toEqual([
      ' no  ended             stock  grade  by     litres  at 15 °C   from      to  sold    °C  flags',
      ' 12  2026-11-27 14:38  T1     92     rise   10 010    10 050  8 001  17 900   110     -  gap cut',
      '  3  2026-11-27 14:38  T1     92     gauge  10 010         -  8 001  17 900   110  -0.3',
    ]);
    expect(deliveryTable([])).toBe(' no delivery yet');
  });

  it('as CSV', () => {
    expect(deliveriesCsv([deliveryView()]).split('\r\n')).toEqual([
      'number,key,stock,grade,source,started_at_utc,ended_at_utc,business_date,start_l,end_l,dispensed_l,volume_l,volume_at_15c_l,temperature_c,flags',
      '3,T1:gauge:202611271410,T1,92,gauge,2026-11-27T14:10:00.000Z,2026-11-27T14:38:00.000Z,2026-11-27,8000.500,17900.000,110.250,10009.750,,-0.35,',
      '',
    ]);
  });
});

it('alarms stand, are acknowledged, or are over', () => {
  const seen = alarmView({
    acknowledgedAt: '2026-11-28T04:10:00Z',
    acknowledgedBy: 'A. Meier',
    note: 'called',
  });
  const over = alarmView({
    number: 6,
    subject: 'G1',
    tank: null,
    kind: 'gauge-offline',
    text: 'silent',
    clearedAt: '2026-11-28T05:00:00Z',
  });
  expect(lines(tankAlarms([alarmView(), seen, over]))).toEqual([
    '    7  2026-11-28 04:00  T1  water (stands)',
    '       water 52.0 mm, limit 50.0 mm',
    '    7  2026-11-28 04:00  T1  water (acknowledged)',
    '       water 52.0 mm, limit 50.0 mm',
    '       acknowledged 2026-11-28 04:10 by A. Meier: called',
    '    6  2026-11-28 04:00  G1  gauge-offline (over)',
    '       silent',
    '       over since 2026-11-28 05:00',
  ]);
});

it('gauges with their clocks, formats and quirks', () => {
  const away = gaugeView({
    ...{
      id: 'G2',
      kind: 'modbus',
      at: 'line L1',
      online: false,
      reason: 'no answer',
      since: '2026-11-28T01:00:00Z',
    },
    ...{ tanks: [], lastGoodAt: null, rttP50Ms: null, rttP99Ms: null, clockOffsetS: null },
  });
  const fast = gaugeView({ clockOffsetS: 3600, notes: ['computer format', 'heights in cm'] });
  expect(lines(gauges([gaugeView(), fast, away]))).toEqual([
    ' gauge  kind    at              state    tanks  last good         requests  time-outs  bad  p50 ms  p99 ms    clock',
    ' G1     tls     10.0.0.9:10001  online   T1 T2  2026-11-28 05:53      8640          2    1    41.3   120.0    -95 s',
    ' G1     tls     10.0.0.9:10001  online   T1 T2  2026-11-28 05:53      8640          2    1    41.3   120.0  +60 min',
    ' G2     modbus  line L1         offline  -      -                     8640          2    1       -       -        -',
    ' G1: computer format',
    ' G1: heights in cm',
    ' G2: offline since 2026-11-28 01:00: no answer',
  ]);
  expect(gauges([])).toBe(' no gauge is configured');
});

it('M180: incidents with the sale that they are linked to', () => {
  const loose = incidentView({
    number: 1,
    kind: 'other',
    sale: null,
    fuellingPoint: null,
    tank: null,
    litres: null,
  });
  expect(lines(incidentList([incidentView(), loose]))).toEqual([
    '    2  2026-11-28 05:00  spill  sale 42, FP1, tank T1, about 3 L  by A. Meier',
    '       nozzle slipped out of the filler',
    '       done: sand spread and taken up',
    '    1  2026-11-28 05:00  other  linked to nothing  by A. Meier',
    '       nozzle slipped out of the filler',
    '       done: sand spread and taken up',
  ]);
  expect(incidentList([])).toBe(' no incident was recorded');
});

it('texts of others steer nothing in any list', () => {
  const shown = [
    deliveryTable([deliveryView({ stock: hostile, flags: [hostile] })]),
    tankAlarms([
      alarmView({
        subject: hostile,
        text: hostile,
        acknowledgedAt: hostile,
        acknowledgedBy: hostile,
        note: hostile,
      }),
    ]),
    gauges([gaugeView({ at: hostile, online: false, reason: hostile, notes: [hostile] })]),
    incidentList([incidentView({ text: hostile, action: hostile, by: hostile })]),
    deliveriesCsv([deliveryView({ key: hostile, flags: [hostile] })]).replaceAll('\r\n', ''),
  ];
  for (const text of shown) expect(text).not.toMatch(steers);
});
