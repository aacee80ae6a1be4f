/** `npm run bench:bus`: the bus master beside plain modbus-serial and libmodbus on an emulated serial line. */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { bitsPerCharacter } from '../support/emulatedLine.ts';
import { optionsOf } from '../support/options.ts';
import { type CycleRow, deadDevice, type LateRow, lateReplies, pollCycle } from './busParts.ts';
import { busPicture } from './busPicture.ts';
import { type MasterKind, prepareLibmodbus } from './busRun.ts';
import {
  cycleTable,
  cycleVerdicts,
  deadTable,
  deadVerdicts,
  lateTable,
  lateVerdicts,
  verdictTable,
} from './busTables.ts';
import { deviceDelayMs, latestReplyMs, timeoutMs, units } from './busWork.ts';

const usage = `npm run bench:bus -- [options]
  --seconds N        measured time of each master in part A (default 8)
  --baud A,B,...     baud rates of part A (default 9600,19200,115200)
  --dead-seconds N   measured time of part B, after as long a warm-up, at 9600 baud (default 60)
  --late-seconds N   measured time of part C, at 9600 baud, twice: with 16 devices and with one (default 60)
  --late-permille N  late replies in a thousand (default 15)
  --only A|B|C       one part; --late-only is --only C
  --masters A,B      of forecourt, modbus-serial, libmodbus (default all)
  --quick            short times, for a first look
  --json FILE        all figures
  --picture FILE     a bar picture (SVG)
  --help`;

const values = optionsOf(usage, {
  seconds: { type: 'string' },
  baud: { type: 'string', default: '9600,19200,115200' },
  'dead-seconds': { type: 'string' },
  'late-seconds': { type: 'string' },
  'late-permille': { type: 'string', default: '15' },
  only: { type: 'string' },
  masters: { type: 'string', default: 'forecourt,modbus-serial,libmodbus' },
  'late-only': { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  json: { type: 'string' },
  picture: { type: 'string' },
});

const only = values['late-only'] ? 'C' : values.only?.toUpperCase();
const wanted = (part: string): boolean => only === undefined || only === part;
const seconds = Number(values.seconds ?? (values.quick ? 3 : 8));
const deadSeconds = Number(values['dead-seconds'] ?? (values.quick ? 20 : 60));
const lateSeconds = Number(values['late-seconds'] ?? (values.quick ? 15 : 60));
const warmupS = values.quick ? 2 : 4;

const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
  node: process.version,
  /** Of other programs, in the minute before. */
  load: Number((loadavg()[0] ?? 0).toFixed(2)),
  at: new Date().toISOString(),
};
const missing = prepareLibmodbus();
const kinds = (['forecourt', 'modbus-serial', 'libmodbus'] satisfies MasterKind[]).filter(
  (kind) => values.masters.split(',').includes(kind) && (kind !== 'libmodbus' || missing === null),
);

console.log(
  `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, Linux ${machine.kernel}, Node ${machine.node}; load before ${machine.load}`,
);
console.log(
  `Emulated line: ${units} units, 8N1 (${bitsPerCharacter} bits a character), device delay ${deviceDelayMs} ms, time-out ${timeoutMs} ms, byte by byte;`,
);
console.log(
  'a request that begins before 3.5 characters of silence (1.75 ms above 19200 baud) is dropped and counted as early.',
);
if (missing !== null) {
  console.log(`\nlibmodbus is left out: ${missing}\nTo have it beside: apt-get install libmodbus-dev gcc`);
}

const title = (text: string): void => console.log(`\n${text}\n`);

const cycles: CycleRow[] = [];
if (wanted('A')) {
  for (const baud of values.baud.split(',').map(Number)) {
    cycles.push(...(await pollCycle(baud, { warmupS, seconds }, kinds)));
  }
  title(
    `A. Poll cycle: ${units} devices, four ranges each, ${seconds} s each. Noise: bytes the emulator delivered over a character late.`,
  );
  console.log(cycleTable(cycles));
}

const dead = wanted('B') ? await deadDevice(9600, { warmupS: deadSeconds, seconds: deadSeconds }, kinds) : [];
if (wanted('B')) {
  title(
    `B. One dead device of ${units}, 9600 baud: ${deadSeconds} s after ${deadSeconds} s of settling, all masters at once.`,
  );
  console.log(deadTable(dead));
}

const permille = Number(values['late-permille']);
const late: LateRow[] = [];
if (wanted('C')) {
  for (const count of [units, 1]) {
    late.push(...(await lateReplies(9600, { warmupS, seconds: lateSeconds, permille, units: count }, kinds)));
  }
  title(
    `C. Late replies, 9600 baud, ${lateSeconds} s, all masters at once: ${permille / 10} % end ${timeoutMs}-${latestReplyMs} ms after their request; a quarter each are\n` +
      '   queued before the next answer, whole on a half-duplex path, interleaved with, or garbled by another reply.',
  );
  console.log(lateTable(late));
  if (kinds.includes('libmodbus')) console.log('libmodbus speaks no RTU over TCP.');
}

const verdicts = [...cycleVerdicts(cycles), ...deadVerdicts(dead), ...lateVerdicts(late)];
title('Targets');
console.log(verdictTable(verdicts));

if (values.json)
  writeFileSync(values.json, `${JSON.stringify({ machine, cycles, dead, late, verdicts }, null, 2)}\n`);
if (values.picture) writeFileSync(values.picture, busPicture(cycles, late, machine));
