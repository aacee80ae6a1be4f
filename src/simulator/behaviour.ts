/** An ordinary afternoon at a busy station. */
import type { Behaviour } from './options.ts';

export const ordinaryBehaviour: Behaviour = {
  emptyMs: [5_000, 60_000],
  scan: { before: 60, during: 15, after: 10, never: 15 },
  scanToLiftMs: [4_000, 20_000],
  hangUpToScanMs: [1_500, 6_000],
  authoriseMs: [2_000, 6_000],
  flow: 38_000,
  zeroLiftShare: 0.03,
  pauseShare: 0.1,
  roundAmountShare: 0.4,
  roundLitresShare: 0.15,
  fillMl: [12_000, 55_000],
  prices: {},
  totalizers: 'at-end',
  totalizerStart: 'ordinary',
  strictMap: false,
  turnaroundMs: 3,
};
