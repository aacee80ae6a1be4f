/** Reads of all readers: coupons are kept for the card that follows, cards become claims, the driver's brief goes out at once. */
import type { StationConfig } from '../model/config/station.ts';
import type { CardRead } from '../model/readings.ts';
import { instant } from '../model/units.ts';
import { isDiskTrouble } from '../store/failures.ts';
import type { StationContext } from './context.ts';
import type { Feed } from './feed.ts';
import type { FuellingPoints } from './fuellingPoints.ts';
import { memberBrief } from './memberBrief.ts';
import { recordScan } from './recordScan.ts';
import { creditPush, saleView } from './saleViews.ts';
import { type SettledSale, settleSales } from './settleSales.ts';
import type { Push } from './view.ts';

export interface Scans {
  read(read: CardRead): void;
  /** To be called every second: scans that the disk refused are recorded, sales that wait weighed again when their time has come. */
  settle(): void;
}

/** A coupon waits this long at its reader for the driver's card. */
const couponWaitsMs = 120_000;
const couponsWaiting = 8;
const mostUnrecorded = 100;

export function createScans(
  context: StationContext,
  config: StationConfig,
  out: {
    push: (event: Push) => void;
    feed: Feed;
    points: FuellingPoints;
    scanned?: (fuellingPoints: readonly string[]) => void;
  },
): Scans {
  const served = new Map(config.readers.map((reader) => [reader.id, reader.fuellingPoints]));
  /** The program's own spelling by the code in capitals. */
  const codes = new Map(context.program.coupons.map(({ code }) => [code.toUpperCase(), code]));
  /** Reads that the disk would not take yet. */
  let unrecorded: CardRead[] = [];
  const waiting = new Map<string, { code: string; mono: number }[]>();

  const couponsAt = (read: CardRead): string[] =>
    (waiting.get(read.reader) ?? [])
      .filter((coupon) => read.mono - coupon.mono <= couponWaitsMs)
      .map((coupon) => coupon.code);

  const tellSettled = (settled: readonly SettledSale[]): void => {
    for (const { sale, posted } of settled) {
      if (posted) out.push(creditPush(sale, posted));
      const record = context.store.sales.get(sale.key);
      if (record) out.push({ type: 'sale', data: saleView(record, posted?.credit ?? null) });
      out.points.changed(sale.fuellingPoint);
    }
  };

  const scans: Scans = {
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
        const { claim, settled, attends } = recordScan(context, read, fuellingPoints, couponsAt(read));
        if (attends && claim.refusal === null) return out.feed.wake();
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
        tellSettled(settled);
        for (const id of fuellingPoints) out.points.changed(id);
        out.scanned?.(fuellingPoints);
      } catch (error) {
        if (isDiskTrouble(error)) unrecorded = [...unrecorded, read].slice(-mostUnrecorded);
        else context.log.error({ err: error, reader: read.reader }, 'a scan could not be recorded');
      }
    },
    settle() {
      const again = unrecorded;
      unrecorded = [];
      const { clock } = context;
      for (const read of again) {
        // The clock may have been set since.
        scans.read({ ...read, at: instant(clock.now() - Math.round(clock.mono() - read.mono)) });
      }
      if (!context.board.toWeigh(context.clock.mono())) return;
      try {
        const settled = settleSales(context);
        tellSettled(settled);
        if (settled.length > 0) out.feed.wake();
      } catch (error) {
        if (!isDiskTrouble(error))
          context.log.error(
            { err: error },
            'sales that wait could not be weighed; they are again in a second',
          );
      }
    },
  };
  return scans;
}
