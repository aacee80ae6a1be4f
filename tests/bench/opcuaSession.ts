/** One busy session: 200 nodes watched at 100 ms. */
import type { OpcuaServerConfig } from '../../src/model/config/opcua.ts';
import { opcuaServerSchema } from '../../src/model/config/opcua.ts';

export const busyTanks = Array.from({ length: 25 }, (_, index) => index + 1);
export const publishingMs = 100;

export const busyServer = (endpoint: string): OpcuaServerConfig =>
  opcuaServerSchema.parse({ id: 'plc', endpoint, profile: 'bench-opcua', publishingMs });

/** The parts of a station's file; its profile is in `tests/bench/sale`. */
export const busyStation = (endpoint: string): object => ({
  opcua: [{ id: 'plc', endpoint, profile: 'bench-opcua', publishingMs }],
  gauges: [{ id: 'G1', kind: 'opcua', server: 'plc' }],
  tanks: busyTanks.map((tank) => ({ id: `T${tank}`, grade: '92', gauge: { gauge: 'G1', tank } })),
});
