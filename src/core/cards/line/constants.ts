/**
 * One number a line in ASCII, from many makers. Wiegand converters: `XXYYZZ` CR, or 10 decimal digits CR LF, 9600 8N1.
 * SP-D300: STX and 4 hex digits, 38400 baud, and no end: only silence tells that the text is complete.
 */
export const maxText = 64;
