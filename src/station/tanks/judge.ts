/** A balance as the wet-stock core judges it. */
import { judgeBalance } from '../../core/wetstock/balance.ts';
import type { WetStockPolicy } from '../../model/config/tanks.ts';
import type { Judge } from './balance.ts';

/** With one of these a balance is right in its sums and unfit to be judged. */
const doubts: ReadonlySet<string> = new Set(['not-at-rest']);

export const judgeOf =
  (policy: WetStockPolicy): Judge =>
  (balance) =>
    judgeBalance(
      policy,
      balance,
      balance.reasons.filter((reason) => doubts.has(reason)),
    );
