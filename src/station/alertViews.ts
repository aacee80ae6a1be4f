import type { Alert } from '../store/alerts.ts';
import type { Correction } from '../store/corrections.ts';
import type { SaleRecord } from '../store/sales.ts';
import { rfc3339 } from './businessDay.ts';
import type { AlertView, CorrectionView } from './view.ts';

export const alertView = (alert: Alert, sale: Pick<SaleRecord, 'id' | 'fuellingPoint'>): AlertView => ({
  number: alert.number,
  sale: sale.id,
  fuellingPoint: sale.fuellingPoint,
  kind: alert.kind,
  level: alert.level,
  member: alert.member,
  text: alert.text,
  at: rfc3339(alert.at),
  dueAt: rfc3339(alert.dueAt),
});

export function correctionView(correction: Correction): CorrectionView {
  const { number, kind, at, by, user, reason, before, after, notes } = correction;
  const standing = ({ attribution, credit }: Correction['before']) => ({
    attribution: attribution.kind,
    member: attribution.kind === 'attributed' ? attribution.member : null,
    reason: attribution.reason,
    points: credit?.earned ?? null,
  });
  return {
    ...{ number, kind, at: rfc3339(at), by, user, reason, notes },
    before: standing(before),
    after: standing(after),
  };
}
