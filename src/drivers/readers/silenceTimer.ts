/** Calls when a line has been silent long enough, as the parser asks. */
import type { Clock } from '../../core/ports.ts';
import type { MonoMs } from '../../model/units.ts';

/** A timer so late tells that the process was held up: bytes may wait unread, so the silence proves nothing. */
const lateMs = 20;

/**
 * @param due when the silence will be long enough; null: nothing waits
 * @returns `arm`: call after every byte; `stop`
 */
export function silenceTimer(
  clock: Clock,
  due: () => MonoMs | null,
  silent: () => void,
): { arm(): void; stop(): void } {
  let timer: NodeJS.Timeout | null = null;

  function armFor(milliseconds: number): void {
    stop();
    const wanted = clock.mono() + milliseconds;
    timer = setTimeout(() => {
      const at = due();
      if (at === null) return;
      const late = clock.mono() - wanted;
      if (late > lateMs) return armFor(milliseconds);
      if (clock.mono() >= at) silent();
      arm();
    }, Math.ceil(milliseconds));
  }

  function arm(): void {
    stop();
    const at = due();
    if (at !== null) armFor(Math.max(1, at - clock.mono()));
  }

  function stop(): void {
    if (timer) clearTimeout(timer);
    timer = null;
  }

  return { arm, stop };
}
