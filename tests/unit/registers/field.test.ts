import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeField,
  encodeField,
  type FieldValue,
  fieldRange,
  type Place,
} from '../../../src/core/registers/field.ts';
import { imageOf, type RegisterMap, registerKey } from '../../../src/core/registers/image.ts';
import { type WordOrder, wordsToBits } from '../../../src/core/registers/words.ts';
import { type Field, fieldSchema, registersOf } from '../../../src/model/config/field.ts';

const place: Place = { order: 'ABCD', addressBase: 0, pointOffset: 0, hoseIndex: 0 };
const orders: readonly WordOrder[] = ['ABCD', 'CDAB', 'BADC', 'DCBA'];
const field = (fields: object): Field => fieldSchema.parse({ address: 10, ...fields });

function registers(words: readonly number[], table = 'holding' as const): RegisterMap {
  return new Map(words.map((word, n) => [registerKey(table, 10 + n), word]));
}

const decode = (fields: object, words: readonly number[], at = place) =>
  decodeField(field(fields), at, imageOf(registers(words)));

function written(definition: Field, value: FieldValue, at = place): RegisterMap {
  return new Map(
    encodeField(definition, at, value).map((each) => [registerKey(each.table, each.address), each.value]),
  );
}

const integers: Record<string, fc.Arbitrary<bigint>> = {
  u16: fc.bigInt({ min: 0n, max: 0xffffn }),
  i16: fc.bigInt({ min: -0x8000n, max: 0x7fffn }),
  u32: fc.bigInt({ min: 0n, max: 0xffffffffn }),
  i32: fc.bigInt({ min: -0x80000000n, max: 0x7fffffffn }),
  u64: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  i64: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
};
const floats: Record<string, fc.Arbitrary<string>> = {
  f32: fc.float({ noNaN: true, noDefaultInfinity: true }).map((x) => shortest(x)),
  f64: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
};
/** What a decimal of at most nine digits must become for the same f32. */
function shortest(x: number): string {
  const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9].find((n) => Math.fround(Number(x.toPrecision(n))) === x);
  return String(Number(x.toPrecision(digits)));
}
/** Text with no blanks at its ends. */
const printable = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((c) => String.fromCharCode(c)),
  minLength: 1,
  maxLength: 8,
});

describe('a field written is the field read', () => {
  const everyType: [object, fc.Arbitrary<bigint | string>][] = [
    ...Object.entries(integers).map(([type, values]): [object, fc.Arbitrary<bigint>] => [{ type }, values]),
    ...Object.entries(floats).map(([type, values]): [object, fc.Arbitrary<string>] => [{ type }, values]),
    ...[1, 2, 3, 4, 5, 8, 16].map((n): [object, fc.Arbitrary<bigint>] => [
      { type: 'bcd', registers: n },
      fc.bigInt({ min: 0n, max: 10n ** BigInt(4 * n) - 1n }),
    ]),
    [{ type: 'ascii', registers: 4 }, printable],
    [{ type: 'u16', mask: 0x0ff0, shift: 4 }, fc.bigInt({ min: 0n, max: 0xffn })],
    [{ type: 'u32', mask: 0x00ffff00, shift: 8 }, fc.bigInt({ min: 0n, max: 0xffffn })],
    [{ type: 'bcd', registers: 2, mask: 0x0fffffff }, fc.bigInt({ min: 0n, max: 9_999_999n })],
    ...[0, 7, 15].map((bit): [object, fc.Arbitrary<bigint>] => [
      { type: 'bit', bit },
      fc.constantFrom(0n, 1n),
    ]),
    [{ type: 'bit', table: 'coil' }, fc.constantFrom(0n, 1n)],
  ];
  it.each(everyType.flatMap(([fields, values]) => orders.map((order) => [fields, order, values] as const)))(
    '%j %s',
    (fields, order, values) => {
      const definition = field({ ...fields, order });
      fc.assert(
        fc.property(values, (value) => {
          expect(decodeField(definition, place, imageOf(written(definition, value)))).toEqual({
            ok: true,
            value,
          });
        }),
      );
    },
  );

  it('any registers read as an integer are written back as they were', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(integers)),
        fc.constantFrom(...orders),
        fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 4, maxLength: 4 }),
        (type, order, words) => {
          const definition = field({ type, order });
          const image = registers(words.slice(0, registersOf(definition)));
          const decoded = decodeField(definition, place, imageOf(image));
          expect(decoded.ok && written(definition, decoded.value)).toEqual(image);
        },
      ),
    );
  });
});

describe('word orders', () => {
  // 0x0A0B0C0D, as Modbus maps document the four orders
  const layouts: [WordOrder, number[]][] = [
    ['ABCD', [0x0a0b, 0x0c0d]],
    ['CDAB', [0x0c0d, 0x0a0b]],
    ['BADC', [0x0b0a, 0x0d0c]],
    ['DCBA', [0x0d0c, 0x0b0a]],
  ];
  it.each(layouts)('%s of a 32-bit value', (order, words) => {
    expect(decode({ type: 'u32', order }, words)).toEqual({ ok: true, value: 0x0a0b0c0dn });
  });

  it.each([
    ['ABCD', [0x0102, 0x0304, 0x0506, 0x0708]],
    ['CDAB', [0x0708, 0x0506, 0x0304, 0x0102]],
    ['BADC', [0x0201, 0x0403, 0x0605, 0x0807]],
    ['DCBA', [0x0807, 0x0605, 0x0403, 0x0201]],
  ] as [WordOrder, number[]][])('%s of a 64-bit and of a 48-bit value', (order, words) => {
    expect(wordsToBits(words, order)).toBe(0x0102030405060708n);
    const reversed = order === 'CDAB' || order === 'DCBA';
    expect(wordsToBits(reversed ? words.slice(1) : words.slice(0, 3), order)).toBe(0x010203040506n);
  });

  it('a 16-bit value only swaps its bytes', () => {
    const read = orders.map((order) => decode({ order }, [0x1234]));
    expect(read.map((each) => each.ok && each.value)).toEqual([0x1234n, 0x1234n, 0x3412n, 0x3412n]);
  });

  it('text keeps its registers in order in every profile', () => {
    expect(decode({ type: 'ascii', registers: 2, order: 'CDAB' }, [0x4142, 0x4344])).toEqual({
      ok: true,
      value: 'ABCD',
    });
    expect(decode({ type: 'ascii', registers: 2, order: 'DCBA' }, [0x4241, 0x4443])).toEqual({
      ok: true,
      value: 'ABCD',
    });
  });

  it("a field's own order goes before the profile's", () => {
    const at = { ...place, order: 'CDAB' } as const;
    expect(decode({ type: 'u32' }, [1, 0], at)).toEqual({ ok: true, value: 1n });
    expect(decode({ type: 'u32', order: 'ABCD' }, [1, 0], at)).toEqual({ ok: true, value: 0x10000n });
  });
});

describe('values that are none', () => {
  it('a nibble above 9 is not BCD', () => {
    expect(decode({ type: 'bcd', registers: 2 }, [0x12a4, 0x5678])).toEqual({
      ok: false,
      reason: '0x12a45678 is not BCD',
    });
  });
  it.each([
    ['f32', [0x7fc0, 0]],
    ['f32', [0xff80, 0]],
    ['f64', [0x7ff0, 0, 0, 0]],
  ])('%s not-a-number and infinity', (type, words) => {
    expect(decode({ type }, words)).toEqual({ ok: false, reason: 'not a number' });
  });
  it('control characters are not text; blanks and NULs are no value', () => {
    expect(decode({ type: 'ascii', registers: 1 }, [0x0741]).ok).toBe(false);
    expect(decode({ type: 'ascii', registers: 2 }, [0x4100, 0x0041]).ok).toBe(false);
    expect(decode({ type: 'ascii', registers: 2 }, [0x2020, 0])).toEqual({ ok: true, value: null });
  });
  it.each([
    [{ absent: [0xffff] }, [0xffff]],
    [{ type: 'i16', absent: [-1] }, [0xffff]],
    [{ type: 'u32', absent: [0xffffffff] }, [0xffff, 0xffff]],
    [{ type: 'bcd', registers: 2, absent: [0xffffffff] }, [0xffff, 0xffff]],
    [{ type: 'f32', absent: [0x7fc00000] }, [0x7fc0, 0]],
    [{ mask: 0x00f0, shift: 4, absent: [15] }, [0x12f4]],
  ])('%j is absent in %j, and written so', (fields, words) => {
    expect(decode(fields, words)).toEqual({ ok: true, value: null });
    const again = written(field(fields), null);
    expect(decodeField(field(fields), place, imageOf(again))).toEqual({ ok: true, value: null });
  });
});

describe('floats become the decimal that was meant', () => {
  it.each([
    [[0x4145_0000], '12.3125'],
    [[0x4145_70a4], '12.34'],
    [[0x4b7f_ffff], '16777215'],
    [[0x3dcc_cccd], '0.1'],
    [[0x8000_0000], '0'],
  ])('f32 %j is %s', ([bits], text) => {
    expect(decode({ type: 'f32' }, [(bits ?? 0) >>> 16, (bits ?? 0) & 0xffff])).toEqual({
      ok: true,
      value: text,
    });
  });
  it('f64 1.005', () => {
    expect(decode({ type: 'f64' }, [0x3ff0, 0x147a, 0xe147, 0xae14])).toEqual({ ok: true, value: '1.005' });
  });
});

describe('where a field is', () => {
  it('takes the base off and adds point and hose', () => {
    const definition = field({ type: 'u32', address: 101, hoseStride: 10 });
    const at = { order: 'ABCD', addressBase: 1, pointOffset: 200, hoseIndex: 2 } as const;
    expect(fieldRange(definition, at)).toEqual({ table: 'holding', address: 320, count: 2, whole: true });
  });
});

describe('a value that does not fit is refused', () => {
  it.each([
    [{ type: 'u16' }, 65536n],
    [{ type: 'u16' }, -1n],
    [{ type: 'i16' }, 32768n],
    [{ type: 'bcd', registers: 1 }, 10000n],
    [{ type: 'u16', mask: 0x00f0, shift: 4 }, 16n],
    [{ type: 'bit', bit: 3 }, 2n],
    [{ type: 'u16' }, 'text'],
    [{ type: 'f32' }, '1e39'],
    [{ type: 'ascii', registers: 1 }, 'abc'],
  ])('%j %s', (fields, value) => {
    expect(() => encodeField(field(fields), place, value)).toThrow(
      expect.objectContaining({ code: 'FIELD_UNENCODABLE' }),
    );
  });
});

describe('a field that makes no sense is refused by the schema', () => {
  it.each([
    [{ type: 'bcd' }, 'needs `registers`'],
    [{ type: 'bit' }, 'needs `bit`'],
    [{ table: 'coil' }, 'holds one bit'],
    [{ type: 'u32', registers: 2 }, 'is fixed'],
    [{ type: 'f32', decimals: 2 }, 'its own decimal point'],
    [{ type: 'ascii', registers: 2, mask: 15 }, 'no mask'],
  ])('%j', (fields, message) => {
    const parsed = fieldSchema.safeParse({ address: 10, ...fields });
    expect(parsed.error?.issues[0]?.message).toContain(message);
  });
});
