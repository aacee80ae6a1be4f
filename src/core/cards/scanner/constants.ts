/**
 * QR and bar-code scanners, 9600 8N1: UTF-8 text and CR or LF. On request they put the AIM identifier before it:
 * `]`, a letter for the symbology and a modifier (ISO/IEC 15424; `]Q3` is a QR code, `]C0` Code 128).
 */
export const maxBytes = 256;
export const aimPrefix = /^\][A-Za-z][0-9A-Za-z]/;
/** GS separates the fields of GS1 codes; every other control character tells of line noise. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
export const controlCharacter = /[\x00-\x1c\x1e\x1f\x7f-\x9f]/;
