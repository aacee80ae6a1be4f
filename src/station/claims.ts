/** Claims older than this cannot reach any window. */
export const claimsKeptMs = 3 * 3600 * 1000;
