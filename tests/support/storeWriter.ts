/** A process that records sales until it is killed: `node storeWriter.ts DIRECTORY`. Prints each sequence number once it is committed. */
import { writeSync } from 'node:fs';
import { saleKey } from '../../src/model/ids.ts';
import { instant, millilitres, monoMs, points } from '../../src/model/units.ts';
import { openStore } from '../../src/store/store.ts';

const [directory = ''] = process.argv.slice(2);
const quiet = () => {};
const clock = { now: () => instant(Date.now()), mono: () => monoMs(performance.now()) };
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const store = openStore({ directory, site: 'test-1', clock, log });

for (let n = store.feed.head('business') + 1; ; n++) {
  const at = clock.now();
  const key = saleKey(`1:1:${n}`);
  const { seq } = store.transaction(() => {
    store.sales.insert(
      {
        key,
        fuellingPoint: '1',
        nozzle: '1',
        grade: '92',
        tank: null,
        volume: millilitres(1000),
        amount: null,
        price: null,
        liftedAt: null,
        startedAt: null,
        endedAt: at,
        totalizerStart: millilitres(n * 1000),
        totalizerEnd: millilitres(n * 1000 + 1000),
        saleNumber: null,
        endCode: null,
        quality: 'seen',
        flags: [],
      },
      { businessDate: '2026-11-22', recordedAt: at, attribution: { kind: 'unclaimed', reason: 'no card' } },
    );
    const postings = [
      { account: 'member', points: points(1) },
      { account: 'program', points: points(-1) },
    ];
    store.ledger.post({ id: `credit:${key}`, sale: key, at, postings });
    return store.journal.append('station.stopped', key, at, '2026-11-22', { reason: 'y'.repeat(n % 2000) });
  });
  // Written at once: a stream would keep lines back that the kill then loses.
  writeSync(1, `${seq}\n`);
}
