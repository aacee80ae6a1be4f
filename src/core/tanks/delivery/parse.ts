/** The delivery machine's memory back from the store. */
import { type CentiCelsius, centiCelsius } from '../../../model/units.ts';
import {
  at,
  type Bag,
  bag,
  inBag,
  integer,
  invalid,
  list,
  ml,
  orNull,
  text,
  version,
  word,
} from '../stored.ts';
import {
  bounds,
  type DeliveryState,
  deliveryStateVersion,
  type Episode,
  type Point,
  type Report,
  type Rise,
} from './types.ts';

const words = (from: Bag, key: string, most: number): string[] => list(from, key, word, most);
const celsius = (from: Bag, key: string): CentiCelsius => centiCelsius(integer(from, key));

/** Throws TANK_STATE_INVALID for anything that `stepDeliveries` did not make. */
export function parseDeliveries(json: unknown): DeliveryState {
  const from = bag(json, 'object');
  version(from, deliveryStateVersion);
  const each =
    <T>(of: (from: Bag) => T) =>
    (value: unknown): T =>
      of(bag(value, 'entry'));
  return {
    version: deliveryStateVersion,
    since: orNull(from, 'since', at),
    newest: orNull(from, 'newest', inBag(point)),
    offset: ml(from, 'offset'),
    recent: list(from, 'recent', each(point), bounds.recent),
    episode: orNull(from, 'episode', inBag(episode)),
    lost: orNull(
      from,
      'lost',
      inBag((lost) => ({
        since: at(lost, 'since'),
        before: inBag(point)(lost, 'before'),
        low: inBag(point)(lost, 'low'),
      })),
    ),
    pending: list(
      from,
      'pending',
      each((pending) => ({ rise: inBag(rise)(pending, 'rise'), until: at(pending, 'until') })),
      4 * bounds.pending,
    ),
    waiting: list(from, 'waiting', each(report), bounds.waiting),
    booked: list(
      from,
      'booked',
      each((booked) => ({
        key: text(booked, 'key'),
        ...{ startedAt: at(booked, 'startedAt'), endedAt: at(booked, 'endedAt') },
        left: ml(booked, 'left'),
      })),
      bounds.booked,
    ),
    seen: words(from, 'seen', bounds.seen),
    gaps: list(
      from,
      'gaps',
      each((gap) => ({ from: at(gap, 'from'), to: at(gap, 'to') })),
      bounds.gaps,
    ),
  };
}

const point = (from: Bag): Point => ({
  at: at(from, 'at'),
  volume: ml(from, 'volume'),
  dispensed: ml(from, 'dispensed'),
  at15: orNull(from, 'at15', ml),
  temperature: orNull(from, 'temperature', celsius),
});

function episode(from: Bag): Episode {
  const tail = bag(from.tail, 'tail');
  const { nets } = from;
  if (!Array.isArray(nets) || nets.length > 2 || !nets.every(Number.isSafeInteger))
    throw invalid('nets', nets);
  return {
    start: inBag(point)(from, 'start'),
    flags: words(from, 'flags', 16),
    peak: integer(from, 'peak'),
    peakVolume: integer(from, 'peakVolume'),
    last: inBag(point)(from, 'last'),
    nets,
    jump: integer(from, 'jump'),
    tail: {
      count: integer(tail, 'count'),
      sum: integer(tail, 'sum'),
      sum15: orNull(tail, 'sum15', integer),
    },
  };
}

const rise = (from: Bag): Rise => ({
  startedAt: at(from, 'startedAt'),
  endedAt: at(from, 'endedAt'),
  startVolume: ml(from, 'startVolume'),
  endVolume: ml(from, 'endVolume'),
  dispensed: ml(from, 'dispensed'),
  volumeAt15: orNull(from, 'volumeAt15', ml),
  temperature: orNull(from, 'temperature', celsius),
  flags: words(from, 'flags', 16),
});

const report = (from: Bag): Report => ({
  id: text(from, 'id'),
  startedAt: at(from, 'startedAt'),
  endedAt: at(from, 'endedAt'),
  startVolume: ml(from, 'startVolume'),
  endVolume: ml(from, 'endVolume'),
  startTemperature: orNull(from, 'startTemperature', celsius),
  endTemperature: orNull(from, 'endTemperature', celsius),
  dispensed: orNull(from, 'dispensed', ml),
});
