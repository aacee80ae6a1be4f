/**
 * Veeder-Root TLS-300/350/4xx over serial or TCP: what frames are made of.
 * Source: Veeder-Root 576013-635 Rev U (TLS-3xx), 577013-950 Rev T (TLS-4xx).
 *
 * A request is SOH, the security code (six characters, where the gauge has one), six characters of function and tank,
 * data; nothing ends it. A lower-case function asks for computer format, an upper-case one for display format.
 * Computer format: SOH, function, YYMMDDHHmm, data, `&&`, four hex digits of checksum, ETX.
 * Display format: SOH, function, text, ETX; lines end in CR LF and NULs.
 */
export const SOH = 0x01;
export const ETX = 0x03;
export const ESC = 0x1b;

/** `i20100`: function and tank. */
export const codeLength = 6;
export const securityCodeLength = 6;
/** YYMMDDHHmm. */
export const timeLength = 10;
export const checksumMark = '&&';
export const checksumLength = 4;
/** SOH and ETX stand around it. The digits are the checksum of SOH and `9999`. */
export const unknownFunction = '9999FF1B';

/** The gauge's input buffer, characters. */
export const longestRequest = 128;
/** A history of months fits; more is a line that babbles. Characters. */
export const longestReply = 262_144;

/** Bits of a tank's status. */
export const statusBits = { delivery: 1, leakTest: 2, invalidHeight: 4 } as const;
