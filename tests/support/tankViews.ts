/** What the local API shows of the tank side, complete and plain; tests change what they are about. */
import type {
  BalanceView,
  DeliveryView,
  GaugeView,
  IncidentView,
  LoadReportView,
  StockReportView,
  TankAlarmView,
  TankDetailView,
  TankView,
} from '../../src/station/tanks/view.ts';

export const tankView = (other: Partial<TankView> = {}): TankView => ({
  id: 'T1',
  grade: '92',
  stock: 'T1',
  gauge: 'G1',
  capacityMl: 30_000_000,
  safeFillMl: 28_500_000,
  quality: 'good',
  reason: '',
  volumeMl: 18_432_400,
  volumeAt15Ml: 18_440_000,
  ullageMl: 10_067_600,
  heightTenthMm: 15_234,
  waterTenthMm: 124,
  waterMl: 38_000,
  temperatureCentiC: 1432,
  at: '2026-11-28T05:53:00.000Z',
  delivery: false,
  cover: { hours: 52.4, text: 'at the usual demand of 340 L/h' },
  order: null,
  alarms: [],
  ...other,
});

/** No level yet, and nothing known of the tank. */
export const unknownTank = (other: Partial<TankView> = {}): TankView =>
  tankView({
    ...{
      gauge: null,
      capacityMl: null,
      safeFillMl: null,
      quality: 'unknown',
      reason: 'no gauge is configured',
    },
    ...{ volumeMl: null, volumeAt15Ml: null, ullageMl: null, heightTenthMm: null, waterTenthMm: null },
    ...{ waterMl: null, temperatureCentiC: null, at: null, cover: { hours: null, text: 'no level' } },
    ...other,
  });

export const limits = {
  overfillMl: 29_400_000,
  highMl: 28_500_000,
  lowMl: 3_000_000,
  criticalMl: 1_500_000,
  waterWarningTenthMm: 200,
  waterTenthMm: 500,
};

export const tankDetailView = (other: Partial<TankDetailView> = {}): TankDetailView => ({
  ...tankView(),
  limits,
  nozzles: [
    { fuellingPoint: 'FP1', nozzle: '1' },
    { fuellingPoint: 'FP2', nozzle: '1' },
  ],
  levels: [],
  deliveries: [],
  standing: [],
  leakTest: null,
  ...other,
});

export const deliveryView = (other: Partial<DeliveryView> = {}): DeliveryView => ({
  number: 3,
  key: 'T1:gauge:202611271410',
  stock: 'T1',
  grade: '92',
  source: 'gauge',
  startedAt: '2026-11-27T14:10:00.000Z',
  endedAt: '2026-11-27T14:38:00.000Z',
  businessDate: '2026-11-27',
  startMl: 8_000_500,
  endMl: 17_900_000,
  dispensedMl: 110_250,
  volumeMl: 10_009_750,
  volumeAt15Ml: null,
  temperatureCentiC: -35,
  flags: [],
  ...other,
});

export const alarmView = (other: Partial<TankAlarmView> = {}): TankAlarmView => ({
  number: 7,
  subject: 'T1',
  tank: 'T1',
  kind: 'water',
  text: 'water 52.0 mm, limit 50.0 mm',
  raisedAt: '2026-11-28T04:00:00.000Z',
  acknowledgedAt: null,
  acknowledgedBy: null,
  note: null,
  clearedAt: null,
  ...other,
});

export const gaugeView = (other: Partial<GaugeView> = {}): GaugeView => ({
  id: 'G1',
  kind: 'tls',
  at: '10.0.0.9:10001',
  online: true,
  reason: '',
  since: null,
  tanks: ['T1', 'T2'],
  lastGoodAt: '2026-11-28T05:53:00.000Z',
  requests: 8640,
  timeouts: 2,
  badFrames: 1,
  rttP50Ms: 41.26,
  rttP99Ms: 120,
  clockOffsetS: -95,
  notes: [],
  ...other,
});

export const balanceView = (other: Partial<BalanceView> = {}): BalanceView => ({
  stock: 'T1',
  grade: '92',
  period: 'day',
  from: '2026-11-27',
  to: '2026-11-27',
  openingMl: 20_000_000,
  deliveriesMl: 5_000_000,
  salesMl: 6_000_000,
  bookMl: 19_000_000,
  gaugeMl: 18_987_700,
  varianceMl: -12_300,
  variancePpm: -2050,
  verdict: 'within',
  reasons: [],
  open: false,
  ...other,
});

export const stockReportView = (other: Partial<StockReportView> = {}): StockReportView => ({
  site: 'S1',
  now: '2026-11-28T05:53:00.000Z',
  period: 'day',
  from: '2026-11-27',
  to: '2026-11-28',
  stocks: [balanceView()],
  grades: [balanceView({ stock: '92' })],
  cumulative: [
    {
      stock: 'T1',
      grade: '92',
      points: [{ date: '2026-11-27', varianceMl: -12_300, throughputMl: 6_000_000 }],
    },
  ],
  findings: [],
  ...other,
});

export const loadReportView = (other: Partial<LoadReportView> = {}): LoadReportView => ({
  site: 'S1',
  from: '2026-11-27',
  to: '2026-11-28',
  days: 2,
  rows: [
    { fuellingPoint: 'FP2', grade: '92', hour: 7, sales: 4, volumeMl: 160_000 },
    { fuellingPoint: 'FP10', grade: '95', hour: 18, sales: 1, volumeMl: 40_000 },
    { fuellingPoint: 'FP2', grade: '95', hour: 7, sales: 1, volumeMl: 20_000 },
  ],
  ...other,
});

export const incidentView = (other: Partial<IncidentView> = {}): IncidentView => ({
  number: 2,
  kind: 'spill',
  at: '2026-11-28T05:00:00.000Z',
  sale: { id: 42, key: 'FP1/1/1000-2000' },
  fuellingPoint: 'FP1',
  tank: 'T1',
  litres: 3,
  text: 'nozzle slipped out of the filler',
  action: 'sand spread and taken up',
  by: 'A. Meier',
  ...other,
});
