/** Looks after the disk under the books, and tells head office and the CLI how it does. */
import { existsSync } from 'node:fs';
import type { EventData } from '../model/events.ts';
import type { Instant } from '../model/units.ts';
import type { Store } from '../store/store.ts';
import { rfc3339 } from './businessDay.ts';
import type { StationContext } from './context.ts';
import type { StoreView } from './view.ts';

/** Asking the file system is no part of any sale. */
const checkEveryMs = 10_000;
const toldNote = 'replaced-told';

type StoreEvent = 'store.replaced' | 'store.space-low' | 'store.space-recovered' | 'store.writing-resumed';

/** How the store does, for `forecourt status`. */
export function storeView({ path, replaced, disk }: Store): StoreView {
  const { state, since, ...health } = disk.health();
  const kept = replaced && existsSync(replaced.keptAs);
  return {
    path,
    replaced: kept ? { ...replaced, at: rfc3339(replaced.at) } : null,
    disk: state,
    since: since === null ? null : rfc3339(since),
    ...health,
  };
}

export interface StoreWatch {
  start(): void;
  stop(): void;
}

export function createStoreWatch(context: StationContext, wake: () => void): StoreWatch {
  const { store, log, site } = context;
  let timer: NodeJS.Timeout | null = null;

  function tell(): void {
    const untold = store.disk.news();
    const replaced = store.notes.get(toldNote) === null ? store.replaced : null;
    if (untold.length === 0 && replaced === null) return;
    store.transaction(() => {
      if (replaced) {
        const { at, ...what } = replaced;
        append('store.replaced', at, { ...what, at: rfc3339(at) });
        store.notes.put(toldNote, true);
      }
      for (const { type, at, data } of untold) append(type, at, data);
    });
    store.disk.told(untold.length);
    wake();
  }

  function append<T extends StoreEvent>(type: T, at: Instant, data: EventData<T>): void {
    store.journal.append(type, site, at, context.businessDate(at), data);
  }

  /** At night no sale would find out that the disk takes writes again. */
  function tryAgain(): void {
    if (store.disk.health().state !== 'refusing') return;
    try {
      store.transaction(() => store.notes.put('disk-tried', rfc3339(context.clock.now())));
    } catch (error) {
      log.debug({ err: error }, 'the disk refuses still');
    }
  }

  function tellIfItMay(): void {
    try {
      tell();
    } catch (error) {
      // The disk has told the log already; it is tried again.
      log.debug({ err: error }, 'what became of the store could not be journalled yet');
    }
  }

  async function look(): Promise<void> {
    await store.disk.check();
    // The books may be closed by now.
    if (timer === null) return;
    tryAgain();
    tellIfItMay();
  }

  return {
    start() {
      timer = setInterval(() => void look(), checkEveryMs);
      void look();
    },
    stop() {
      if (timer) clearInterval(timer);
      timer = null;
      tellIfItMay();
    },
  };
}
