/** The members in force: who a card belongs to. Replaced as a whole when the file is read again. */
import { createHmac } from 'node:crypto';
import { identityOf } from '../core/cards/identity.ts';
import { buildDirectory, type Identified, type KnownCard } from '../core/members/directory.ts';
import type { Member } from '../model/config/members.ts';
import { type CardKey, cardKey } from '../model/ids.ts';
import type { CardRead } from '../model/readings.ts';

export interface MemberBook {
  identify(read: Pick<CardRead, 'format' | 'text'>): Identified;
  /** The card of the file with this key; null: there is none (any more). */
  card(key: CardKey): KnownCard | null;
  /** What stands for a card where a person named the member: the HMAC of the member's name. */
  keyOf(member: string): CardKey;
  member(id: string): Member | null;
  /** Every member's tier. */
  tiers(): ReadonlyMap<string, string>;
  readonly size: number;
  replace(members: readonly Member[]): void;
}

/** Cards are known by HMAC-SHA256 of their normalised number under `secret`, hex. */
export function createMemberBook(members: readonly Member[], secret: string): MemberBook {
  const hmac = (text: string): CardKey => cardKey(createHmac('sha256', secret).update(text).digest('hex'));
  let byId = new Map<string, Member>();
  let { directory } = buildDirectory([], hmac);
  const book: MemberBook = {
    identify: (read) => directory.identify(identityOf(read.format, read.text)),
    card: (key) => directory.card(key),
    keyOf: (member) => hmac(`member:${member}`),
    member: (id) => byId.get(id) ?? null,
    tiers: () => new Map([...byId].map(([id, { tier }]) => [id, tier])),
    get size() {
      return byId.size;
    },
    replace(next) {
      directory = buildDirectory(next, hmac).directory;
      byId = new Map(next.map((member) => [member.id, member]));
    },
  };
  book.replace(members);
  return book;
}
