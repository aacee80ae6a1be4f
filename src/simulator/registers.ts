/** A dispenser's registers, made from its state at the moment they are read. */
import { type RegisterMap, registerKey, type Table } from '../core/registers/image.ts';
import { dispenserDecoder, placeOf } from '../core/registers/profileReadings.ts';
import { type DispenserEncoder, dispenserEncoder } from '../core/registers/profileWrites.ts';
import type { DispenserState, ReadingGroup } from '../model/readings.ts';
import type { Dispenser } from './physics/dispenser.ts';
import type { DispenserPoint } from './physics/point.ts';
import type { Refusal, RegisterBank } from './slave.ts';

/** What a model that does not know a state shows instead, best first. */
const instead: Readonly<Record<DispenserState, readonly DispenserState[]>> = {
  inoperative: ['closed', 'idle'],
  closed: ['inoperative', 'idle'],
  idle: ['completed'],
  calling: ['authorised', 'started', 'idle'],
  authorised: ['calling', 'started', 'idle'],
  started: ['authorised', 'suspended-started', 'fuelling'],
  'suspended-started': ['started', 'authorised', 'fuelling'],
  fuelling: ['started', 'authorised'],
  'suspended-fuelling': ['fuelling', 'started'],
  completed: ['idle'],
};

const groups: readonly ReadingGroup[] = ['live', 'totals', 'last-sale', 'price'];

interface MappedPoint {
  readonly point: DispenserPoint;
  readonly encoder: DispenserEncoder;
  /** Which groups have registers in the block. */
  touched(table: Table, address: number, count: number): ReadingGroup[];
}

export interface BankOptions {
  readonly currencyDecimals: number;
  readonly strictMap: boolean;
  /** Simulated milliseconds. */
  nowMs(): number;
  /** false: never answers, whatever its state. */
  readonly alive: boolean;
  acknowledged(): void;
}

/** Throws FIELD_UNENCODABLE when a price or counter does not fit the profile's fields. */
export function dispenserBank(dispenser: Dispenser, options: BankOptions): RegisterBank {
  const { profile } = dispenser;
  const mapped = [...dispenser.points].map(([number, point]): MappedPoint => {
    const decoder = dispenserDecoder(profile, number, options.currencyDecimals);
    const ranges = groups.map((group) => [group, decoder.ranges(group)] as const);
    return {
      point,
      encoder: dispenserEncoder(profile, number, options.currencyDecimals),
      touched: (table, address, count) =>
        ranges
          .filter(([, all]) =>
            all.some(
              (r) => r.table === table && r.address < address + count && address < r.address + r.count,
            ),
          )
          .map(([group]) => group),
    };
  });
  const everything: RegisterMap = new Map();
  for (const each of mapped) for (const group of groups) encode(each, group, options.nowMs(), everything);
  const hulls = hullsOf(everything);
  const hasHoles: RegisterBank['hasHoles'] = (table, address, count) =>
    !keys(table, address, count).every((key) => everything.has(key));

  return {
    powered: () => options.alive && dispenser.downMs === 0,
    hasHoles,
    read(table, address, count) {
      const hull = hulls.get(table);
      if (hull === undefined || address < hull.first || address + count - 1 > hull.last)
        return 'illegal-address';
      if (options.strictMap && hasHoles(table, address, count)) return 'illegal-address';
      if (count > profile.limits.maxRegisters) return 'illegal-value';
      const now = options.nowMs();
      const registers: RegisterMap = new Map();
      for (const each of mapped) {
        for (const group of each.touched(table, address, count)) encode(each, group, now, registers);
      }
      return keys(table, address, count).map((key) => registers.get(key) ?? 0);
    },
    write: (table, address, values) => release(dispenser, table, address, values, options),
  };
}

const keys = (table: Table, address: number, count: number): string[] =>
  Array.from({ length: count }, (_, offset) => registerKey(table, address + offset));

function encode({ point, encoder }: MappedPoint, group: ReadingGroup, now: number, into: RegisterMap): void {
  switch (group) {
    case 'live': {
      const display = point.display(now);
      encoder.encodeLive({ ...display, state: shownState(encoder, display.state) }, into);
      return;
    }
    case 'totals':
      encoder.encodeTotals(
        point.hoses.map((hose) => ({ hose: hose.number, ...point.totals(hose, now) })),
        into,
      );
      return;
    case 'last-sale':
      encoder.encodeLastSale(point.lastSale, into);
      return;
    case 'price':
      encoder.encodePrice(
        point.hoses.map((hose) => ({ hose: hose.number, price: hose.price })),
        into,
      );
  }
}

function shownState({ states }: DispenserEncoder, state: DispenserState): DispenserState {
  return [state, ...instead[state]].find((candidate) => states.includes(candidate)) ?? state;
}

/** The first and last register of each table that the map has. */
function hullsOf(registers: ReadonlyMap<string, number>): Map<string, { first: number; last: number }> {
  const hulls = new Map<string, { first: number; last: number }>();
  for (const key of registers.keys()) {
    const [table = '', text] = key.split(':');
    const address = Number(text);
    const { first, last } = hulls.get(table) ?? { first: address, last: address };
    hulls.set(table, { first: Math.min(first, address), last: Math.max(last, address) });
  }
  return hulls;
}

/** The only register that may be written is the acknowledge. */
function release(
  dispenser: Dispenser,
  table: 'coil' | 'holding',
  address: number,
  values: readonly number[],
  options: BankOptions,
): Refusal | null {
  const rule = dispenser.profile.acknowledge;
  const acknowledgeTable = rule?.function === 'write-coil' ? 'coil' : 'holding';
  if (rule === undefined || table !== acknowledgeTable) return 'illegal-address';
  for (const [number, point] of dispenser.points) {
    const { addressBase, pointOffset } = placeOf(dispenser.profile, number);
    if (address !== rule.address - addressBase + pointOffset) continue;
    const expected = rule.value === 'sale-number' ? (point.lastSale.number ?? 0) & 0xffff : rule.value;
    if (values.length !== 1 || values[0] !== expected) return 'illegal-value';
    if (point.acknowledge()) options.acknowledged();
    return null;
  }
  return 'illegal-address';
}
