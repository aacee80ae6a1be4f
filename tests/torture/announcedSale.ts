/** Stands in for `src/core/fuelling/sale.ts` in the tortured daemon: the same, and it tells when a sale is made. */
import { saleOf as real } from '../../src/core/fuelling/sale.ts';
import { saleComing } from './saleComing.ts';

export * from '../../src/core/fuelling/sale.ts';

export function saleOf(...input: Parameters<typeof real>): ReturnType<typeof real> {
  saleComing();
  return real(...input);
}
