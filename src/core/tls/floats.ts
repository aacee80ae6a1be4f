/** Eight hex digits of an IEEE 754 single, most significant first. `00000000` is 0. */

const view = new DataView(new ArrayBuffer(4));
/** No quantity of a tank is greater, in whatever unit. */
const greatest = 1e9;

/** A field of a reply: its value, null where the gauge has none, or why it cannot be one. */
export type FloatField = number | null | { readonly rejected: string };

/** @param text eight characters; `?` in all of them: the gauge has no value */
export function readFloat(text: string): FloatField {
  if (/^\?{8}$/.test(text)) return null;
  if (!/^[0-9A-Fa-f]{8}$/.test(text)) return { rejected: 'no hex digits' };
  view.setUint32(0, Number.parseInt(text, 16));
  const value = view.getFloat32(0);
  if (!Number.isFinite(value)) return { rejected: 'not a finite number' };
  if (Math.abs(value) > greatest) return { rejected: 'beyond all measure' };
  // Minus zero is nobody's level.
  return value === 0 ? 0 : value;
}

/** The nearest single; null: eight `?`. */
export function writeFloat(value: number | null): string {
  if (value === null) return '????????';
  view.setFloat32(0, value === 0 ? 0 : value);
  return view.getUint32(0).toString(16).toUpperCase().padStart(8, '0');
}
