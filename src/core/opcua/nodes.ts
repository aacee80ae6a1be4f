/**
 * Templates of a profile to the nodes of one tank or fuelling point.
 * Grammar of node ids: OPC 10000-6, 5.3.1.10; of browse paths: names between slashes, from the Objects folder on.
 */

/** A namespace by its index, or by its URI, which is looked up in the server's table. */
export type Namespace = number | string;

export type NodeAddress =
  | { readonly kind: 'id'; readonly namespace: Namespace; readonly identifier: string }
  | {
      readonly kind: 'path';
      readonly segments: readonly { readonly namespace: Namespace; readonly name: string }[];
    };

export interface Numbers {
  readonly tank?: number;
  readonly point?: number;
  readonly hose?: number;
}

/** Puts the numbers in. A template without its number stays as it is; the profile's schema lets none through. */
export function fillTemplate(template: string, numbers: Numbers): string {
  return template.replace(
    /\{(tank|point|hose)([+-]\d{1,3})?\}/g,
    (whole, name: keyof Numbers, change: string | undefined) => {
      const number = numbers[name];
      return number === undefined ? whole : String(number + Number(change ?? 0));
    },
  );
}

/** `otherwise`: the namespace of what names none. null: not a node. */
export function parseNode(text: string, otherwise: Namespace): NodeAddress | null {
  if (text.startsWith('/')) return parsePath(text, otherwise);
  const match = /^(?:ns=(\d{1,5});|nsu=([^;]{1,250});)?((?:i=\d{1,10}|[sgb]=.{1,400}))$/s.exec(text);
  if (match === null) return null;
  const [, index, uri, identifier = ''] = match;
  return { kind: 'id', namespace: index !== undefined ? Number(index) : (uri ?? otherwise), identifier };
}

/** The standard folder itself, which every path may be written with. */
const objects = 'Objects';

function parsePath(text: string, otherwise: Namespace): NodeAddress | null {
  const names = text.slice(1).split('/');
  if (names[0] === objects || names[0] === `0:${objects}`) names.shift();
  if (names.length === 0 || names.length > 32 || names.some((name) => name === '')) return null;
  return {
    kind: 'path',
    segments: names.map((each) => {
      const match = /^(\d{1,5}):(.+)$/s.exec(each);
      return match
        ? { namespace: Number(match[1]), name: match[2] ?? '' }
        : { namespace: otherwise, name: each };
    }),
  };
}
