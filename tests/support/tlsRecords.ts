/** Arbitrary records of TLS gauges, for each function that has a reply. */
import fc from 'fast-check';
import { allAmounts, deliveryLayout, inventoryLayouts } from '../../src/core/tls/layouts.ts';
import { settingFunctions, type TlsFunction, type TlsReplies } from '../../src/core/tls/records.ts';

const single = fc
  .float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e8), max: Math.fround(1e8) })
  .map((value) => (value === 0 ? 0 : value));
const value = fc.option(single, { freq: 5 });
const device = fc.integer({ min: 1, max: 99 });
const number = fc.integer({ min: 0, max: 99 });

/** `YYYYMMDDHHmm` */
export const gaugeTimes = fc
  .date({
    min: new Date('1980-01-01T00:00:00Z'),
    max: new Date('2079-12-31T00:00:00Z'),
    noInvalidDate: true,
  })
  .map((date) => date.toISOString().replace(/\D/g, '').slice(0, 12));

const product = fc.constantFrom('', '1', '2', '9', 'A');
const text = (most: number) =>
  fc.string({ unit: fc.constantFrom(...'ABCXYZ019 .-/&'), maxLength: most }).map((made) => made.trim());

const amounts = (layout: keyof typeof inventoryLayouts) =>
  fc.tuple(...inventoryLayouts[layout].map(() => value)).map((values) => ({
    ...Object.fromEntries(allAmounts.map((name) => [name, null])),
    ...Object.fromEntries(inventoryLayouts[layout].map((name, index) => [name, values[index] ?? null])),
    rejected: [],
  }));

const inventory = (layout: '201' | '214' | '21A') =>
  fc.array(
    fc
      .tuple(device, product, fc.option(fc.integer({ min: 0, max: 0xffff })), amounts(layout))
      // A status of ? goes with a tank of which nothing is known; alone it is read as well.
      .map(([tank, code, status, values]) => ({ ...values, tank, product: code, status })),
    { maxLength: 12 },
  );

const delivery = fc
  .tuple(
    gaugeTimes,
    gaugeTimes,
    fc.tuple(...deliveryLayout.map(() => value)),
    fc.array(single, { maxLength: 6 }),
  )
  .map(([start, end, values, more]) => ({
    start,
    end,
    ...Object.fromEntries(deliveryLayout.map((name, index) => [name, values[index] ?? null])),
    more,
    rejected: [],
  }));
const deliveries = fc.array(
  fc.record({ tank: device, product, deliveries: fc.array(delivery, { maxLength: 5 }) }),
  { maxLength: 6 },
);

const alarm = fc.record({ category: fc.integer({ min: 1, max: 99 }), type: number, device: number });
const alarmEvents = fc.array(
  fc
    .record({
      sensor: fc.constantFrom('00', '01', 'A1'),
      state: fc.constantFrom('cleared', 'occurred', 'unknown'),
      time: gaugeTimes,
    })
    .chain((event) => alarm.map((which) => ({ ...which, ...event }))),
  { maxLength: 10 },
);
const settings = fc.array(fc.record({ tank: device, value, rejected: fc.constant([]) }), { maxLength: 12 });
const units = fc.constantFrom('us', 'metric', 'imperial');

const made = {
  '101': fc.array(alarm, { maxLength: 10 }),
  '102': fc.array(
    fc.record({
      slot: number,
      type: fc.constantFrom('01', '0A', 'FF'),
      texts: fc.tuple(text(8), text(8)),
    }),
    { maxLength: 16 },
  ),
  '111': alarmEvents,
  '112': alarmEvents,
  '201': inventory('201'),
  '214': inventory('214'),
  '21A': inventory('21A'),
  '202': deliveries,
  '20C': deliveries,
  '205': fc.array(fc.record({ tank: device, types: fc.array(number, { maxLength: 20 }) }), { maxLength: 12 }),
  '206': fc.array(
    fc.record({
      tank: device,
      events: fc.array(fc.record({ time: gaugeTimes, type: fc.integer({ min: 0, max: 9999 }) }), {
        maxLength: 10,
      }),
    }),
    { maxLength: 6 },
  ),
  '21B': fc.array(
    fc.record({
      tank: device,
      deliveries: fc.array(
        fc.record({
          start: gaugeTimes,
          end: gaugeTimes,
          values: fc.array(value, { minLength: 21, maxLength: 21 }),
          rejected: fc.constant([]),
        }),
        { maxLength: 3 },
      ),
    }),
    { maxLength: 4 },
  ),
  '21E': fc.array(
    fc
      .tuple(device, product, fc.array(fc.tuple(gaugeTimes, amounts('21E')), { maxLength: 12 }))
      .map(([tank, code, records]) => ({
        tank,
        product: code,
        records: records.map(([time, values]) => ({ ...values, tank, product: code, status: null, time })),
      })),
    { maxLength: 3 },
  ),
  '501': fc.option(gaugeTimes),
  '505': units,
  '517': units,
  '602': fc.array(fc.record({ tank: device, label: text(20) }), { maxLength: 12 }),
  '610': fc.array(fc.record({ tank: device, minutes: fc.option(number) }), { maxLength: 12 }),
  ...Object.fromEntries(settingFunctions.map((name) => [name, settings])),
};

/** A function and records of it. */
export const tlsReplies: fc.Arbitrary<{ [F in TlsFunction]: readonly [F, TlsReplies[F]] }[TlsFunction]> =
  fc.oneof(
    ...Object.entries(made).map(([name, records]) =>
      (records as fc.Arbitrary<unknown>).map(
        (each) => [name, each] as unknown as readonly ['101', TlsReplies['101']],
      ),
    ),
  );
