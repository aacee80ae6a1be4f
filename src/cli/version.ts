import { createRequire } from 'node:module';

/** From package.json, which stands two folders up both in `src/` and in `dist/`. */
export const version: string = (createRequire(import.meta.url)('../../package.json') as { version: string })
  .version;
