/** Imported for what it does: texts are compared without colours and in one zone, wherever the tests run. */
process.env.TZ = 'UTC';
process.env.NO_COLOR = '1';
delete process.env.FORCE_COLOR;

/** Anything that could steer a terminal; lines may end. */
export const steers = /(?!\n)[\p{Cc}\u200b-\u200f\u202a-\u202e\u2066-\u2069]/u;

/** What somebody may have written into a name or a text to deceive. */
export const hostile = '\x1b[2J\x9b31m"=cmd|\' /C calc\'!A0"\r\n\u202eevil\u0000<script>&]]>';
