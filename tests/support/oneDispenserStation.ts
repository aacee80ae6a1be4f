/** A station with one pymodbus dispenser (FP1, nozzle 1, grade 92) and one RDM6300 reader fed by a shell. */
import { startSlave } from './modbusSlave.ts';
import { be32Dispenser } from './peerDispensers.ts';
import { shellReader } from './shellReader.ts';
import { type StationFiles, writeStation } from './station.ts';

/** A tag whose frame was recorded at a real reader. */
export const knownTag = '62E3086CED';

export const knownMember = {
  id: 'm-1',
  name: 'Lin Yue',
  vehicles: [{ plate: 'A-10001', grade: '92', tankLitres: 50 }],
  cards: [{ number: knownTag, format: 'em40' }],
};

/** `station` parts replace those of the same name; `scanner` adds a code scanner R2 at the same point. */
export async function oneDispenserStation(files: StationFiles & { readonly scanner?: boolean } = {}) {
  const slave = await startSlave('pymodbus', 'modbus-tcp');
  const dispenser = await be32Dispenser(slave, 1);
  const reader = await shellReader();
  const scanner = files.scanner ? await shellReader() : null;
  const file = writeStation({
    members: [knownMember],
    ...files,
    station: {
      lines: [{ id: 'bus', ...slave.line }],
      devices: [{ id: 'd1', profile: 'generic-be32', line: 'bus', unit: 1, writes: true }],
      fuellingPoints: [{ id: 'FP1', device: 'd1', nozzles: [{ id: '1', grade: '92', tank: 'T1' }] }],
      readers: [
        { id: 'R1', kind: 'rdm6300', fuellingPoints: ['FP1'], connection: reader.connection },
        ...(scanner
          ? [{ id: 'R2', kind: 'scanner', fuellingPoints: ['FP1'], connection: scanner.connection }]
          : []),
      ],
      ...files.station,
    },
  });
  return { slave, dispenser, reader, scanner, file };
}
