/** A small station with every shipped dispenser model, in virtual time. */
import { parse } from 'yaml';
import type { Log } from '../../../src/core/ports.ts';
import { type Member, memberSchema } from '../../../src/model/config/members.ts';
import type { DispenserProfile } from '../../../src/model/config/profile.ts';
import { type StationConfig, stationSchema } from '../../../src/model/config/station.ts';
import { ordinaryBehaviour } from '../../../src/simulator/behaviour.ts';
import { type FaultPlan, faultPresets } from '../../../src/simulator/faults.ts';
import { createForecourt } from '../../../src/simulator/forecourt.ts';
import type { Behaviour, DispensedSale } from '../../../src/simulator/options.ts';
import type { Card, ReaderPort } from '../../../src/simulator/readers/port.ts';
import { newTally } from '../../../src/simulator/tally.ts';
import { dispenserProfile } from '../../support/profiles.ts';
import { virtualTime } from '../../support/virtualTime.ts';

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

export const station: StationConfig = stationSchema.parse(
  parse(`
site: { id: T, zone: UTC }
store: { directory: x }
program: x
lines: [{ id: L, kind: modbus-tcp, host: 127.0.0.1 }]
grades: [{ id: "92" }, { id: diesel }]
devices:
  - { id: plain, profile: compac-c5000, line: L, unit: 1 }
  - { id: held, profile: generic-be32, line: L, unit: 2, writes: true }
  - { id: free, profile: generic-be32, line: L, unit: 3 }
  - { id: two, profile: generic-cdab, line: L, unit: 4 }
fuellingPoints:
  - { id: FP1, device: plain, nozzles: [{ id: "1", grade: "92" }] }
  - { id: FP2, device: held, nozzles: [{ id: "2", grade: "92" }] }
  - { id: FP3, device: held, point: 2, nozzles: [{ id: "3", grade: diesel }] }
  - { id: FP4, device: free, nozzles: [{ id: "4", grade: diesel }] }
  - { id: FP5, device: two, nozzles: [{ id: "5", hose: 1, grade: "92" }, { id: "6", hose: 2, grade: diesel }] }
`),
);

export const profiles = new Map<string, DispenserProfile>(
  station.devices.map(({ id, profile }) => [id, dispenserProfile(profile)]),
);

export const members: Member[] = Array.from({ length: 8 }, (_, n) =>
  memberSchema.parse({
    id: `M${n}`,
    vehicles: [{ plate: `P${n}`, grade: n % 2 === 0 ? '92' : 'diesel', tankLitres: 45 }],
    cards: [{ number: `62E3086CE${n}`, format: 'em40' }],
  }),
);

export interface Scan {
  readonly reader: string;
  readonly card: Card;
  readonly atMs: number;
}

export interface Changes {
  readonly seed?: number;
  readonly behaviour?: Partial<Behaviour>;
  readonly faults?: Partial<FaultPlan>;
  readonly maxSales?: number;
}

/** The forecourt with one reader of em40 cards at each point, and a hand that acknowledges held sales. */
export function forecourtInVirtualTime(changes: Changes = {}) {
  const time = virtualTime();
  const scans: Scan[] = [];
  const reader = (id: string): ReaderPort => ({
    id,
    takes: ({ format }) => format === 'em40',
    present: (card) => scans.push({ reader: id, card, atMs: time.scheduler.now() }),
  });
  const heard: DispensedSale[] = [];
  const tally = newTally();
  const forecourt = createForecourt({
    station,
    profiles,
    members,
    readers: new Map(station.fuellingPoints.map(({ id }) => [id, [reader(`R-${id}`)]])),
    seed: changes.seed ?? 1,
    behaviour: { ...ordinaryBehaviour, ...changes.behaviour },
    faults: { ...faultPresets.off, ...changes.faults },
    maxSales: changes.maxSales ?? 60,
    scheduler: time.scheduler,
    clock: time.clock,
    memory: null,
    tally,
    log: silentLog,
    onDispensed: (sale) => heard.push(sale),
  });
  function acknowledgeNowAndThen(): void {
    for (const point of forecourt.dispensers.get('held')?.points.values() ?? []) {
      if (point.display(time.scheduler.now()).state === 'completed') point.acknowledge();
    }
    time.scheduler.after(700, acknowledgeNowAndThen);
  }
  return {
    ...time,
    forecourt,
    scans,
    heard,
    tally,
    acknowledgeNowAndThen,
    /** Opens, acknowledges, and runs until all sales were made and all cars have left. */
    runToTheEnd(): void {
      forecourt.open();
      acknowledgeNowAndThen();
      time.runUntil(() => heard.length === (changes.maxSales ?? 60));
      time.advance(600_000);
    },
  };
}
