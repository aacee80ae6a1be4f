/** M172: when to order how much of a grade, so that it fits into its tanks when it comes and comes before they run low. */
import { type Millilitres, millilitres } from '../../../model/units.ts';
import { demandOver, hoursUntilSold, span, type WeekMoment } from './cover.ts';
import { type DemandProfile, dailyDemand, demandBasis } from './profile.ts';

export interface OrderPolicy {
  readonly leadTimeHours: number;
  readonly reserveDays: number;
  /** Orders are in steps of this. */
  readonly truck: Millilitres;
}

/** A tank of the grade; the demand is of all of them together. */
export interface OrderTank {
  readonly tank: string;
  readonly volume: Millilitres;
  /** What a delivery may fill, and what is to stay in the tank. */
  readonly safeFill: Millilitres;
  readonly unusable: Millilitres;
}

export interface Order {
  /** Hours from now; 0: at once. */
  readonly withinHours: number;
  /** Expected in the ground so many hours from now. */
  readonly arrivesInHours: number;
  readonly volume: Millilitres;
  /** It comes into the reserve, or later, even when ordered now. */
  readonly urgent: boolean;
  /** In whole litres; they sum to the volume. */
  readonly split: readonly { readonly tank: string; readonly volume: Millilitres }[];
}

/** `order` null: nothing to order yet, or not known; `text` says why, or what to do. */
export interface OrderHint {
  readonly order: Order | null;
  readonly text: string;
}

const horizonHours = 24;
const litre = 1_000;
const litres = (volume: number): string => `${Math.floor(volume / litre)} L`;
const sumOf = (tanks: readonly OrderTank[], of: (tank: OrderTank) => number): number =>
  tanks.reduce((sum, tank) => sum + of(tank), 0);

export function orderHint(
  policy: OrderPolicy,
  tanks: readonly OrderTank[],
  profile: DemandProfile,
  now: WeekMoment,
): OrderHint {
  if (tanks.length === 0) return { order: null, text: 'no tank of the grade has a known level and capacity' };
  if (demandBasis(profile) === 'none') return { order: null, text: 'less than a day of sales is known' };
  const { leadTimeHours, truck } = policy;
  const usable = sumOf(tanks, (tank) => Math.max(0, tank.volume - tank.unusable));
  const reserve = Math.round(dailyDemand(profile) * policy.reserveDays);
  const untilReserve = hoursUntilSold(profile, now, usable - reserve);
  if (untilReserve === null) return { order: null, text: 'it lasts for more than 60 days' };
  const due = untilReserve - leadTimeHours;
  if (due > horizonHours) return { order: null, text: `nothing to order for ${span(due - horizonHours)}` };

  const earliest = Math.max(leadTimeHours, untilReserve);
  const arrives = whenTruckFits(policy, tanks, profile, now, earliest, usable);
  const rooms = roomsAt(tanks, demandOver(profile, now, arrives));
  const room = rooms.reduce((sum, each) => sum + each.room, 0);
  const steps = Math.floor(room / truck) * truck;
  const volume = steps > 0 ? steps : Math.floor(room / litre) * litre;
  if (volume === 0) return { order: null, text: 'the tanks have no room up to their safe fill' };
  const withinHours = Math.max(0, arrives - leadTimeHours);
  const urgent = untilReserve < leadTimeHours;
  const order: Order = {
    ...{ withinHours, arrivesInHours: arrives, urgent },
    volume: millilitres(volume),
    split: splitOf(rooms, volume, room),
  };
  return { order, text: textOf(policy, order, steps > 0, hoursUntilSold(profile, now, usable)) };
}

/** The reserve is what a delivery that does not fit yet may wait in; it waits no longer than half of it. */
function whenTruckFits(
  { truck }: OrderPolicy,
  tanks: readonly OrderTank[],
  profile: DemandProfile,
  now: WeekMoment,
  earliest: number,
  usable: number,
): number {
  const empty = hoursUntilSold(profile, now, usable) ?? earliest;
  const latest = earliest + Math.max(0, (empty - earliest) / 2);
  for (let hours = earliest; hours <= latest; hours++) {
    const rooms = roomsAt(tanks, demandOver(profile, now, hours));
    if (rooms.reduce((sum, each) => sum + each.room, 0) >= truck) return hours;
  }
  return earliest;
}

/** Up to the safe fill, after so much was sold: out of each tank as much as it has its share of what can be sold. */
function roomsAt(tanks: readonly OrderTank[], sold: number): { tank: string; room: number }[] {
  const usable = sumOf(tanks, (tank) => Math.max(0, tank.volume - tank.unusable));
  return tanks.map((tank) => {
    const own = Math.max(0, tank.volume - tank.unusable);
    const gone = usable > 0 ? Math.min(own, Math.floor((sold * own) / usable)) : 0;
    return { tank: tank.tank, room: Math.max(0, tank.safeFill - tank.volume + gone) };
  });
}

/** By the room of each tank, and never more than it. */
function splitOf(
  rooms: readonly { tank: string; room: number }[],
  volume: number,
  room: number,
): Order['split'] {
  const parts = rooms.map((each) => ({
    ...each,
    part: Math.floor((volume * each.room) / room / litre) * litre,
  }));
  let left = volume - parts.reduce((sum, each) => sum + each.part, 0);
  return parts.flatMap(({ tank, room: most, part }) => {
    const more = Math.min(left, most - part);
    left -= more;
    return part + more > 0 ? [{ tank, volume: millilitres(part + more) }] : [];
  });
}

function textOf(policy: OrderPolicy, order: Order, isWhole: boolean, empty: number | null): string {
  const { split, volume, withinHours, arrivesInHours, urgent } = order;
  const when = withinHours < 1 ? 'now' : `within ${span(withinHours)}`;
  const into =
    split.length > 1
      ? ` (${split.map((each) => `${litres(each.volume)} into ${each.tank}`).join(', ')})`
      : '';
  const room = isWhole ? '' : ` No more has room; a whole step is ${litres(policy.truck)}.`;
  const late =
    empty !== null && empty < arrivesInHours
      ? ` It runs dry in ${span(empty)}, before that: ask for an earlier delivery.`
      : urgent
        ? ' It comes into the reserve.'
        : '';
  return `Order ${litres(volume)} ${when}${into}; it has room when it comes in ${span(arrivesInHours)}.${room}${late}`;
}
