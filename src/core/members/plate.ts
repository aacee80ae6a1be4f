/** Plates as people write them: `沪A·12345`, `b d 1234`. */

/**
 * One form for one plate: full-width characters made plain, upper-case, blanks, dots and dashes off. Only for comparing:
 * what is shown stays as it was written.
 */
export function normalisePlate(plate: string): string {
  return plate
    .normalize('NFKC')
    .replace(/[\s.\u00b7\u2022\u2027\u2219\u22c5\u30fb\u2010-\u2015-]/g, '')
    .toUpperCase();
}
