/** The station as nodes, read-only: `Objects/Station/Tanks/{id}/Volume` and so on. Runs in a worker only. */
import {
  DataType,
  type StatusCode,
  StatusCodes,
  VariantArrayType,
  type VariantOptions,
} from 'node-opcua-client';
import type { OPCUAServer } from 'node-opcua-server';
import type { FuellingPointState, TankState } from '../../model/states.ts';
import type { ExportSnapshot } from './messages.ts';

export const exportNamespace = 'urn:forecourt:station';

type Value = VariantOptions & { readonly dataType: DataType };
type Fields<T> = Readonly<Record<string, (thing: T) => Value>>;

/** SCADA people think in litres, millimetres and degrees. null is no value, and its status says so. */
const double = (value: number | null, divisor: number): Value => ({
  dataType: DataType.Double,
  value: value === null ? null : value / divisor,
});
const text = (value: string | null): Value => ({ dataType: DataType.String, value: value ?? '' });
const flag = (value: boolean): Value => ({ dataType: DataType.Boolean, value });
const time = (value: string | null): Value => ({
  dataType: DataType.DateTime,
  value: value === null ? null : new Date(value),
});

const tankFields: Fields<TankState> = {
  Grade: (tank) => text(tank.grade),
  Quality: (tank) => text(tank.quality),
  Reason: (tank) => text(tank.reason),
  Volume: (tank) => double(tank.volumeMl, 1000),
  VolumeAt15: (tank) => double(tank.volumeAt15Ml, 1000),
  Capacity: (tank) => double(tank.capacityMl, 1000),
  Ullage: (tank) => double(tank.ullageMl, 1000),
  Water: (tank) => double(tank.waterTenthMm, 10),
  Temperature: (tank) => double(tank.temperatureCentiC, 100),
  CoverHours: (tank) => double(tank.coverHours, 1),
  DeliveryInProgress: (tank) => flag(tank.delivery),
  Alarms: (tank) => text(tank.alarms.join(', ')),
  MeasuredAt: (tank) => time(tank.at),
};
/** These are as good as the reading. */
const measured = new Set(['Volume', 'VolumeAt15', 'Ullage', 'Water', 'Temperature']);

const pointFields = (currencyDecimals: number): Fields<FuellingPointState> => ({
  State: (point) => text(point.state),
  Nozzle: (point) => text(point.nozzle),
  Grade: (point) => text(point.grade),
  Volume: (point) => double(point.volumeMl, 1000),
  Amount: (point) => double(point.amount, 10 ** currencyDecimals),
  Price: (point) => double(point.price, 1000),
  CardWaits: (point) => flag(point.card),
  At: (point) => time(point.at),
});

type Alarms = ExportSnapshot['alarms'];
const array = (dataType: DataType, value: readonly unknown[]): Value => ({
  dataType,
  arrayType: VariantArrayType.Array,
  value: [...value],
});
/** Alarms that stand, as arrays of one length: the same place is the same alarm. */
const alarmFields: Fields<Alarms> = {
  Standing: (alarms) => ({ dataType: DataType.UInt32, value: alarms.length }),
  Unacknowledged: (alarms) => ({
    dataType: DataType.UInt32,
    value: alarms.filter(({ acknowledged }) => !acknowledged).length,
  }),
  Numbers: (alarms) =>
    array(
      DataType.UInt32,
      alarms.map(({ number }) => number),
    ),
  Subjects: (alarms) =>
    array(
      DataType.String,
      alarms.map(({ subject }) => subject),
    ),
  Kinds: (alarms) =>
    array(
      DataType.String,
      alarms.map(({ kind }) => kind),
    ),
  Texts: (alarms) =>
    array(
      DataType.String,
      alarms.map(({ text: words }) => words),
    ),
  RaisedAt: (alarms) =>
    array(
      DataType.DateTime,
      alarms.map(({ at }) => new Date(at)),
    ),
  Acknowledged: (alarms) =>
    array(
      DataType.Boolean,
      alarms.map(({ acknowledged }) => acknowledged),
    ),
};
const mostAlarms = 500;

/** Adds the folders; what it returns writes a snapshot, and adds the things that it has not seen before. */
export function addStation(
  server: OPCUAServer,
  about: { readonly site: string; readonly version: string; readonly currencyDecimals: number },
): (snapshot: ExportSnapshot) => void {
  const { addressSpace } = server.engine;
  if (!addressSpace) throw new Error('the server was not initialised');
  const namespace = addressSpace.registerNamespace(exportNamespace);
  const station = namespace.addObject({
    organizedBy: addressSpace.rootFolder.objects,
    browseName: 'Station',
    nodeId: 's=Station',
  });
  const folder = (name: string) =>
    namespace.addObject({ organizedBy: station, browseName: name, nodeId: `s=${name}` });
  type Parent = ReturnType<typeof folder>;

  function variable(parent: Parent, path: string, name: string, value: Value) {
    return namespace.addVariable({
      componentOf: parent,
      browseName: name,
      nodeId: `s=${path}.${name}`,
      dataType: value.dataType,
      valueRank: value.arrayType === VariantArrayType.Array ? 1 : -1,
      accessLevel: 'CurrentRead',
      userAccessLevel: 'CurrentRead',
    });
  }

  /** Writers of one thing's variables. */
  function addThing<T>(parent: Parent, path: string, fields: Fields<T>, first: T) {
    const variables = Object.entries(fields).map(([name, read]) => {
      const node = variable(parent, path, name, read(first));
      return (thing: T, statusOf: (name: string) => StatusCode, at: Date): void => {
        const value = read(thing);
        const none = value.value === null;
        const status = statusOf(name);
        node.setValueFromSource(
          none ? { dataType: DataType.Null } : value,
          none && status.isGood() ? StatusCodes.BadNoData : status,
          at,
        );
      };
    });
    return (thing: T, statusOf: (name: string) => StatusCode, at: Date): void => {
      for (const write of variables) write(thing, statusOf, at);
    };
  }

  const good = (): StatusCode => StatusCodes.Good;
  addThing(
    station,
    'Station',
    { Site: () => text(about.site), Version: () => text(about.version) },
    null,
  )(null, good, new Date());
  const tanks = folder('Tanks');
  const points = folder('FuellingPoints');
  const ofPoint = pointFields(about.currencyDecimals);
  const writeAlarms = addThing<Alarms>(folder('Alarms'), 'Alarms', alarmFields, []);
  const writers = new Map<string, (thing: never, statusOf: (name: string) => StatusCode, at: Date) => void>();

  function writerOf<T>(parent: Parent, path: string, id: string, fields: Fields<T>, thing: T) {
    const key = `${path}.${id}`;
    let writer = writers.get(key);
    if (!writer) {
      const object = namespace.addObject({ organizedBy: parent, browseName: id, nodeId: `s=${key}` });
      writer = addThing(object, key, fields, thing);
      writers.set(key, writer);
    }
    return writer as (thing: T, statusOf: (name: string) => StatusCode, at: Date) => void;
  }

  return (snapshot) => {
    for (const tank of snapshot.tanks) {
      const status = tankStatus(tank);
      const statusOf = (name: string): StatusCode => (measured.has(name) ? status : StatusCodes.Good);
      writerOf(tanks, 'Tanks', tank.tank, tankFields, tank)(tank, statusOf, new Date(tank.at ?? Date.now()));
    }
    for (const point of snapshot.fuellingPoints)
      writerOf(
        points,
        'FuellingPoints',
        point.fuellingPoint,
        ofPoint,
        point,
      )(point, good, new Date(point.at));
    writeAlarms(snapshot.alarms.slice(0, mostAlarms), good, new Date());
  };
}

function tankStatus({ quality }: TankState): StatusCode {
  if (quality === 'good') return StatusCodes.Good;
  if (quality === 'uncertain') return StatusCodes.UncertainSubNormal;
  return quality === 'bad' ? StatusCodes.BadSensorFailure : StatusCodes.BadWaitingForInitialData;
}
