/** i202, i20C and i21B. Gauges repeat the head of a tank before each delivery, or give it once. */
import { type FieldReader, firstThatFits } from './fields.ts';
import { deliveryLayout } from './layouts.ts';
import type { TlsAdjusted, TlsDeliveries, TlsDelivery } from './records.ts';

export function parseDeliveries(text: string): TlsDeliveries[] {
  const head = (fields: FieldReader) => {
    const tank = fields.device();
    const product = fields.text(1).replace('?', '').trim();
    return { tank, product };
  };
  return tanksOf(text, head, readDelivery).map(({ head: { tank, product }, records }) => ({
    tank,
    product,
    deliveries: records,
  }));
}

export function parseAdjusted(text: string): TlsAdjusted[] {
  const head = (fields: FieldReader) => ({ tank: fields.device() });
  return tanksOf(text, head, readAdjusted).map(({ head: { tank }, records }) => ({
    tank,
    deliveries: records,
  }));
}

function readDelivery(fields: FieldReader): TlsDelivery {
  const start = fields.time();
  const end = fields.time();
  const { values, more, rejected } = fields.floats(deliveryLayout);
  return { start, end, ...values, more, rejected };
}

function readAdjusted(fields: FieldReader): TlsAdjusted['deliveries'][number] {
  const start = fields.time();
  const end = fields.time();
  const { more, rejected } = fields.floats([]);
  return { start, end, values: more, rejected };
}

interface Tank<Head, R> {
  readonly head: Head;
  readonly records: R[];
}

function tanksOf<Head extends { readonly tank: number }, R>(
  text: string,
  readHead: (fields: FieldReader) => Head,
  readRecord: (fields: FieldReader) => R,
): Tank<Head, R>[] {
  /** Head, count, so many records. */
  const once = (fields: FieldReader): Tank<Head, R>[] => {
    const tanks: Tank<Head, R>[] = [];
    while (!fields.done) {
      const head = readHead(fields);
      const count = fields.decimal(2);
      if (count === null) fields.skipAbsent();
      tanks.push({ head, records: Array.from({ length: count ?? 0 }, () => readRecord(fields)) });
    }
    return tanks;
  };
  /** Head and count before every record, whatever the count says. */
  const repeated = (fields: FieldReader): Tank<Head, R>[] => {
    const tanks: Tank<Head, R>[] = [];
    while (!fields.done) {
      const head = readHead(fields);
      const count = fields.decimal(2);
      if (count === null) fields.skipAbsent();
      const records = count === null || count === 0 ? [] : [readRecord(fields)];
      const last = tanks.at(-1);
      if (last && last.head.tank === head.tank) last.records.push(...records);
      else tanks.push({ head, records });
    }
    return tanks;
  };
  return firstThatFits(text, [once, repeated]);
}
