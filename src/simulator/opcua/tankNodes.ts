/** The nodes of simulated tanks: `Tank{n}.Volume` and so on, below `Objects/Tanks`. */
import type { OPCUAServer } from 'node-opcua-server';

/** One tank as the physical model has it. */
export interface TankSnapshot {
  readonly tank: number;
  readonly volumeLitres: number;
  readonly correctedLitres: number;
  readonly ullageLitres: number;
  readonly heightMm: number;
  readonly waterMm: number;
  readonly temperatureC: number;
  readonly deliveryInProgress: boolean;
}

type Library = typeof import('node-opcua-client');

const fields = {
  Volume: ({ volumeLitres }: TankSnapshot) => volumeLitres,
  CorrectedVolume: ({ correctedLitres }: TankSnapshot) => correctedLitres,
  Ullage: ({ ullageLitres }: TankSnapshot) => ullageLitres,
  Height: ({ heightMm }: TankSnapshot) => heightMm,
  Water: ({ waterMm }: TankSnapshot) => waterMm,
  Temperature: ({ temperatureC }: TankSnapshot) => temperatureC,
  DeliveryInProgress: ({ deliveryInProgress }: TankSnapshot) => deliveryInProgress,
  ProbeLost: ({ volumeLitres }: TankSnapshot) => !Number.isFinite(volumeLitres),
} as const;

/** Adds the nodes; what it returns writes the picture of now into them. */
export function addTanks(
  server: OPCUAServer,
  { DataType }: Library,
  uri: string,
  read: () => readonly TankSnapshot[],
): () => void {
  const { addressSpace } = server.engine;
  if (!addressSpace) throw new Error('the server was not initialised');
  const namespace = addressSpace.registerNamespace(uri);
  const folder = namespace.addFolder(addressSpace.rootFolder.objects, { browseName: 'Tanks' });
  const writers = new Map<number, (snapshot: TankSnapshot) => void>();
  for (const { tank } of read()) {
    const object = namespace.addObject({ organizedBy: folder, browseName: `Tank${tank}` });
    const variables = Object.entries(fields).map(([name, pick]) => {
      const isFlag = name === 'DeliveryInProgress' || name === 'ProbeLost';
      const dataType = isFlag ? DataType.Boolean : DataType.Double;
      const variable = namespace.addVariable({
        componentOf: object,
        browseName: name,
        nodeId: `s=Tank${tank}.${name}`,
        dataType,
        accessLevel: 'CurrentRead',
        userAccessLevel: 'CurrentRead',
      });
      return (snapshot: TankSnapshot) => variable.setValueFromSource({ dataType, value: pick(snapshot) });
    });
    writers.set(tank, (snapshot) => {
      for (const write of variables) write(snapshot);
    });
  }
  const refresh = (): void => {
    for (const snapshot of read()) writers.get(snapshot.tank)?.(snapshot);
  };
  refresh();
  return refresh;
}
