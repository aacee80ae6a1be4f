/** IEEE 754 numbers as decimal text: the shortest that is still the same number, so that 12.34 stays 12.34. */

const view = new DataView(new ArrayBuffer(8));

/** Bits of an f32 (`bytes` 4) or f64 (8) as decimal text; null for infinities and not-a-numbers. */
export function floatText(bits: bigint, bytes: 4 | 8): string | null {
  if (bytes === 8) {
    view.setBigUint64(0, bits);
    const value = view.getFloat64(0);
    return Number.isFinite(value) ? String(value) : null;
  }
  view.setUint32(0, Number(bits));
  const value = view.getFloat32(0);
  if (!Number.isFinite(value)) return null;
  // nine digits always tell one f32 from the next
  for (let digits = 1; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

/** Decimal text to the bits of the nearest f32 or f64; null when it is no number or too large. */
export function floatBits(text: string, bytes: 4 | 8): bigint | null {
  const value = bytes === 8 ? Number(text) : Math.fround(Number(text));
  if (text.trim() === '' || !Number.isFinite(value)) return null;
  if (bytes === 8) {
    view.setFloat64(0, value);
    return view.getBigUint64(0);
  }
  view.setFloat32(0, value);
  return BigInt(view.getUint32(0));
}
