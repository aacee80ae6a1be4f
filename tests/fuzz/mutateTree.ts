/** Plain data that a person or a program wrote, gone wrong: keys lost, doubled, retyped, values absurd. */
import type { Rng } from './random.ts';

type Tree = unknown;
type Bag = Record<string, Tree>;

const isBag = (value: Tree): value is Bag =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const numbers = [
  -1,
  0,
  1,
  0.5,
  -0,
  1e-7,
  31,
  32,
  247,
  248,
  255,
  256,
  65_535,
  65_536,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  2 ** 53 + 2,
  1e21,
  1e308,
  -1e308,
  Number.POSITIVE_INFINITY,
  Number.NaN,
];
const texts = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\u001b[31m',
  '\u202e',
  '\ufeff',
  'é',
  '油',
  '\ud800',
  '__proto__',
  'constructor',
  'toString',
  '../../etc/passwd',
  'null',
  'true',
  '1e999',
  '0x10',
  '-0',
  '$HOME',
  '#',
  '+',
  '/',
  'a/b',
  '2026-02-30',
  '0000-00-00',
  '99:99',
  '24:00',
  `${'9'.repeat(40)}`,
  'x'.repeat(41),
  'x'.repeat(300),
  'x'.repeat(20_000),
];

/** Something else in place of a value. */
function other(rng: Rng, value: Tree): Tree {
  switch (rng.below(9)) {
    case 0:
      return rng.pick(numbers);
    case 1:
      return rng.pick(texts);
    case 2:
      return typeof value === 'number'
        ? value + rng.pick([-1, 1, 0.5, 1_000, 1e9])
        : String(value).slice(0, 50);
    case 3:
      return null;
    case 4:
      return rng.chance(0.5);
    case 5:
      return [value, value];
    case 6:
      return { value };
    case 7:
      return deep(rng.between(2, 200), value);
    default:
      return typeof value === 'string' ? value + rng.pick(texts) : [];
  }
}

function deep(levels: number, value: Tree): Tree {
  let nested = value;
  for (let n = 0; n < levels; n++) nested = n % 2 === 0 ? [nested] : { a: nested };
  return nested;
}

/** Every place that holds something: its parent and its key. */
function places(
  tree: Tree,
  found: [Bag | Tree[], string | number][] = [],
): [Bag | Tree[], string | number][] {
  if (Array.isArray(tree)) {
    tree.forEach((value, index) => {
      found.push([tree, index]);
      places(value, found);
    });
  } else if (isBag(tree)) {
    for (const [key, value] of Object.entries(tree)) {
      found.push([tree, key]);
      places(value, found);
    }
  }
  return found;
}

/** One to three faults in a copy of `original`. */
export function mutated(rng: Rng, original: Tree): Tree {
  let tree = structuredClone(original);
  for (let faults = rng.between(1, 3); faults > 0; faults--) {
    const all = places(tree);
    if (all.length === 0 || rng.chance(0.01)) {
      tree = other(rng, tree);
      continue;
    }
    const [parent, key] = rng.pick(all);
    if (Array.isArray(parent)) mutateList(rng, parent, Number(key));
    else mutateBag(rng, parent, String(key), all);
  }
  return tree;
}

function mutateList(rng: Rng, list: Tree[], at: number): void {
  const roll = rng.below(4);
  if (roll === 0) list.splice(at, 1);
  else if (roll === 1) list.push(structuredClone(list[at]));
  else if (roll === 2 && rng.chance(0.1)) for (let n = 0; n < 300; n++) list.push(list[at]);
  else list[at] = other(rng, list[at]);
}

function mutateBag(rng: Rng, bag: Bag, key: string, all: readonly [Bag | Tree[], string | number][]): void {
  const roll = rng.below(8);
  if (roll === 0) delete bag[key];
  else if (roll === 1) {
    const [from, name] = rng.pick(all);
    bag[key] = structuredClone((from as Bag)[name]);
  } else if (roll === 2) {
    const name = rng.chance(0.5) ? `${key}x` : rng.pick(texts);
    Object.defineProperty(bag, name, {
      value: bag[key],
      enumerable: true,
      writable: true,
      configurable: true,
    });
  } else if (roll === 3) {
    bag[key.slice(0, -1) || 'k'] = bag[key];
    delete bag[key];
  } else bag[key] = other(rng, bag[key]);
}
