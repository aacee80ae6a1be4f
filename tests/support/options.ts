/** Options of the instruments (`npm run torture`, `fuzz`, `bench:...`): `--help` tells them, a wrong one is told with them. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

type Values<T extends ParseArgsOptionsConfig> = ReturnType<typeof parseArgs<{ options: T }>>['values'];

/** Exit code 0 after `--help`, 2 after an option that is not in `options`. */
export function optionsOf<const T extends ParseArgsOptionsConfig>(usage: string, options: T): Values<T> {
  try {
    const { values } = parseArgs({ options: { ...options, help: { type: 'boolean' } } });
    if (!('help' in values)) return values as Values<T>;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exit(2);
  }
}
