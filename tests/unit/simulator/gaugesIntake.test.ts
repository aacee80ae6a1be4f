import { describe, expect, it } from 'vitest';
import { TlsIntake } from '../../../src/simulator/gauges/tlsIntake.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const command = (name: string, tank: string, data = '') => ({
  kind: 'command',
  command: { function: name, tank, data },
});

describe('what a simulated gauge hears', () => {
  it.each([
    ['an inquiry', null, '\x01i20100', [command('i201', '00')]],
    ['one of display format', null, '\x01I20101', [command('I201', '01')]],
    ['one with data', null, '\x01i21E012601150000', [command('i21E', '01', '2601150000')]],
    ['a setting', null, '\x01s501002601150830', [command('s501', '00', '2601150830')]],
    ['two at once', null, '\x01i20101\x01i10100', [command('i201', '01'), command('i101', '00')]],
    ['a terminator that nobody needs', null, '\x01i20101\r\n', [command('i201', '01')]],
    ['the right code', 'ABC123', '\x01ABC123i20100', [command('i201', '00')]],
    ['a wrong code', 'ABC123', '\x01XYZ123i20100', [{ kind: 'wrong-code' }]],
    ['a code that it does not want', null, '\x01ABC123i20100', [command('ABC1', '23')]],
    ['half a command and a whole one', null, '\x01i20\x01i20101', [command('i201', '01')]],
    ['an abort', null, '\x01i201\x1b', [{ kind: 'abort' }]],
  ])('%s', (_, code, text, expected) => {
    const whole = new TlsIntake(code);
    expect(whole.push(bytes(text))).toEqual(expected);
    const single = new TlsIntake(code);
    expect([...bytes(text)].flatMap((byte) => single.push(Uint8Array.of(byte)))).toEqual(expected);
  });

  it('no code where one is needed: silence when the line falls silent', () => {
    const intake = new TlsIntake('ABC123');
    expect(intake.push(bytes('\x01i20100'))).toEqual([]);
    expect(intake.waiting).toBe(true);
    expect(intake.silence()).toEqual([]);
    expect(intake.garbage).toBe(7);
  });

  it('a setting of unknown length ends with silence', () => {
    const intake = new TlsIntake(null);
    expect(intake.push(bytes('\x01s62201453B8000'))).toEqual([]);
    expect(intake.silence()).toEqual([command('s622', '01', '453B8000')]);
  });

  it('noise never fills more than its buffer, and is counted', () => {
    const intake = new TlsIntake(null);
    expect(intake.push(bytes('xyz'))).toEqual([]);
    expect(intake.push(bytes(`\x01s602${'A'.repeat(400)}`))).toEqual([]);
    expect(intake.waiting).toBe(false);
    expect(intake.garbage).toBe(3 + 404);
    expect(intake.push(bytes('\x01i10100'))).toEqual([command('i101', '00')]);
  });
});
