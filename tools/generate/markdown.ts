/** Pieces of Markdown that the generated pages share. */

/** Text that does not break a table's cell. */
export const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

export const generatedNote = (source: string): string =>
  `<!-- Made from ${source} by \`npm run generate\`; change it there. -->`;
