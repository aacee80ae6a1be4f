/** What must be read next, and how soon. */
import type { Wants } from '../../model/readings.ts';
import type { FuellingState } from './state.ts';
import type { PointSpec } from './types.ts';

/** `now` until the reading that is waited for has come, then `fast`, so that waiting does not fill the line. */
export function wantsOf(spec: PointSpec, state: FuellingState): Wants {
  const { current, ending, session } = state;
  const record = (urgency: Wants['last-sale']): Wants['last-sale'] => (spec.lastSale ? urgency : 'off');
  const price = state.prices.length === 0 ? 'normal' : 'slow';
  if (state.shown === null || state.shown === 'lost') {
    return { live: 'normal', totals: 'slow', 'last-sale': record('slow'), price: 'slow' };
  }
  if (ending) {
    const totals = ending.totals === null || (ending.unseen && !ending.stable) ? 'now' : 'fast';
    return {
      live: 'fast',
      totals,
      'last-sale': record(ending.record === null ? 'now' : 'fast'),
      price: 'slow',
    };
  }
  if (current) {
    // A record from before makes the next one surely new; one between two fuellings tells the first.
    const first = state.record === null || (state.earlier.length > 0 && state.held === null);
    return { live: 'fast', totals: 'off', 'last-sale': record(first ? 'fast' : 'off'), price: 'slow' };
  }
  const sightedSince = session.sighted !== null && (session.totals ?? -1) > session.sighted;
  const suspect = state.accounts.some((account) => account.suspect !== null);
  return {
    live: 'normal',
    totals: session.checkedTotals ? (suspect ? 'normal' : 'slow') : sightedSince ? 'normal' : 'now',
    'last-sale': record(session.checkedRecord ? 'slow' : 'now'),
    price,
  };
}
