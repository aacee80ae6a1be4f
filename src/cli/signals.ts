/** Resolves with the name of the signal that asks the process to end; a second one ends it at once. `onHangup` runs on SIGHUP. */
export function untilSignal(onHangup: () => void = () => {}): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    const end = (signal: NodeJS.Signals): void => {
      if (asked) process.exit(130);
      asked = true;
      resolve(signal);
    };
    process.on('SIGINT', end);
    process.on('SIGTERM', end);
    process.on('SIGHUP', onHangup);
  });
}
