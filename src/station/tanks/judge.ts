/** TEMPORARY until the wet-stock core lands. */
import type { WetStockPolicy } from '../../model/config/tanks.ts';
import { type Judge, varianceOf } from './balance.ts';

export const judgeOf =
  (policy: WetStockPolicy): Judge =>
  (balance) => {
    const { variancePpm } = varianceOf(balance);
    if (variancePpm === null) return { verdict: 'unknown', reasons: [] };
    const percent = Math.abs(variancePpm) / 10_000;
    return {
      verdict:
        percent > policy.escalatePercent
          ? 'escalate'
          : percent > policy.investigatePercent
            ? 'investigate'
            : 'within',
      reasons: [],
    };
  };
