/** The tank side of the store. */
import type { Database } from 'better-sqlite3';
import { createTankAlarms, type TankAlarms } from './alarms.ts';
import { type Closings, createClosings } from './closings.ts';
import { createDeliveries, type Deliveries } from './deliveries.ts';
import { createIncidents, type Incidents } from './incidents.ts';
import { createTankLevels, type TankLevels } from './levels.ts';
import { createTankMachines, type TankMachines } from './tankMachines.ts';
import { createVolumes, type Volumes } from './volumes.ts';

export interface TankStore {
  readonly levels: TankLevels;
  readonly machines: TankMachines;
  readonly deliveries: Deliveries;
  readonly alarms: TankAlarms;
  readonly closings: Closings;
  readonly incidents: Incidents;
  readonly volumes: Volumes;
}

export const createTankStore = (db: Database): TankStore => ({
  levels: createTankLevels(db),
  machines: createTankMachines(db),
  deliveries: createDeliveries(db),
  alarms: createTankAlarms(db),
  closings: createClosings(db),
  incidents: createIncidents(db),
  volumes: createVolumes(db),
});
