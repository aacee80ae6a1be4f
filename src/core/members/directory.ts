/**
 * Who has which card and which vehicle. Built as a whole from the members' file; it keeps HMACs of card numbers, never
 * the numbers. A read weaker than the registered card is found by the card's aliases; where two cards share one, nobody is.
 */
import type { Member } from '../../model/config/members.ts';
import type { CardKey } from '../../model/ids.ts';
import type { CardRefusal } from '../../model/sale.ts';
import { type CardIdentity, canonicalCard, identityOf } from '../cards/identity.ts';
import {
  type DirectoryProblem,
  looksAlike,
  memberTwice,
  notOfFormat,
  numberTwice,
  type Path,
  unknownVehicle,
} from './directoryProblems.ts';
import { normalisePlate } from './plate.ts';

export type Vehicle = Member['vehicles'][number];

/** Whose card it is. `member` is known for blocked, lost and expired cards too. */
export interface Identified {
  /** The registered card's strongest key, the same on every reader; an unknown card's own key. */
  readonly card: CardKey;
  readonly member: Member | null;
  /** Why the card cannot be credited; null: it can. */
  readonly refusal: CardRefusal | null;
  /** The card's vehicle, else the only one of the member. */
  readonly vehicle: Vehicle | null;
}

/** A card of the members' file, whatever its status. */
export interface KnownCard {
  readonly member: Member;
  /** The card's own vehicle where the file binds one, else all of the member's. */
  readonly vehicles: readonly Vehicle[];
  /** `attendant`: it names who serves and is never credited. */
  readonly role: Member['cards'][number]['role'];
}

export interface Directory {
  identify(identity: CardIdentity): Identified;
  /** By the key that `identify` gave; null: no card of the file. */
  card(key: CardKey): KnownCard | null;
  member(id: string): Member | null;
  /** Members with this plate, however it is written; more than one where a vehicle is shared. */
  byPlate(plate: string): readonly { readonly member: Member; readonly vehicle: Vehicle }[];
}

interface Registered {
  readonly card: CardKey;
  readonly member: Member;
  readonly status: Member['cards'][number]['status'];
  readonly role: KnownCard['role'];
  readonly vehicle: Vehicle | null;
  readonly path: Path;
}
type Slot = Registered | 'collision';

/** @param hmac of a normalised name such as `em40:62E3086CED`; the same at every call */
export function buildDirectory(
  members: readonly Member[],
  hmac: (text: string) => CardKey,
): { readonly directory: Directory; readonly problems: readonly DirectoryProblem[] } {
  const problems: DirectoryProblem[] = [];
  /** Cards by the key they were registered with, and by the keys under which weaker readers see them. */
  const exact = new Map<CardKey, Slot>();
  const aliases = new Map<CardKey, Slot>();
  /** First card of each weakest key: who shares a stronger alias shares this one too, so it tells every collision once. */
  const weakest = new Map<CardKey, Registered>();
  const byId = new Map<string, Member>();
  const byPlate = new Map<string, { member: Member; vehicle: Vehicle }[]>();

  members.forEach((member, index) => {
    const path = ['members', index];
    if (byId.has(member.id)) problems.push(memberTwice(member.id, path));
    else byId.set(member.id, member);
    for (const vehicle of member.vehicles) {
      const plate = normalisePlate(vehicle.plate);
      const shared = byPlate.get(plate);
      if (shared === undefined) byPlate.set(plate, [{ member, vehicle }]);
      else shared.push({ member, vehicle });
    }
    member.cards.forEach((card, n) => {
      register(member, card, [...path, 'cards', n]);
    });
  });

  function register(member: Member, card: Member['cards'][number], path: Path): void {
    if (canonicalCard(card.format, card.number) === null) {
      problems.push(notOfFormat(card.format, path));
      return;
    }
    const vehicle = vehicleOf(member, card.vehicle);
    if (card.vehicle !== undefined && vehicle === null) problems.push(unknownVehicle(member.id, path));
    const [own, ...weaker] = identityOf(card.format, card.number).lookup.map(hmac) as [CardKey, ...CardKey[]];
    const registered: Registered = { card: own, member, status: card.status, role: card.role, vehicle, path };
    const last = weaker.at(-1) ?? own;
    const other = weakest.get(last);
    if (exact.has(own)) problems.push(numberTwice(path));
    else if (other !== undefined) problems.push(looksAlike(other.path, path));
    weakest.set(last, other ?? registered);
    exact.set(own, exact.has(own) ? 'collision' : registered);
    for (const alias of weaker) aliases.set(alias, aliases.has(alias) ? 'collision' : registered);
  }

  function find(identity: CardIdentity): { slot: Slot | null; own: CardKey } {
    const [first, ...weaker] = identity.lookup;
    const own = hmac(first);
    const registered = exact.get(own);
    const seenAs = aliases.get(own);
    if (registered !== undefined && seenAs !== undefined) return { slot: 'collision', own };
    if (registered !== undefined || seenAs !== undefined) return { slot: registered ?? seenAs ?? null, own };
    // A stronger read than the card was registered by. Aliases do not count here: they are those of another full number.
    for (const name of weaker) {
      const slot = exact.get(hmac(name));
      if (slot !== undefined) return { slot, own };
    }
    return { slot: null, own };
  }

  const directory: Directory = {
    identify(identity) {
      const { slot, own } = find(identity);
      if (slot === null || slot === 'collision') {
        return {
          card: own,
          member: null,
          refusal: slot === null ? 'unknown' : 'alias-collision',
          vehicle: null,
        };
      }
      const { card, member, status, vehicle } = slot;
      return { card, member, refusal: status === 'active' ? null : status, vehicle };
    },
    card(key) {
      const slot = exact.get(key);
      if (slot === undefined || slot === 'collision') return null;
      const { member, role, vehicle } = slot;
      return { member, vehicles: vehicle === null ? member.vehicles : [vehicle], role };
    },
    member: (id) => byId.get(id) ?? null,
    byPlate: (plate) => byPlate.get(normalisePlate(plate)) ?? [],
  };
  return { directory, problems };
}

function vehicleOf(member: Member, plate: string | undefined): Vehicle | null {
  if (plate === undefined) return member.vehicles.length === 1 ? (member.vehicles[0] ?? null) : null;
  const normalised = normalisePlate(plate);
  return member.vehicles.find((vehicle) => normalisePlate(vehicle.plate) === normalised) ?? null;
}

/** The grade of most fills; null: no fills, or two grades are level, so that neither is the usual one. */
export function usualGrade(fills: Readonly<Record<string, number>>): string | null {
  let usual: string | null = null;
  let most = 0;
  for (const [grade, count] of Object.entries(fills)) {
    if (count === most) usual = null;
    if (count > most) {
      usual = grade;
      most = count;
    }
  }
  return usual;
}
