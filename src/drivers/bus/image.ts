/** The registers that came with one reading. */
import { ForecourtError } from '../../model/errors.ts';
import type { RegisterImage, RegisterTable } from './contract.ts';
import type { ReadBlock } from './sentinel.ts';

/** A block with the data bytes of its reply: big-endian registers, or bits from the lowest of each byte on. */
export interface BlockData {
  readonly block: ReadBlock;
  readonly data: Buffer;
}

/** An image over `blocks`; what none of them holds is refused. */
export function registerImage(blocks: readonly BlockData[]): RegisterImage {
  const find = (table: RegisterTable, address: number, count: number): BlockData | undefined =>
    blocks.find(
      ({ block }) =>
        block.table === table && block.address <= address && address + count <= block.address + block.count,
    );
  const holder = (table: RegisterTable, address: number): BlockData => {
    const found = find(table, address, 1);
    if (!found) {
      throw new ForecourtError('REQUEST_REFUSED', `the reading does not hold ${table} ${address}`, {
        table,
        address,
      });
    }
    return found;
  };
  const one = ({ block, data }: BlockData, address: number) =>
    data.readUInt16BE((address - block.address) * 2);
  return {
    replies: blocks.length,
    register: (table, address) => one(holder(table, address), address),
    registers(table, address, count) {
      // Values that were asked for as a whole lie in one block; only others may be put together.
      const all = find(table, address, count);
      return Uint16Array.from({ length: count }, (_, index) =>
        one(all ?? holder(table, address + index), address + index),
      );
    },
    bit(table, address) {
      const { block, data } = holder(table, address);
      const offset = address - block.address;
      return (((data[offset >> 3] ?? 0) >> (offset & 7)) & 1) === 1;
    },
  };
}
