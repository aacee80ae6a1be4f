import { describe, expect, it } from 'vitest';
import { imageOf, registerKey } from '../../../src/core/registers/image.ts';
import { decodeTag, tagRange } from '../../../src/core/registers/tag.ts';
import { readerSchema } from '../../../src/model/config/station.ts';
import { byteReader } from '../../../src/simulator/readers/byteReader.ts';
import { type ByteReaderConfig, cardBytes } from '../../../src/simulator/readers/cardBytes.ts';
import { modbusReader } from '../../../src/simulator/readers/modbusReader.ts';
import type { Card } from '../../../src/simulator/readers/port.ts';
import { newTally } from '../../../src/simulator/tally.ts';
import { readerProfile } from '../../support/profiles.ts';
import { virtualTime } from '../../support/virtualTime.ts';
import { silentLog } from './support.ts';

const tcp = { id: 'R', fuellingPoints: ['FP1'], connection: { kind: 'tcp', host: '127.0.0.1', port: 1 } };
function reader(config: object): ByteReaderConfig {
  const parsed = readerSchema.parse({ ...tcp, ...config });
  if (parsed.kind === 'modbus') throw new Error('no bytes');
  return parsed;
}
const em: Card = { number: '62E3086CED', format: 'em40' };

describe('M13: the bytes of a reader', () => {
  it.each([
    [{ kind: 'rdm6300' }, em, '\x0262E3086CED08\x03'],
    [{ kind: 'line', format: 'em32' }, em, 'E3086CED\r'],
    [{ kind: 'line', format: 'wiegand26' }, em, '086CED\r'],
    [{ kind: 'line', format: 'em40', reverse: true }, em, 'ED6C08E362\r'],
    [{ kind: 'line' }, { number: '9001 0042', format: 'number' }, '90010042\r'],
    [{ kind: 'scanner' }, { number: 'FC-42', format: 'code' }, 'FC-42\r'],
    [{ kind: 'scanner', aimPrefix: true }, { number: 'FC-42', format: 'code' }, ']Q3FC-42\r'],
    [
      { kind: 'stripe', bins: ['9001'] },
      { number: '9001000012345678', format: 'stripe' },
      '\x02;9001000012345678=9912101?\r\x03',
    ],
  ] as const)('%j', (config, card, sent) => {
    expect(Buffer.from(cardBytes(reader(config), card) ?? []).toString('latin1')).toBe(sent);
  });

  it('has the BCC of the binary frame', () => {
    const card: Card = { number: '06008E6D5D', format: 'em40' };
    expect(Buffer.from(cardBytes(reader({ kind: 'em-binary' }), card) ?? []).toString('hex')).toBe(
      '020a0206008e6d5db003',
    );
  });

  it.each([
    [{ kind: 'rdm6300' }, { number: '42', format: 'number' }],
    [
      { kind: 'line', format: 'em40' },
      { number: 'E3086CED', format: 'em32' },
    ],
    [
      { kind: 'stripe', bins: ['9001'] },
      { number: '6222000012345678', format: 'stripe' },
    ],
    [{ kind: 'scanner' }, em],
  ] as const)('%j does not take %j', (config, card) => {
    expect(cardBytes(reader(config), card)).toBeNull();
  });

  it('go to every listener, and are counted as unheard when there is none', () => {
    const tally = newTally();
    const sent: Uint8Array[] = [];
    byteReader(reader({ kind: 'rdm6300' }), (bytes) => sent.push(bytes), tally, silentLog).present(em);
    byteReader(reader({ kind: 'rdm6300' }), () => 0, tally, silentLog).present(em);
    expect(sent).toHaveLength(1);
    expect(tally).toMatchObject({ scans: 1, scansUnheard: 1 });
  });
});

describe('a Modbus reader', () => {
  function readerOf(name: string) {
    const time = virtualTime();
    const profile = readerProfile(name);
    const { port, bank } = modbusReader('R', profile, time.scheduler, newTally());
    const { table, address, count } = tagRange(profile);
    const tag = () => {
      const values = bank.read(table, address, count);
      if (typeof values === 'string') throw new Error(values);
      const decoded = decodeTag(
        profile,
        imageOf(new Map(values.map((value, n) => [registerKey(table, address + n), value]))),
      );
      return decoded.ok ? decoded.text : decoded.reason;
    };
    return { ...time, port, bank, tag };
  }

  it('M13: VRD-485 shows the low bytes of a tag until they are zeroed', () => {
    const { port, bank, tag, advance } = readerOf('vrd-485');
    expect(port.takes(em)).toBe(true);
    expect(tag()).toBeNull();
    port.present(em);
    advance(100_000);
    expect(tag()).toBe('E3086CED');
    expect(bank.write('holding', 2, [1, 0])).toBe('illegal-value');
    expect(bank.write('holding', 2, [0, 0])).toBeNull();
    expect(tag()).toBeNull();
  });

  it('M13: Inveo gives nothing further until its flag is cleared, then the next card', () => {
    const { port, bank, tag, advance } = readerOf('inveo-rfid-ind');
    port.present({ number: '04A1B2C3', format: 'uid' });
    port.present({ number: '04D1E2F3', format: 'uid' });
    advance(100_000);
    expect(bank.read('coil', 1016, 1)).toEqual([1]);
    expect(tag()).toBe('04A1B2C3');
    expect(bank.write('coil', 1016, [0])).toBeNull();
    expect(bank.read('coil', 1016, 1)).toEqual([0]);
    advance(10_000);
    expect(tag()).toBe('04D1E2F3');
  });

  it('without a clear takes the tag away by itself', () => {
    const time = virtualTime();
    const { clear: _, ...profile } = readerProfile('vrd-485');
    const { port, bank } = modbusReader('R', profile, time.scheduler, newTally());
    port.present(em);
    expect(bank.read('holding', 2, 2)).not.toEqual([0, 0]);
    expect(bank.write('holding', 2, [0, 0])).toBe('illegal-address');
    time.advance(5_000);
    expect(bank.read('holding', 2, 2)).toEqual([0, 0]);
  });

  it('does not take a card that does not fit', () => {
    const { port, bank } = readerOf('vrd-485');
    expect(port.takes({ number: '42', format: 'number' })).toBe(false);
    expect(bank.read('holding', 1, 2)).toBe('illegal-address');
  });
});
