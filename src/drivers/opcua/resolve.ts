/** Texts of a profile to the node ids of a server. Runs in a worker only. */
import { type ClientSession, type NodeId, resolveNodeId } from 'node-opcua-client';
import { type Namespace, type NodeAddress, parseNode } from '../../core/opcua/nodes.ts';

export interface Resolved {
  readonly nodes: ReadonlyMap<string, NodeId>;
  /** Texts that lead to no node, with why. */
  readonly missing: ReadonlyMap<string, string>;
}

const objectsFolder = 'i=85';
const hierarchicalReferences = 'i=33';
const pathsAtOnce = 100;
const idsAtOnce = 500;
const nodeClassAttribute = 2;
const notThere = new Set(['BadNodeIdUnknown', 'BadNodeIdInvalid']);

/** Rejects when the server does not answer; nodes that are not there are told, not thrown. */
export async function resolveNodes(
  session: ClientSession,
  texts: readonly string[],
  otherwise: Namespace,
): Promise<Resolved> {
  const table = await session.readNamespaceArray();
  const nodes = new Map<string, NodeId>();
  const missing = new Map<string, string>();
  const paths: { text: string; elements: { namespaceIndex: number; name: string }[] }[] = [];
  const indexOf = (namespace: Namespace): number | null => {
    if (typeof namespace === 'number') return namespace;
    const index = table.indexOf(namespace);
    return index < 0 ? null : index;
  };
  for (const text of new Set(texts)) {
    const address = parseNode(text, otherwise);
    const absent = address === null ? 'not a node' : absentNamespace(address, indexOf);
    if (address === null || absent !== null) missing.set(text, absent ?? 'not a node');
    else if (address.kind === 'path') {
      const elements = address.segments.map(({ namespace, name }) => ({
        namespaceIndex: indexOf(namespace) ?? 0,
        name,
      }));
      paths.push({ text, elements });
    } else {
      try {
        nodes.set(text, resolveNodeId(`ns=${indexOf(address.namespace) ?? 0};${address.identifier}`));
      } catch {
        missing.set(text, 'not a node id');
      }
    }
  }
  // An identifier leads to a node only if the server knows it.
  const named = [...nodes];
  for (let from = 0; from < named.length; from += idsAtOnce) {
    const some = named.slice(from, from + idsAtOnce);
    const answers = await session.read(
      some.map(([, nodeId]) => ({ nodeId, attributeId: nodeClassAttribute })),
      0,
    );
    some.forEach(([text], index) => {
      const status = answers[index]?.statusCode.name ?? 'no answer';
      if (!notThere.has(status)) return;
      nodes.delete(text);
      missing.set(text, status);
    });
  }
  for (let from = 0; from < paths.length; from += pathsAtOnce) {
    const some = paths.slice(from, from + pathsAtOnce);
    const results = await session.translateBrowsePath(
      some.map(({ elements }) => ({
        startingNode: objectsFolder,
        relativePath: {
          elements: elements.map((targetName) => ({
            referenceTypeId: hierarchicalReferences,
            isInverse: false,
            includeSubtypes: true,
            targetName,
          })),
        },
      })),
    );
    some.forEach(({ text }, index) => {
      const result = results[index];
      const target = result?.targets?.[0]?.targetId;
      if (target) nodes.set(text, target);
      else missing.set(text, result?.statusCode.name ?? 'no answer');
    });
  }
  return { nodes, missing };
}

/** A namespace that the server does not have. */
function absentNamespace(
  address: NodeAddress,
  indexOf: (namespace: Namespace) => number | null,
): string | null {
  const named = address.kind === 'id' ? [address] : address.segments;
  const absent = named.find(({ namespace }) => indexOf(namespace) === null);
  return absent ? `the server has no namespace ${absent.namespace}` : null;
}
