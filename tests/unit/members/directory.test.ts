import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { identityOf } from '../../../src/core/cards/identity.ts';
import { buildDirectory, usualGrade } from '../../../src/core/members/directory.ts';
import { membersFileSchema } from '../../../src/model/config/members.ts';
import { cardKey } from '../../../src/model/ids.ts';
import type { CardFormat } from '../../../src/model/readings.ts';

const hmac = (text: string) => cardKey(createHmac('sha256', 'secret').update(text).digest('hex'));

function build(...members: object[]) {
  const { directory, problems } = buildDirectory(membersFileSchema.parse({ members }).members, hmac);
  return {
    directory,
    problems,
    who: (format: CardFormat, text: string) => directory.identify(identityOf(format, text)),
  };
}

const tag = '62E3086CED';
const card = (number: string, format: CardFormat = 'em40', more: object = {}) => ({
  number,
  format,
  ...more,
});

describe('whose card it is', () => {
  it('M13: one card is one card on every reader', () => {
    const { who } = build({ id: 'wang', cards: [card(tag)] });
    const strong = who('em40', tag);
    expect(strong).toMatchObject({ card: hmac(`em40:${tag}`), member: { id: 'wang' }, refusal: null });
    expect(who('em32', 'E3086CED')).toEqual(strong);
    expect(who('em32', String(0xe3086ced))).toEqual(strong);
    expect(who('wiegand26', '8,27885')).toEqual(strong);
  });

  it('M13: a card registered by its short number is found by readers that give the long one', () => {
    const { who } = build({ id: 'wang', cards: [card('086CED', 'wiegand26')] });
    expect(who('em40', tag)).toEqual(who('wiegand26', '086CED'));
    expect(who('em32', 'E3086CED')).toMatchObject({
      card: hmac('wiegand26:086CED'),
      member: { id: 'wang' },
    });
  });

  it('an unknown card keeps its own key', () => {
    const { who } = build({ id: 'wang', cards: [card(tag)] });
    expect(who('em40', '1111111111')).toEqual({
      card: hmac('em40:1111111111'),
      member: null,
      refusal: 'unknown',
      vehicle: null,
    });
    expect(who('number', tag).refusal).toBe('unknown');
  });

  it('another tag with the same low bytes is not the registered one', () => {
    const { who } = build({ id: 'wang', cards: [card(tag)] });
    expect(who('em40', 'AAE3086CED').refusal).toBe('unknown');
    expect(who('em32', 'BB086CED').refusal).toBe('unknown');
  });

  it.each(['blocked', 'lost', 'expired'] as const)(
    'M45: a %s card is refused on every reader and its member still known',
    (status) => {
      const { who } = build({
        id: 'wang',
        cards: [card(tag, 'em40', { status }), card('6001', 'number')],
      });
      expect(who('em40', tag)).toMatchObject({ member: { id: 'wang' }, refusal: status });
      expect(who('wiegand26', '086CED')).toMatchObject({ member: { id: 'wang' }, refusal: status });
      expect(who('stripe', '6001')).toMatchObject({ member: { id: 'wang' }, refusal: null });
    },
  );

  it("M45: a short number that two cards share is nobody's; the whole number still tells", () => {
    const { who, problems } = build(
      { id: 'wang', cards: [card(tag)] },
      { id: 'li', cards: [card('99E3086CED')] },
    );
    for (const read of [who('em32', 'E3086CED'), who('wiegand26', '086CED')]) {
      expect(read).toMatchObject({ member: null, refusal: 'alias-collision', vehicle: null });
    }
    expect(who('em40', tag).member?.id).toBe('wang');
    expect(who('em40', '99E3086CED').member?.id).toBe('li');
    expect(problems).toEqual([
      expect.objectContaining({ severity: 'warning', path: ['members', 1, 'cards', 0, 'number'] }),
    ]);
    expect(problems[0]?.message).toContain('members[0].cards[0]');
  });

  it.each([0, 1])(
    "M45: a card registered short that looks like another's alias is nobody's (order %i)",
    (order) => {
      const members = [
        { id: 'wang', cards: [card(tag)] },
        { id: 'li', cards: [card('086CED', 'wiegand26')] },
      ];
      const { who, problems } = build(...(order === 0 ? members : members.reverse()));
      expect(who('wiegand26', '086CED').refusal).toBe('alias-collision');
      expect(who('em40', tag).member?.id).toBe('wang');
      expect(problems).toHaveLength(1);
    },
  );

  it("a number registered twice is an error and nobody's", () => {
    const { who, problems } = build(
      { id: 'wang', cards: [card('62:e3:08:6c:ed')] },
      { id: 'li', cards: [card(tag)] },
    );
    expect(problems).toEqual([
      expect.objectContaining({ severity: 'error', path: ['members', 1, 'cards', 0, 'number'] }),
    ]);
    expect(who('em40', tag).refusal).toBe('alias-collision');
    expect(who('wiegand26', '086CED').refusal).toBe('alias-collision');
  });

  it('tells what is wrong with its place, and never a number or a plate', () => {
    const { problems } = build(
      { id: 'wang', cards: [card('77777', 'em40'), card('6001', 'number', { vehicle: '沪B999' })] },
      { id: 'wang', vehicles: [{ plate: '沪A12345' }] },
    );
    expect(problems.map(({ severity, path }) => [severity, path.join('.')])).toEqual([
      ['error', 'members.0.cards.0.number'],
      ['error', 'members.0.cards.1.vehicle'],
      ['error', 'members.1.id'],
    ]);
    expect(JSON.stringify(problems)).not.toMatch(/77777|6001|沪B999/);
  });
});

describe('members and vehicles', () => {
  const vehicles = [{ plate: '沪A·12345', grade: '92' }, { plate: '沪B 1' }];

  it("M3: a card knows its vehicle; without one, only a sole vehicle is the card's", () => {
    const { who } = build(
      { id: 'wang', vehicles, cards: [card('1', 'number', { vehicle: '沪a12345' }), card('2', 'number')] },
      { id: 'li', vehicles: [{ plate: '沪C1' }], cards: [card('3', 'number')] },
    );
    expect(who('number', '1').vehicle).toEqual(vehicles[0]);
    expect(who('number', '2').vehicle).toBeNull();
    expect(who('number', '3').vehicle?.plate).toBe('沪C1');
  });

  it('M3: members are found by plate, however it is written, and all who share it', () => {
    const { directory } = build({ id: 'wang', vehicles }, { id: 'li', vehicles: [{ plate: '沪B-1' }] });
    expect(directory.byPlate('沪A 12345').map(({ member }) => member.id)).toEqual(['wang']);
    expect(directory.byPlate('沪b1').map(({ member }) => member.id)).toEqual(['wang', 'li']);
    expect(directory.byPlate('沪Z1')).toEqual([]);
    expect(directory.member('li')?.id).toBe('li');
    expect(directory.member('nobody')).toBeNull();
  });

  it('M79: 20,000 members, and each of them is found by a short read', () => {
    const members = Array.from({ length: 20_000 }, (_, index) => ({
      id: `m${index}`,
      vehicles: [{ plate: `沪A${index}` }],
      cards: [card((0x62_0000_0000 + index * 7 + 1).toString(16).padStart(10, '0'))],
    }));
    const { directory, problems } = build(...members);
    expect(problems).toEqual([]);
    for (let index = 0; index < members.length; index += 1) {
      const read = identityOf('wiegand26', (index * 7 + 1).toString(16).padStart(6, '0'));
      if (directory.identify(read).member?.id !== `m${index}`) expect.fail(`member m${index} not found`);
    }
  });

  it('M7: the usual grade is the one of most fills, and none when two are level', () => {
    expect(usualGrade({ '92': 3, '95': 5, '0': 1 })).toBe('95');
    expect(usualGrade({ '92': 5, '95': 5, '0': 1 })).toBeNull();
    expect(usualGrade({ '92': 2, '95': 2, '0': 3 })).toBe('0');
    expect(usualGrade({})).toBeNull();
  });
});
