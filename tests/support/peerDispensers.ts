/**
 * Dispensers as registers in an independent slave, laid out by hand from the printed maps (config/devices/*.yaml), not by
 * the code under test. A test walks them: lift, flow, hang up, cleared.
 */
import { vi } from 'vitest';
import type { ModbusSlave } from './modbusSlave.ts';

/** Integers as the station tells them: millilitres, minor units, thousandths per litre. */
export interface Fill {
  readonly volumeMl: number;
  readonly amount: number;
  readonly price: number;
}

export interface PeerDispenser {
  readonly profile: string;
  readonly unit: number;
  /** Nozzle lifted, display reset. */
  lift(price: number): Promise<void>;
  /** Fuel flows; the display shows so much now. */
  flow(fill: Fill): Promise<void>;
  /** Ended: display, record and totalizer hold the sale. */
  hangUp(fill: Fill): Promise<void>;
  /** Back to idle; the display keeps the sale, as real ones do. */
  cleared(): Promise<void>;
  /** Off the wire and on again. */
  mute(): Promise<void>;
  unmute(): Promise<void>;
  /** Totalizer now. */
  totalizerMl(): number;
  /** Read requests that covered the state's register. */
  stateReads(): Promise<number>;
}

const u32 = (value: number): number[] => [Math.floor(value / 65_536), value % 65_536];
/** Eight BCD digits. */
const bcd8 = (value: number): number[] => u32(Number.parseInt(String(value).padStart(8, '0'), 16));

/** Generic 32-bit big-endian: state codes 2 idle, 3 calling, 7 fuelling, 9 completed; sale number, acknowledge at 24. */
export async function be32Dispenser(
  slave: ModbusSlave,
  unit: number,
  start = { totalMl: 1_000_000, totalAmount: 784_900, saleNumber: 7 },
): Promise<PeerDispenser & { saleNumber(): number }> {
  let { totalMl, totalAmount, saleNumber } = start;
  const display = (state: number, hose: number, { volumeMl, amount, price }: Fill) => ({
    0: [state, hose, ...u32(volumeMl / 10), ...u32(amount), ...u32(price)],
  });
  const books = (fill: Fill) => ({
    8: [...u32(totalMl / 10), ...u32(totalAmount)],
    12: [saleNumber, 1, ...u32(fill.volumeMl / 10), ...u32(fill.amount), ...u32(fill.price), 1],
  });
  const before: Fill = { volumeMl: 30_000, amount: 23_547, price: 7849 };
  await slave.set(unit, { ...display(2, 0, before), ...books(before), 22: u32(7849), 24: [0] });
  return {
    profile: 'generic-be32',
    unit,
    lift: (price) => slave.set(unit, { ...display(3, 1, { volumeMl: 0, amount: 0, price }), 22: u32(price) }),
    flow: (fill) => slave.set(unit, display(7, 1, fill)),
    hangUp(fill) {
      totalMl = (totalMl + fill.volumeMl) % (2 ** 32 * 10);
      totalAmount += fill.amount;
      saleNumber = saleNumber === 9999 ? 1 : saleNumber + 1;
      return slave.set(unit, { ...display(9, 0, fill), ...books(fill) });
    },
    cleared: () => slave.set(unit, { 0: [2, 0] }),
    mute: () => slave.mute(unit),
    unmute: () => slave.unmute(unit),
    totalizerMl: () => totalMl,
    stateReads: () => slave.reads(unit, 0),
    saleNumber: () => saleNumber,
  };
}

/** Compac C5000: flag bits 0 lifted, 1 authorised, 2 delivering; BCD totalizer; no sale number, no acknowledge. */
export async function compacDispenser(
  slave: ModbusSlave,
  unit: number,
  start = { totalMl: 1_234_560 },
): Promise<PeerDispenser> {
  let { totalMl } = start;
  const display = (flags: number, { volumeMl, amount, price }: Fill) => ({
    100: [flags, price / 10, ...u32(volumeMl), ...u32(amount)],
  });
  const books = (fill: Fill) => ({
    117: bcd8(totalMl / 10),
    124: [1, ...u32(fill.volumeMl), ...u32(fill.amount * 10)],
  });
  const before: Fill = { volumeMl: 12_000, amount: 9420, price: 7850 };
  await slave.set(unit, { ...display(0, before), ...books(before), 201: [785] });
  return {
    profile: 'compac-c5000',
    unit,
    lift: (price) =>
      slave.set(unit, { ...display(0b011, { volumeMl: 0, amount: 0, price }), 201: [price / 10] }),
    flow: (fill) => slave.set(unit, display(0b111, fill)),
    hangUp(fill) {
      totalMl = (totalMl + fill.volumeMl) % 10 ** 9;
      return slave.set(unit, { ...display(0, fill), ...books(fill) });
    },
    cleared: async () => {},
    mute: () => slave.mute(unit),
    unmute: () => slave.unmute(unit),
    totalizerMl: () => totalMl,
    stateReads: () => slave.reads(unit, 100),
  };
}

const patience = { timeout: 25_000, interval: 20 };

/**
 * Two more readings of the state, for an idle one that the station shows already: a person is slower than that, and by then
 * the station knows the totalizer of before the lift.
 */
export async function watched(dispenser: PeerDispenser): Promise<void> {
  const seen = await dispenser.stateReads();
  await vi.waitFor(async () => {
    if ((await dispenser.stateReads()) < seen + 2) throw new Error(`${dispenser.profile} is not read`);
  }, patience);
}
