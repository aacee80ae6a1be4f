/** A seeded source for fuzzing, and the ways in which bytes go wrong. */

export interface Rng {
  /** [0, 1) */
  next(): number;
  /** 0 to `limit` - 1. */
  below(limit: number): number;
  /** Both ends included. */
  between(least: number, most: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  bytes(count: number): Buffer;
}

/** Mulberry32: small, fast and the same on every machine. */
export function rngOf(seed: number): Rng {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    between: (least, most) => least + below(most - least + 1),
    chance: (probability) => next() < probability,
    pick<T>(list: readonly T[]): T {
      const found = list[below(list.length)];
      if (found === undefined) throw new RangeError('nothing to pick from');
      return found;
    },
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => below(256))),
  };
}

/** Seed of input `index` of a target: every input can be made again alone. */
export function seedOf(seed: number, target: string, index: number): number {
  let mixed = seed ^ 0x9e3779b9;
  for (const character of target) mixed = Math.imul(mixed ^ character.charCodeAt(0), 0x01000193);
  return Math.imul(mixed ^ (index + 1), 0x85ebca6b) >>> 0;
}

const interesting = [0x00, 0x01, 0x02, 0x03, 0x0a, 0x0d, 0x7f, 0x80, 0xfe, 0xff];

/** One to four faults: flipped bits, bytes replaced, lost, doubled, cut off or put in. */
export function damaged(rng: Rng, original: Buffer): Buffer {
  let bytes = Buffer.from(original);
  for (let faults = rng.between(1, 4); faults > 0; faults--) {
    const at = rng.below(bytes.length + 1);
    const before = bytes.subarray(0, at);
    const after = bytes.subarray(at);
    switch (rng.below(7)) {
      case 0:
        if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << rng.below(8));
        break;
      case 1:
        if (at < bytes.length) bytes[at] = rng.pick(interesting);
        break;
      case 2:
        bytes = Buffer.concat([before, after.subarray(rng.between(1, 3))]);
        break;
      case 3:
        bytes = Buffer.concat([before, after.subarray(0, rng.between(1, 16)), after]);
        break;
      case 4:
        bytes = Buffer.from(before);
        break;
      case 5:
        bytes = Buffer.concat([before, rng.bytes(rng.between(1, 8)), after]);
        break;
      default:
        bytes = Buffer.concat([before, Buffer.alloc(rng.between(1, 4), rng.pick(interesting)), after]);
    }
  }
  return bytes;
}

/** Cuts bytes into pieces of 1 to `most`, as a line or a socket may give them. */
export function pieces(rng: Rng, bytes: Buffer, most = 9): Buffer[] {
  const cut: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = rng.between(1, most);
    cut.push(bytes.subarray(at, at + size));
    at += size;
  }
  return cut;
}
