/**
 * Runs before the daemon (`node --import`): its system clock is off by so many milliseconds as the file that TEST_CLOCK names
 * says, read anew at every look; with TEST_BOOT the machine is in the boot of that name. The monotonic clock stays true.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { TEST_CLOCK: file = '', TEST_BOOT: boot } = process.env;
const read = fs.readFileSync;
const now = Date.now;

Date.now = () => now() + Number(read(file, 'utf8') || 0);

if (boot !== undefined) {
  const readOther = (path: fs.PathOrFileDescriptor, options: BufferEncoding) =>
    path === '/proc/sys/kernel/random/boot_id' ? boot : read(path, options);
  fs.readFileSync = readOther as typeof fs.readFileSync;
  syncBuiltinESMExports();
}
