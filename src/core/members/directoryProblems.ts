/** What can be wrong in the members' file beyond its shape. No text here holds a card number or a plate. */
import type { CardFormat } from '../../model/readings.ts';

export type Path = (string | number)[];

/** `path` as in the file. A warning leaves the file usable. */
export interface DirectoryProblem {
  readonly severity: 'error' | 'warning';
  readonly path: Path;
  readonly message: string;
  readonly hint: string;
}

const howToWrite: Record<CardFormat, string> = {
  em40: 'Write 10 hex digits.',
  em32: 'Write 8 hex digits, or the 10 decimal digits printed on the card.',
  wiegand26: 'Write 6 hex digits, or FFF,NNNNN as printed on the card.',
  uid: 'Write pairs of hex digits.',
  number: 'Write plain letters and digits.',
  stripe: 'Write the digits of the card.',
  code: 'Write the text of the code.',
};

export const memberTwice = (member: string, path: Path): DirectoryProblem => ({
  severity: 'error',
  path: [...path, 'id'],
  message: `member "${member}" is in the file twice`,
  hint: 'Give each member one entry, with all cards and vehicles in it.',
});

export const notOfFormat = (format: CardFormat, path: Path): DirectoryProblem => ({
  severity: 'error',
  path: [...path, 'number'],
  message: `the number is no ${format} number`,
  hint: howToWrite[format],
});

export const numberTwice = (path: Path): DirectoryProblem => ({
  severity: 'error',
  path: [...path, 'number'],
  message: 'this card is registered before in the file',
  hint: 'One card belongs to one member: take one of the two out.',
});

export const looksAlike = (first: Path, path: Path): DirectoryProblem => ({
  severity: 'warning',
  path: [...path, 'number'],
  message: `this card and the one at ${pathText(first)} look alike to readers that give a short number; there neither is credited`,
  hint: 'If it is one card, keep only the entry with the longer number; if they are two, change one or use a reader that gives 10 hex digits.',
});

export const unknownVehicle = (member: string, path: Path): DirectoryProblem => ({
  severity: 'error',
  path: [...path, 'vehicle'],
  message: `member "${member}" has no vehicle with this plate`,
  hint: 'Add the vehicle to the member, or mend the plate.',
});

/** `members[3].cards[0]` */
function pathText(path: Path): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .slice(1);
}
