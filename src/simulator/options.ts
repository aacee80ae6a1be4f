/** What a simulation is made from, and what it says about itself. */
import type { Clock, Log } from '../core/ports.ts';
import type { Member } from '../model/config/members.ts';
import type { Profile } from '../model/config/profile.ts';
import type { StationConfig } from '../model/config/station.ts';
import type { CardFormat } from '../model/readings.ts';
import type { Instant, Millilitres, Money, UnitPrice } from '../model/units.ts';
import type { FaultKind, FaultPlan } from './faults.ts';
import type { TankOptions } from './gauges/options.ts';
import type { TankFarm } from './gauges/tankFarm.ts';

/** When a driver scans, as seen from the fuelling; `never`: has a card and leaves it in the pocket. */
export type ScanMoment = 'before' | 'during' | 'after' | 'never';

/** Durations are simulated milliseconds, drawn uniformly between the two numbers of a pair. */
export interface Behaviour {
  /** How long a fuelling point stays empty between two cars. */
  readonly emptyMs: readonly [number, number];
  /** Share of drivers by the moment they scan; the numbers are weights. */
  readonly scan: Readonly<Record<ScanMoment, number>>;
  /** From the scan to the lift for those who scan before. */
  readonly scanToLiftMs: readonly [number, number];
  /** From the hang-up to the scan for those who scan after. */
  readonly hangUpToScanMs: readonly [number, number];
  /** From the lift to the first millilitre. */
  readonly authoriseMs: readonly [number, number];
  /** Full flow of a hose, millilitres a minute. */
  readonly flow: number;
  /** Share of drivers who lift a nozzle and hang it up again without a drop. */
  readonly zeroLiftShare: number;
  /** Share of fuellings with a pause in the middle. */
  readonly pauseShare: number;
  /** Share of fuellings that stop at a round amount; as many stop at round litres as `roundLitresShare`; the rest fill up. */
  readonly roundAmountShare: number;
  readonly roundLitresShare: number;
  /** Smallest and largest full tank, millilitres. */
  readonly fillMl: readonly [number, number];
  /** Thousandths of a currency unit per litre, by grade; grades left out get a price of their own. */
  readonly prices: Readonly<Record<string, number>>;
  /** `live`: totalizers count while fuel flows; `at-end`: they jump when the nozzle is hung up. */
  readonly totalizers: 'live' | 'at-end';
  /** `near-rollover`: every volume totalizer starts again from zero within the first sales. */
  readonly totalizerStart: 'ordinary' | 'near-rollover';
  /** true: a block with one register that the map does not have is refused whole; false: holes read as zero. */
  readonly strictMap: boolean;
  /** Real milliseconds from a request's last byte to the reply's first. */
  readonly turnaroundMs: number;
}

export interface SimulationOptions {
  readonly station: StationConfig;
  /** By profile name; every device of the station must be in it. */
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly members: readonly Member[];
  readonly seed: number;
  /** 1: real time; 20: everything at the forecourt goes twenty times as fast. The wire's times stay real. */
  readonly speed: number;
  readonly faults: FaultPlan;
  /** The peer's end of a pty pair for each serial line or reader, by its id. */
  readonly serialPaths?: Readonly<Record<string, string>>;
  /** No further car comes once so many sales were made; default: no end. */
  readonly maxSales?: number;
  readonly behaviour?: Partial<Behaviour>;
  /** A file in which the dispensers keep counters and last sale from one simulation to the next; default: they start anew. */
  readonly memory?: string;
  /** What lies in the ground, and how the gauges misbehave. */
  readonly tanks?: Partial<TankOptions>;
  readonly log: Log;
  readonly clock: Clock;
  /** Called at each hang-up with fuel, before a scan that comes after it. */
  readonly onDispensed?: (sale: DispensedSale) => void;
}

/** The card of the driver. */
export interface DriverCard {
  readonly member: string;
  /** As the members' file has it. */
  readonly number: string;
  readonly format: CardFormat;
  readonly reader: string;
  readonly when: ScanMoment;
  /** null: never, or not yet at the hang-up. */
  readonly scannedAt: Instant | null;
}

/** What really came out of a hose: the truth that a journal is compared with. */
export interface DispensedSale {
  /** 1, 2, 3... in the order of the ends. */
  readonly n: number;
  readonly fuellingPoint: string;
  readonly nozzle: string;
  readonly grade: string;
  readonly volume: Millilitres;
  readonly amount: Money;
  readonly price: UnitPrice;
  /** The dispenser's own number; null where the profile has none. */
  readonly saleNumber: number | null;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  /** As the totalizer shows it: it may have rolled over, so that the end is below the start. */
  readonly totalizerStart: Millilitres;
  readonly totalizerEnd: Millilitres;
  readonly endedBy: 'hang-up' | 'reboot';
  /** null: the driver has none, or there is no reader to take it. */
  readonly card: DriverCard | null;
}

/** What a hose's totalizers counted since the simulation started, rollover taken out. */
export interface HoseTotal {
  readonly fuellingPoint: string;
  readonly nozzle: string;
  readonly volumeMl: number;
  readonly amount: number;
}

export interface SimulationStats {
  /** Requests that were understood, over all lines. */
  readonly requests: number;
  /** Answers that refused the request, injected ones included. */
  readonly exceptions: number;
  /** Bytes that belong to no request. */
  readonly garbageBytes: number;
  /** Acknowledge writes that released a sale. */
  readonly acknowledged: number;
  /** Scans written to a reader's connection, and scans nobody listened to. */
  readonly scans: number;
  readonly scansUnheard: number;
  /** Connections accepted, over all lines and readers. */
  readonly connections: number;
  readonly faultsInjected: Readonly<Record<FaultKind, number>>;
}

export interface Simulation {
  /** Listens and opens every port, then lets the first cars come. Errors: SIMULATOR_REFUSED, LINE_OPEN. */
  start(): Promise<void>;
  /** No further car comes, as if `maxSales` were made. */
  noMoreCars(): void;
  /** Closes everything; safe to call twice. */
  stop(): Promise<void>;
  readonly dispensed: readonly DispensedSale[];
  totals(): HoseTotal[];
  /** The truth of the tanks, and what their gauges show. */
  readonly tanks: Pick<TankFarm, 'shows' | 'truth' | 'deliveries' | 'drawn' | 'past'>;
  /** Fulfilled when `maxSales` were made, every point is idle again and the last card was scanned. */
  readonly done: Promise<void>;
  stats(): SimulationStats;
}
