/**
 * Makes the files that follow from the code: JSON Schemas for editors, the feed's contract, reference pages.
 * `npm run generate` writes them; with --check nothing is written, drifted files are named and the exit code is 1.
 */
import { configSchemas } from './generate/configSchemas.ts';
import { configurationPage } from './generate/configurationPage.ts';
import { errorsPage } from './generate/errorsPage.ts';
import { feed } from './generate/feed.ts';
import { bringUpToDate, drifted } from './generate/output.ts';

const outputs = [...configSchemas(), ...feed(), errorsPage(), configurationPage()];
/** Folders that hold generated files only: whatever else lies there is drift. */
const folders = ['config/schemas', 'docs/feed'];

if (process.argv.includes('--check')) {
  const files = drifted(outputs, folders);
  for (const file of files) console.error(`${file} does not follow the code; run: npm run generate`);
  process.exitCode = files.length > 0 ? 1 : 0;
} else {
  for (const file of bringUpToDate(outputs, folders)) console.log(file);
}
