/** Loaded before the program: writes down every module that is resolved, and in which thread, into the file that MODULE_LOG names. */
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const file = process.env.MODULE_LOG;
if (file !== undefined)
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      appendFileSync(file, `${isMainThread ? 'main' : 'thread'} ${resolved.url}\n`);
      return resolved;
    },
  });
