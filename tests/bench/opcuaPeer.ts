/** The busy OPC UA server of `bench:opcua`, in a process of its own: every value another one every 50 ms. */
import { freePort } from '../support/freePort.ts';
import { makePair, startPeer, tankNodes } from '../support/opcuaPeer.ts';
import { busyTanks } from './opcuaSession.ts';

const pair = await makePair('bench');
const port = await freePort();
const phase = (): number => Math.floor(Date.now() / 50);
// less than the station takes for a change worth telling: what is measured is the session, not the books
const others = { Ullage: 9_000, Water: 8, Height: 1_200, Density: 740, WaterVolume: 15 };
const nodes = busyTanks.flatMap((tank) => [
  ...tankNodes(tank, () => 10_000 + (phase() % 10)).filter(({ type }) => type === 'Double'),
  ...Object.entries(others).map(([name, value]) => ({
    ...{ id: `s=Tank${tank}.${name}`, type: 'Double' as const },
    value: () => value + (phase() % 10) / 10,
  })),
]);
const peer = await startPeer({ port, pair, nodes });
process.on('disconnect', () => process.exit(0));
process.send?.({ endpoint: peer.endpoint, certificate: pair.certificate, nodes: nodes.length });
