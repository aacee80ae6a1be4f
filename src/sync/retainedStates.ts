/** The newest state of each thing for the broker to keep: the last value wins, and no thing talks all the time. */
import type { Clock } from '../core/ports.ts';

export interface RetainedStates {
  /** The thing's state from now on. Sent at once when it may be, else at a later `tick`. */
  set(thing: string, payload: object): void;
  /** A new connection: the broker may have lost everything, so all is sent again. */
  online(): void;
  offline(): void;
  /** Sends what had to wait. */
  tick(): void;
}

interface State {
  text: string;
  /** What the broker was told on this connection. */
  told: string | null;
  toldAt: number;
}

/** `everyMs` is the least time between two messages of one thing. */
export function createRetainedStates(
  clock: Clock,
  everyMs: number,
  send: (thing: string, text: string) => void,
): RetainedStates {
  const states = new Map<string, State>();
  let connected = false;

  function tell(thing: string, state: State): void {
    const now = clock.mono();
    if (!connected || state.text === state.told || now - state.toldAt < everyMs) return;
    state.told = state.text;
    state.toldAt = now;
    send(thing, state.text);
  }
  const tick = (): void => {
    for (const [thing, state] of states) tell(thing, state);
  };

  return {
    set(thing, payload) {
      const text = JSON.stringify(payload);
      const state = states.get(thing) ?? { text, told: null, toldAt: Number.NEGATIVE_INFINITY };
      state.text = text;
      states.set(thing, state);
      tell(thing, state);
    },
    online() {
      connected = true;
      for (const state of states.values()) {
        state.told = null;
        state.toldAt = Number.NEGATIVE_INFINITY;
      }
      tick();
    },
    offline() {
      connected = false;
    },
    tick,
  };
}
