/** Records to the data of a reply in computer format: what a gauge sends. The inverse of `parser.ts`. */
import { writeDecimal, writeFloats, writeHex } from './fields.ts';
import { writeFloat } from './floats.ts';
import { deliveryLayout, inventoryLayouts } from './layouts.ts';
import { labelLength } from './parserSetup.ts';
import {
  settingFunctions,
  type TlsAlarmEvent,
  type TlsDeliveries,
  type TlsFunction,
  type TlsInventory,
  type TlsReplies,
  type TlsSetting,
  type TlsUnits,
} from './records.ts';
import { writeTime } from './times.ts';

const two = (value: number | null): string => writeDecimal(value, 2);
const productOf = (product: string): string => product || ' ';

const inventory = (layout: '201' | '214' | '21A') => (records: readonly TlsInventory[]) =>
  records
    .map((record) => {
      const values = writeFloats(inventoryLayouts[layout].map((name) => record[name]));
      return `${two(record.tank)}${productOf(record.product)}${writeHex(record.status, 4)}${values}`;
    })
    .join('');

const deliveries = (records: readonly TlsDeliveries[]) =>
  records
    .map(({ tank, product, deliveries: all }) => {
      const each = all.map((delivery) => {
        const values = writeFloats([...deliveryLayout.map((name) => delivery[name]), ...delivery.more]);
        return `${writeTime(delivery.start)}${writeTime(delivery.end)}${values}`;
      });
      return `${two(tank)}${productOf(product)}${two(all.length)}${each.join('')}`;
    })
    .join('');

const states = { cleared: '01', occurred: '02', unknown: '00' } as const;
const alarmEvents = (records: readonly TlsAlarmEvent[]) =>
  records
    .map(
      ({ category, sensor, type, device, state, time }) =>
        `${two(category)}${sensor}${two(type)}${two(device)}${states[state]}${writeTime(time)}`,
    )
    .join('');

const settings = (records: readonly TlsSetting[]) =>
  records.map(({ tank, value }) => `${two(tank)}${writeFloat(value)}`).join('');

const unitDigits = { us: '1', metric: '2', imperial: '3' } as const;
const units = (system: TlsUnits) => unitDigits[system];

const writers: { readonly [F in TlsFunction]: (records: TlsReplies[F]) => string } = {
  '101': (records) =>
    records.length === 0
      ? '000000'
      : records.map(({ category, type, device }) => two(category) + two(type) + two(device)).join(''),
  '102': (records) =>
    writeHex(records.length, 2) +
    records
      .map(({ slot, type, texts }) => two(slot) + type + texts.map((text) => text.padEnd(8)).join(''))
      .join(''),
  '111': alarmEvents,
  '112': alarmEvents,
  '201': inventory('201'),
  '214': inventory('214'),
  '21A': inventory('21A'),
  '202': deliveries,
  '20C': deliveries,
  '205': (records) =>
    records
      .map(({ tank, types }) => two(tank) + writeHex(types.length, 2) + types.map(two).join(''))
      .join(''),
  '206': (records) =>
    records
      .map(({ tank, events }) => {
        const each = events.map(({ time, type }) => writeTime(time) + writeDecimal(type, 4));
        return two(tank) + two(events.length) + each.join('');
      })
      .join(''),
  '21B': (records) =>
    records
      .map(({ tank, deliveries: all }) => {
        const each = all.map(({ start, end, values }) => {
          // The manual has 21 of them, whatever they hold.
          const floats = writeHex(values.length, 2) + values.map(writeFloat).join('');
          return writeTime(start) + writeTime(end) + floats;
        });
        return two(tank) + two(all.length) + each.join('');
      })
      .join(''),
  '21E': (records) =>
    records
      .map(({ tank, product, records: all }) => {
        const each = all.map(
          (record) =>
            writeTime(record.time) + writeFloats(inventoryLayouts['21E'].map((name) => record[name])),
        );
        return two(tank) + productOf(product) + writeDecimal(all.length, 4) + each.join('');
      })
      .join(''),
  '501': (time) => (time === null ? '' : writeTime(time)),
  '505': units,
  '517': units,
  '602': (records) =>
    records.map(({ tank, label }) => two(tank) + label.slice(0, labelLength).padEnd(labelLength)).join(''),
  '610': (records) => records.map(({ tank, minutes }) => two(tank) + two(minutes)).join(''),
  ...(Object.fromEntries(settingFunctions.map((name) => [name, settings])) as Record<
    (typeof settingFunctions)[number],
    typeof settings
  >),
};

/** @param name function, `201`; @returns what stands between the reply's time and `&&` */
export function writeReply<F extends TlsFunction>(name: F, records: TlsReplies[F]): string {
  return writers[name](records);
}
