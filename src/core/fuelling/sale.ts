/** A finished sale out of what the dispenser told, its span, and what does not fit (flagged, never mended). */
import type { FuellingSale, SaleFlag, SaleQuality } from '../../model/sale.ts';
import type { Instant, Millilitres, Money, UnitPrice } from '../../model/units.ts';
import { keyOf } from './key.ts';
import type { Told } from './state.ts';
import type { Span } from './totalizer.ts';
import type { HoseSpec, PointSpec } from './types.ts';

export interface Times {
  readonly liftedAt: Instant | null;
  readonly startedAt: Instant | null;
  readonly endedAt: Instant;
}

/** One sale before it is booked. */
export interface Part {
  readonly told: Told;
  readonly times: Times;
  readonly quality: SaleQuality;
  readonly flags: readonly SaleFlag[];
}

export function saleOf(spec: PointSpec, hose: HoseSpec, part: Part, span: Span): FuellingSale {
  const { told, times, quality } = part;
  const flags = new Set<SaleFlag>(part.flags);
  if (amountDiffers(spec, told.volume, told.amount, told.price)) flags.add('amount-differs');
  if (told.rounded && told.amount !== null) flags.add('amount-rounded');
  return {
    key: keyOf({
      fuellingPoint: spec.fuellingPoint,
      nozzle: hose.nozzle,
      generation: span.generation,
      start: span.start,
      end: span.end,
      number: told.number,
    }),
    fuellingPoint: spec.fuellingPoint,
    nozzle: hose.nozzle,
    grade: hose.grade,
    tank: hose.tank,
    volume: told.volume,
    amount: told.amount,
    price: told.price,
    ...times,
    totalizerStart: span.start,
    totalizerEnd: span.end,
    saleNumber: told.number,
    endCode: told.endCode,
    quality,
    flags: [...flags],
  };
}

/**
 * More than one minor unit (and what half a step of the volume costs, where the step is known) off volume x price.
 * ml x thousandths per litre are millionths of the currency; in BigInt, for the product may pass 2^53.
 */
export function amountDiffers(
  spec: Pick<PointSpec, 'currencyDecimals' | 'volumeResolution'>,
  volume: Millilitres,
  amount: Money | null,
  price: UnitPrice | null,
): boolean {
  if (amount === null || price === null) return false;
  const minor = 10n ** BigInt(spec.currencyDecimals);
  const off = BigInt(amount) * 1_000_000n - BigInt(volume) * BigInt(price) * minor;
  const rounding = (BigInt(price) * BigInt(spec.volumeResolution ?? 0) * minor) / 2n;
  return (off < 0n ? -off : off) > 1_000_000n + rounding;
}
