/** One fuelling as a customer does it, each step waited for until the station has seen it. */
import type { SaleView } from '../../src/station/view.ts';
import type { Fill, PeerDispenser } from './peerDispensers.ts';
import { watched } from './peerDispensers.ts';
import type { Daemon } from './station.ts';

/** 40 L at 7.85, no rest in any rounding. */
export const fortyLitres: Fill = { volumeMl: 40_000, amount: 31_400, price: 7850 };

/** Lift and first fuel. `calling`: the state the station shows for the lifted nozzle. */
export async function lifted(
  daemon: Daemon,
  point: string,
  dispenser: PeerDispenser,
  fill: Fill = fortyLitres,
): Promise<void> {
  await dispenser.lift(fill.price);
  await daemon.reaches(point, dispenser.profile === 'generic-be32' ? 'calling' : 'authorised');
}

export async function fuelling(
  daemon: Daemon,
  point: string,
  dispenser: PeerDispenser,
  fill: Fill = fortyLitres,
): Promise<void> {
  await dispenser.flow({ ...fill, volumeMl: 5000, amount: Math.round(fill.price / 2) });
  await daemon.reaches(point, 'fuelling');
  await dispenser.flow({ ...fill, volumeMl: 20_000, amount: fill.price * 2 });
}

/** From idle to the sale in the books; the dispenser is idle again. Returns the newest sale. */
export async function fill(
  daemon: Daemon,
  point: string,
  dispenser: PeerDispenser,
  fill: Fill = fortyLitres,
): Promise<SaleView> {
  const before = (await daemon.sales()).length;
  await watched(dispenser);
  await lifted(daemon, point, dispenser, fill);
  await fuelling(daemon, point, dispenser, fill);
  return hungUp(daemon, point, dispenser, fill, before + 1);
}

/**
 * Hang up, the sale in the books, idle. `count`: sales there are then. `held`: until when the dispenser holds its sale, its
 * acknowledge for example; it is released at once where left out.
 */
export async function hungUp(
  daemon: Daemon,
  point: string,
  dispenser: PeerDispenser,
  fill: Fill,
  count: number,
  held: () => Promise<unknown> = async () => undefined,
): Promise<SaleView> {
  await dispenser.hangUp(fill);
  const [sale] = await daemon.sold(count);
  if (!sale) throw new Error('no sale');
  await held();
  await dispenser.cleared();
  await daemon.reaches(point, 'idle');
  return sale;
}
