/** What a broker does to a station meanwhile: dies and comes back, or says nothing for a while. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker } from './broker.ts';
import { until } from './children.ts';
import type { Feed } from './feed.ts';
import type { Dice } from './random.ts';

export interface Flaps {
  readonly killed: number;
  readonly paused: number;
  /** Fulfilled when the broker is well again. */
  stop(): Promise<void>;
}

export function startFlaps(broker: Broker, feed: Feed, dice: Dice): Flaps {
  const ending = new AbortController();
  let killed = 0;
  let paused = 0;

  async function killOnce(): Promise<void> {
    const before = feed.read().subscribed;
    await broker.kill();
    killed += 1;
    await sleep(dice.between(50, 1_500));
    await broker.start();
    // A broker that dies again before its subscriber is back may lose from memory what it has confirmed: that would be
    // its loss, not the station's, and is not what is looked for here.
    await until('the subscriber is back', () => feed.read().subscribed > before, 30_000, 100);
    await broker.save();
  }

  async function pauseOnce(): Promise<void> {
    broker.pause();
    paused += 1;
    await sleep(dice.between(100, 2_500));
    broker.resume();
  }

  async function flap(): Promise<void> {
    while (!ending.signal.aborted) {
      await sleep(dice.between(2_000, 8_000), undefined, { signal: ending.signal }).catch(() => {});
      if (ending.signal.aborted) return;
      await (dice.chance(0.6) ? killOnce() : pauseOnce());
    }
  }
  const running = flap();
  running.catch(() => {}); // told by stop

  return {
    get killed() {
      return killed;
    },
    get paused() {
      return paused;
    },
    async stop() {
      ending.abort();
      await running;
    },
  };
}
