/** Reads of all readers: coupons are kept for the card that follows, cards become claims, the driver's brief goes out at once. */
import type { StationConfig } from '../model/config/station.ts';
import type { CardRead } from '../model/readings.ts';
import type { StationContext } from './context.ts';
import type { Feed } from './feed.ts';
import type { FuellingPoints } from './fuellingPoints.ts';
import { memberBrief } from './memberBrief.ts';
import { recordScan } from './recordScan.ts';
import { creditPush, saleView } from './saleViews.ts';
import type { Push } from './view.ts';

export interface Scans {
  read(read: CardRead): void;
}

/** A coupon waits this long at its reader for the driver's card. */
const couponWaitsMs = 120_000;
const couponsWaiting = 8;

export function createScans(
  context: StationContext,
  config: StationConfig,
  out: { push: (event: Push) => void; feed: Feed; points: FuellingPoints },
): Scans {
  const served = new Map(config.readers.map((reader) => [reader.id, reader.fuellingPoints]));
  /** The program's own spelling by the code in capitals. */
  const codes = new Map(context.program.coupons.map(({ code }) => [code.toUpperCase(), code]));
  const waiting = new Map<string, { code: string; mono: number }[]>();

  const couponsAt = (read: CardRead): string[] =>
    (waiting.get(read.reader) ?? [])
      .filter((coupon) => read.mono - coupon.mono <= couponWaitsMs)
      .map((coupon) => coupon.code);

  return {
    read(read) {
      const fuellingPoints = served.get(read.reader) ?? [];
      const code = read.format === 'code' ? codes.get(read.text.trim().toUpperCase()) : undefined;
      if (code !== undefined) {
        waiting.set(
          read.reader,
          [...(waiting.get(read.reader) ?? []), { code, mono: read.mono }].slice(-couponsWaiting),
        );
        context.log.info({ reader: read.reader }, 'a coupon waits for its card');
        return;
      }
      try {
        const { claim, attributed } = recordScan(context, read, fuellingPoints, couponsAt(read));
        // A refused card leaves them to the next one.
        if (claim.refusal === null && claim.member !== null) waiting.delete(read.reader);
        out.feed.wake();
        if (claim.refusal !== null || claim.member === null) {
          out.push({
            type: 'card.refused',
            data: { reader: read.reader, fuellingPoints, refusal: claim.refusal ?? 'unknown' },
          });
        } else {
          const brief = memberBrief(context, claim.member);
          if (brief) out.push({ type: 'member.brief', data: { reader: read.reader, fuellingPoints, brief } });
        }
        if (attributed) {
          out.push(creditPush(attributed.sale, attributed.posted));
          const record = context.store.sales.get(attributed.sale.key);
          if (record) out.push({ type: 'sale', data: saleView(record, attributed.posted.credit) });
        }
        for (const id of fuellingPoints) out.points.changed(id);
      } catch (error) {
        context.log.error({ err: error, reader: read.reader }, 'a scan could not be recorded');
      }
    },
  };
}
