/**
 * Magnetic stripe readers: `[STX];PAN=YYMM...?[CR][ETX]`, track 2 of ISO/IEC 7813, where `;` starts, `=` separates and `?`
 * ends; a check character may follow. Loyalty cards often have no `=` part. A stripe that could not be read is `E`.
 * Track 1 (`%...?`), which holds a name, is passed over.
 */
export const START = 0x3b;
export const SEPARATOR = 0x3d;
export const END = 0x3f;
export const TRACK_1 = 0x25;
export const BAD_TRACK = 0x45;
/** ISO/IEC 7812: an identification number has up to 19 digits. Shorter than 8 is a broken read. */
export const minPan = 8;
export const maxPan = 19;
/** Track 2 has at most 40 characters. */
export const maxRest = 40;
