import type { Credit, FuellingSale } from '../model/sale.ts';
import type { SaleRecord } from '../store/sales.ts';
import { rfc3339 } from './businessDay.ts';
import type { PostedCredit } from './creditSale.ts';
import type { Push, SaleView } from './view.ts';

/** A sale of the books as the API shows it. */
export function saleView(record: SaleRecord, credit: Credit | null): SaleView {
  const { attribution } = record;
  return {
    id: record.id,
    key: record.key,
    fuellingPoint: record.fuellingPoint,
    nozzle: record.nozzle,
    grade: record.grade,
    tank: record.tank,
    volumeMl: record.volume,
    amount: record.amount,
    price: record.price,
    startedAt: record.startedAt === null ? null : rfc3339(record.startedAt),
    endedAt: rfc3339(record.endedAt),
    businessDate: record.businessDate,
    totalizerStartMl: record.totalizerStart,
    totalizerEndMl: record.totalizerEnd,
    saleNumber: record.saleNumber,
    endCode: record.endCode,
    quality: record.quality,
    flags: record.flags,
    attribution: attribution.kind,
    reason: attribution.reason,
    member: attribution.kind === 'attributed' ? attribution.member : null,
    card: attribution.kind === 'attributed' ? attribution.card : null,
    attendant: record.attendant,
    points: credit?.earned ?? null,
  };
}

/** `credit.posted` on the local API: sent first, for a display at the pump. */
export function creditPush(sale: FuellingSale, posted: PostedCredit): Push {
  return {
    type: 'credit.posted',
    data: {
      sale: sale.key,
      fuellingPoint: sale.fuellingPoint,
      nozzle: sale.nozzle,
      member: posted.credit.member,
      points: posted.credit.earned,
      balance: posted.balance,
      discounts: posted.credit.discounts,
      coupons: posted.credit.coupons,
    },
  };
}
