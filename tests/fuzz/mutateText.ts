/** YAML and JSON text gone wrong as text: what no tree can express. */
import { damaged, type Rng } from './random.ts';

const laughs = (levels: number): string =>
  [
    'a0: &a0 [x,x,x,x,x,x,x,x,x]',
    ...Array.from(
      { length: levels },
      (_, n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(',')}]`,
    ),
  ].join('\n');

/** Bytes of `text` with one such fault. */
export function damagedText(rng: Rng, text: string): Buffer {
  const lines = text.split('\n');
  const at = rng.below(lines.length);
  const line = lines[at] ?? '';
  switch (rng.below(14)) {
    case 0:
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]);
    case 1:
      return Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    case 2:
      return Buffer.from(`${laughs(rng.between(1, 12))}\n${text}`);
    case 3:
      return Buffer.from(text + '['.repeat(rng.pick([10, 200, 5_000])));
    case 4: {
      const open = rng.pick(['[', '{a: ', '- ']).repeat(rng.pick([10, 500, 3_000]));
      return Buffer.from(`${text}\nextra: ${open}`);
    }
    case 5:
      return Buffer.from(text.replaceAll('\n', '\r\n').replaceAll('  ', '\t'));
    case 6:
      lines.splice(at, 1);
      break;
    case 7:
      lines.splice(at, 0, line);
      break;
    case 8:
      lines[at] = ' '.repeat(rng.below(4)) + line;
      break;
    case 9:
      lines[at] = line.replace(
        /:.*/,
        `: ${rng.pick(['&x', '*x', '!!binary aGk=', '!!js/function f', '!!set {}', '|', '>', '"', "'", '{', '? a', '<<: *x', '2026-11-22', '.inf', '.nan', '0o17', '~'])}`,
      );
      break;
    case 10:
      lines.splice(
        at,
        0,
        rng.pick([
          '---',
          '...',
          '%YAML 1.1',
          '%TAG ! tag:x,2000:',
          '<<: {a: 1}',
          '? [a, b]\n: c',
          '__proto__: {polluted: 1}',
          '\u0000',
          '\u0085',
          `${'x'.repeat(100_000)}: 1`,
        ]),
      );
      break;
    case 11:
      return Buffer.from(`${'- '.repeat(rng.pick([5, 2_000]))}x\n${text}`);
    case 12:
      return Buffer.from(`x: ${'a'.repeat(rng.pick([10, 200_000]))}\n${text}`);
    default:
      return damaged(rng, Buffer.from(text));
  }
  return Buffer.from(lines.join('\n'));
}
