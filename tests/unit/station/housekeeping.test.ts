import { expect, it } from 'vitest';
import { instant } from '../../../src/model/units.ts';
import { pruneStore } from '../../../src/station/housekeeping.ts';
import { appendBusiness, appendTelemetry } from '../../support/publishing.ts';
import { aClaim, aSale, recordSale, startedAt, tempStore } from '../../support/tempStore.ts';

const retention = { retentionDays: 10, telemetryDays: 2 };
const day = 24 * 3_600_000;
const old = instant(startedAt);

it('lets go of scans of no sale and of told events past their time, and of nothing else', () => {
  const store = tempStore();
  appendBusiness(store, 300);
  appendTelemetry(store, 300);
  store.transaction(() => {
    store.claims.put(aClaim({ id: 'open', at: old }));
    store.claims.put(aClaim({ id: 'fresh', at: instant(startedAt + 10 * day) }));
    store.claims.put(aClaim({ id: 'used', at: old }));
    recordSale(store, aSale());
    store.claims.use('used', aSale().key);
  });
  expect(pruneStore(store, retention, startedAt + day)).toBe(0);
  // Telemetry is old, the newest row stays; business events are not told yet.
  expect(pruneStore(store, retention, startedAt + 3 * day)).toBe(299);
  store.feed.moveCursor('business', 'published', 200);
  expect(pruneStore(store, retention, startedAt + 11 * day)).toBe(200 + 1);
  expect(store.claims.get('open')).toBeNull();
  expect(store.claims.get('fresh')).not.toBeNull();
  expect(store.claims.get('used')).not.toBeNull();
  expect(store.check()).toEqual({ ok: true, problems: [] });
});

it('forgets the notes of events that are gone, and keeps the others', () => {
  const store = tempStore();
  appendBusiness(store, 100);
  store.feed.setAside('business', 10, 'refused');
  store.feed.setAside('business', 90, 'refused');
  store.feed.moveCursor('business', 'published', 50);
  pruneStore(store, retention, startedAt + 11 * day);
  expect(store.setAside.list(9)).toMatchObject([{ seq: 90 }]);
});

it('keeps the totals of all sales as they are recorded', () => {
  const store = tempStore();
  recordSale(store, aSale());
  recordSale(store, aSale());
  recordSale(store, aSale({ key: `${aSale().key}-2` as never, amount: null }));
  expect(store.sales.totals()).toEqual({ count: 2, volume: 80_000, amount: 31_396 });
  expect(store.check().problems).toEqual([]);
});
