/** What no file here may hold, whatever its schema: found before anything else looks at the data. */

export interface Unfit {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint: string;
}

/** The deepest schema nests eight levels. */
const deepest = 24;
const longestText = 4096;
/** Tab and line feed may stand in a text of several lines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const controlCharacter = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

interface Place {
  readonly value: object;
  readonly key: string | number;
  readonly parent: Place | null;
  readonly depth: number;
}

/**
 * The first thing that is no plain data of sensible size, or null. Goes through everything once, without recursion: what
 * aliases share is looked at once too.
 */
export function findUnfit(plain: unknown): Unfit | null {
  const seen = new Set<object>();
  const waiting: Place[] = [];
  const look = (value: unknown, key: string | number, parent: Place | null): Unfit | null => {
    if (typeof value === 'string') {
      const fault = faultOfText(value);
      return fault && { path: pathOf(parent, key), ...fault };
    }
    if (typeof value !== 'object' || value === null || seen.has(value)) return null;
    seen.add(value);
    const depth = (parent?.depth ?? 0) + 1;
    if (depth > deepest) {
      return {
        path: pathOf(parent, key).slice(0, 8),
        message: 'is nested too deeply',
        hint: 'Check brackets and dashes here.',
      };
    }
    if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) {
      return {
        path: pathOf(parent, key),
        message: 'is of a type that is not used here',
        hint: 'Take the tag (!!) away.',
      };
    }
    waiting.push({ value, key, parent, depth });
    return null;
  };

  let unfit = look(plain, '', null);
  for (let place = waiting.pop(); place && !unfit; place = waiting.pop()) {
    const { value } = place;
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length && !unfit; index++) unfit = look(value[index], index, place);
      continue;
    }
    for (const [key, each] of Object.entries(value)) {
      const fault = faultOfText(key);
      unfit = fault
        ? { path: pathOf(place.parent, place.key), ...fault, message: `a key ${fault.message}` }
        : look(each, key, place);
      if (unfit) break;
    }
  }
  return unfit;
}

function faultOfText(text: string): Pick<Unfit, 'message' | 'hint'> | null {
  if (text.length > longestText)
    return { message: `is longer than ${longestText} characters`, hint: 'Is a quote missing?' };
  if (controlCharacter.test(text))
    return {
      message: 'holds a control character',
      hint: 'Write it anew, in an editor that shows such characters.',
    };
  return null;
}

function pathOf(parent: Place | null, key: string | number): (string | number)[] {
  const path: (string | number)[] = [];
  for (let place = parent, at = key; place; at = place.key, place = place.parent) path.unshift(at);
  return path;
}
