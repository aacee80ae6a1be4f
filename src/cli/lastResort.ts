/**
 * What nothing has caught: the state of the process is unknown, so it is told, recorded and ended; systemd starts it again.
 * What comes from a device, a client or the broker never gets here: each has a boundary of its own.
 */
import type { Log } from '../core/ports.ts';
import { asForecourtError } from '../model/errors.ts';

/** Of sysexits.h: an internal software error. */
const exitCode = 70;

/** @param record keeps note of the reason in the books; what it throws is told too */
export function installLastResort(log: Log, record: (reason: string) => void): void {
  let ending = false;
  const end = (kind: string) => (error: unknown) => {
    if (ending) return;
    ending = true;
    const failure = asForecourtError(error);
    log.error({ code: failure.code, err: error }, `${kind}: the station ends and is to be started again`);
    try {
      record(`defect: ${failure.message.slice(0, 200)}`);
    } catch (second) {
      log.error({ err: second }, 'the defect could not be recorded');
    }
    process.exit(exitCode);
  };
  process.on('uncaughtException', end('an exception that nothing caught'));
  process.on('unhandledRejection', end('a rejected promise that nothing took'));
}
