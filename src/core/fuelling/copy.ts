import type { FuellingState } from './state.ts';

/**
 * A copy that may be changed in place: whatever the machine assigns to is copied, what it only replaces as a whole (totals,
 * records) is shared. Several times faster than `structuredClone`, on the way of every sale.
 */
export const copyOf = (state: FuellingState): FuellingState => ({
  ...state,
  display: { ...state.display },
  accounts: state.accounts.map((account) => ({
    ...account,
    lags: account.lags.map((lag) => ({ ...lag })),
    suspect: account.suspect && { ...account.suspect },
  })),
  current: state.current && { ...state.current },
  ending: state.ending && { ...state.ending },
  earlier: state.earlier.map((each) => ({ ...each })),
  record: state.record && { ...state.record },
  session: { ...state.session },
});
