/**
 * For `node --import`: writes the packages that a process has loaded to LOADED_MODULES when it ends; its threads to
 * LOADED_MODULES.thread.
 */
import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const packages = new Set<string>();
registerHooks({
  load(url, context, next) {
    const name = /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
    if (name) packages.add(name);
    return next(url, context);
  },
});
process.on('exit', () => {
  const { rss, heapUsed } = process.memoryUsage();
  const to = process.env.LOADED_MODULES;
  if (to)
    writeFileSync(
      isMainThread ? to : `${to}.thread`,
      JSON.stringify({ packages: [...packages].sort(), rss, heapUsed }),
    );
});
