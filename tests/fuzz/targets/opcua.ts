/** Whatever an OPC UA server can say in place of a value: into tanks, alarms, dispensers and the fuelling machine. */
import { initialFuelling, type PointSpec, parseFuelling, step } from '../../../src/core/fuelling/machine.ts';
import { noAlarms, takeAlarms } from '../../../src/core/opcua/alarms.ts';
import { opcuaDispenserDecoder } from '../../../src/core/opcua/dispenser.ts';
import { opcuaDispenserSpec } from '../../../src/core/opcua/dispenserSpec.ts';
import {
  alarmField,
  type OpcuaStamp,
  type RawRecord,
  readTank,
  tankNodes,
} from '../../../src/core/opcua/tank.ts';
import { rawValue } from '../../../src/drivers/opcua/values.ts';
import {
  type OpcuaField,
  type OpcuaProfile,
  opcuaProfileSchema,
} from '../../../src/model/config/opcuaProfile.ts';
import type { DispenserReading } from '../../../src/model/readings.ts';
import type { TankReading } from '../../../src/model/tank.ts';
import { instant, monoMs } from '../../../src/model/units.ts';
import { type Rng, rngOf } from '../random.ts';
import { holds, type Target, type Verdict } from '../target.ts';
import { checkNumber, measures, severityOf, type Wire } from './opcuaOracle.ts';
import { checkReading } from './registers.ts';
import { checkSale } from './saleOracle.ts';

const profiles = Array.from({ length: 48 }, (_, n) => profileOf(rngOf(n)));
const tanks = [1, 2];
const dayMs = 86_400_000;

function profileOf(rng: Rng): OpcuaProfile {
  const field = (node: string) => ({
    ...{
      node,
      decimals: rng.pick([0, 0, 1, 2, 3, 9]),
      absent: rng.chance(0.3) ? [rng.pick([-1, 0, 65_535])] : [],
    },
  });
  const flag = (node: string) => ({
    ...{ node, inverted: rng.chance(0.3) },
    ...(rng.chance(0.4) ? { mask: rng.pick([1, 2, 0x8000_0000, 0xffff_ffff]) } : {}),
    ...(rng.chance(0.3) ? { equals: rng.pick([0, 1, 4]) } : {}),
  });
  const some = <T>(value: T): T | undefined => (rng.chance(0.8) ? value : undefined);
  const sample = rng.chance(0.5);
  const hoses = rng.between(1, 3);
  return opcuaProfileSchema.parse({
    ...{ kind: 'opcua', profile: 'fuzz', title: 'Fuzz', source: 'fuzz' },
    units: {
      volume: rng.pick(['litre', 'us-gallon', 'imperial-gallon', 'cubic-metre', 'millilitre']),
      length: rng.pick(['mm', 'cm', 'm', 'inch']),
      temperature: rng.pick(['celsius', 'fahrenheit', 'kelvin']),
      density: rng.pick(['kg/m3', 'g/cm3']),
    },
    sourceTime: sample ? 'sample' : 'change',
    staleAfterS: sample ? some(60) : undefined,
    tank: {
      ...(rng.chance(0.8) ? { volume: field('s=T{tank}.V') } : {}),
      ...{
        height: field('s=T{tank}.H'),
        correctedVolume: some(field('s=T{tank}.C')),
        water: some(field('s=T{tank}.W')),
      },
      ...{
        ullage: some(field('s=T{tank}.U')),
        waterVolume: some(field('s=T{tank}.WV')),
        density: some(field('s=T{tank}.D')),
      },
      ...{ temperature: some(field('s=T{tank}.T')), volumeIncludesWater: rng.chance(0.3) },
      ...{ probeLost: some(flag('s=T{tank}.P')), deliveryInProgress: some(flag('s=T{tank}.DP')) },
      alarms: [1, 2].map((n) => ({ ...flag(`s=T{tank}.A${n}`), code: `a${n}`, text: `alarm ${n}` })),
    },
    dispenser: {
      hoses,
      live: {
        state: {
          node: 's=P{point}.S',
          map: [
            { equals: 2, state: 'idle' },
            { equals: 3, state: 'calling' },
            { equals: 7, mask: 7, state: 'fuelling' },
            { equals: 'on', state: 'fuelling' },
            { equals: true, state: 'completed' },
          ],
          otherwise: rng.pick(['inoperative', 'idle']),
        },
        ...{
          hose: some(field('s=P{point}.LH')),
          volume: some(field('s=P{point}.LV')),
          amount: some(field('s=P{point}.LA')),
        },
        price: some(field('s=P{point}.LP')),
      },
      totals: {
        ...{ volume: field('s=P{point}.TV{hose}'), amount: some(field('s=P{point}.TA{hose}')) },
        rollover: some(rng.pick([1_000_000, 2 ** 32])),
      },
      lastSale: some({
        ...{
          number: field('s=P{point}.N'),
          hose: some(field('s=P{point}.SH')),
          volume: field('s=P{point}.SV'),
        },
        ...{
          amount: some(field('s=P{point}.SA')),
          price: some(field('s=P{point}.SP')),
          endCode: some(field('s=P{point}.E')),
        },
      }),
      ...{ price: some({ price: field('s=P{point}.PP{hose}') }), saleNumber: { first: 1, last: 999 } },
    },
  });
}

const texts = [
  '',
  ' ',
  '12.5',
  ' 7 ',
  '-1',
  '1e3',
  '1E-400',
  '1e999',
  '0x10',
  'NaN',
  '١٢',
  '1_000',
  '+5',
  '.5',
  'on',
  '\0',
];
const numbers = [
  0,
  -0,
  1,
  -1,
  0.1,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  1e300,
  5e-324,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
];
const statuses = [
  0,
  0x40,
  0x4000_0000,
  0x4090_0000,
  0x8000_0000,
  0x8089_0000,
  0xc000_0000,
  0xffff_ffff,
  -1,
  1.5,
  Number.NaN,
];

const anyOf = <T>(rng: Rng, list: readonly T[]): T => list[rng.below(list.length)] as T;

function nonsense(rng: Rng): unknown {
  switch (rng.below(11)) {
    case 0:
      return anyOf<unknown>(rng, [null, undefined, true, false]);
    case 1:
      return anyOf<unknown>(rng, texts);
    case 2:
      return rng.pick(['9', 'x', ' ', '1e', '-']).repeat(rng.pick([3, 63, 64, 65, 4_000]));
    case 3:
      return anyOf<unknown>(rng, numbers);
    case 4:
      return anyOf<unknown>(rng, [1n, -1n, 2n ** 64n, 10n ** 400n]);
    case 5:
      return new Date(rng.pick([0, 1e12, Number.NaN, 8.64e15]));
    case 6:
      return anyOf<unknown>(rng, [
        [],
        [0, 5],
        [5],
        [0xffff_ffff, 0xffff_ffff],
        [-1, -1],
        [Number.NaN, 1],
        [0.5, 2],
        ['0', '9'],
        [null, {}],
      ]);
    case 7:
      return anyOf<unknown>(rng, [
        new Float64Array([1, 2]),
        new Uint8Array(3),
        Buffer.from('12'),
        new Array(50).fill(1),
      ]);
    case 8:
      return anyOf<unknown>(rng, [
        {},
        { length: 'x'.repeat(500) },
        { text: '5' },
        { valueOf: () => 5 },
        { high: 0, low: 5 },
      ]);
    default:
      return rng.next() * 10 ** rng.between(-12, 24) * (rng.chance(0.2) ? -1 : 1);
  }
}

function hostile(rng: Rng): Wire {
  const time = () =>
    anyOf<unknown>(rng, [
      undefined,
      null,
      new Date(1.7e12),
      new Date(Number.NaN),
      new Date(-1),
      'now',
      5,
      {},
    ]);
  const shape = rng.next();
  const value =
    shape < 0.1
      ? nonsense(rng)
      : {
          value: nonsense(rng),
          dataType: rng.chance(0.5)
            ? anyOf<unknown>(rng, [1, 8, 9, 10, 11, 12])
            : anyOf<unknown>(rng, [0, 3, 7, 13, 15, 21, 22, 99, -1, undefined, 'Double']),
          arrayType: rng.chance(0.85) ? 0 : anyOf<unknown>(rng, [1, 2, undefined, 'Scalar']),
        };
  const status = rng.next();
  const statusCode =
    status < 0.5
      ? undefined
      : status < 0.6
        ? anyOf<unknown>(rng, [null, {}, 5, 'Good'])
        : { value: anyOf<unknown>(rng, statuses) };
  return { value, statusCode, sourceTimestamp: time(), serverTimestamp: time() };
}

/** As an honest server sends it, in one of the types that it may choose. */
function honest(rng: Rng, value: number, at: number): Wire {
  const variants = [
    { dataType: 11, value },
    { dataType: 10, value: Math.fround(value) },
    { dataType: 12, value: String(value) },
    { dataType: 7, value: Math.round(value) },
    { dataType: 9, value: [0, Math.round(value)] },
  ];
  const time = new Date(at - rng.pick([0, 10, 100_000]));
  return {
    value: { ...rng.pick(variants), arrayType: 0 },
    statusCode: { value: 0 },
    sourceTimestamp: time,
    serverTimestamp: time,
  };
}

/** A server of two tanks and a point: values drift as true ones do, and now and then anything stands in their place. */
class Server {
  readonly #rng: Rng;
  readonly #values = new Map<string, number>();

  constructor(rng: Rng) {
    this.#rng = rng;
  }

  read(nodes: ReadonlyMap<string, string>, at: number): Map<string, Wire> {
    const rng = this.#rng;
    const evil = rng.pick([0, 0.02, 0.3, 1]);
    const wires = new Map<string, Wire>();
    for (const [name, node] of nodes) {
      const before = this.#values.get(node) ?? rng.pick([0, 1, 2, 7, 740, 5_000]);
      const now = rng.chance(0.3) ? before + rng.below(40) : before;
      this.#values.set(node, /\.S$/.test(node) ? rng.pick([2, 3, 7, 15, 99]) : now);
      if (rng.chance(0.02)) continue;
      wires.set(name, rng.chance(evil) ? hostile(rng) : honest(rng, this.#values.get(node) ?? 0, at));
    }
    return wires;
  }
}

type Wires = ReadonlyMap<string, Wire>;

function recordOf(wires: Wires): RawRecord {
  const record = new Map([...wires].map(([name, wire]) => [name, rawValue(wire as never)] as const));
  for (const raw of record.values()) {
    const { value, problem, status, sourceAt, serverAt } = raw;
    const size = typeof value === 'string' ? value.length : String(value).length;
    holds(problem.length <= 64 && size <= 400, 'a raw value is of bounded size', { size, problem });
    holds(Number.isInteger(status) && status >= 0, 'a status is a number', { status });
    holds(
      [sourceAt, serverAt].every((at) => at === null || Number.isSafeInteger(at)),
      'times are times',
      { raw },
    );
  }
  return record;
}

const tankMeasures = {
  ...{
    volume: measures.volume,
    correctedVolume: measures.volume,
    ullage: measures.volume,
    waterVolume: measures.volume,
  },
  ...{
    height: measures.length,
    water: measures.length,
    temperature: measures.temperature,
    density: measures.density,
  },
};

function checkTank(profile: OpcuaProfile, wires: Wires, stamp: OpcuaStamp, reading: TankReading): void {
  const fields = profile.tank;
  if (!fields) throw new Error('no tank');
  const names = Object.keys(tankMeasures) as (keyof typeof tankMeasures)[];
  for (const name of names) {
    const field = fields[name];
    if (!field) holds(reading[name] === null, 'nothing comes from no field', { name });
    // less the water, which is told beside it
    else if (name === 'volume' && fields.volumeIncludesWater) continue;
    else checkNumber(name, reading[name], wires.get(name), field, tankMeasures[name](profile.units));
  }
  const { volume } = reading;
  holds(
    volume === null || (Number.isSafeInteger(volume) && volume >= 0 && volume <= 1e10),
    'a volume can be',
    { volume },
  );
  const { quality, reason, at } = reading;
  holds(
    (quality === 'good') === (reason === '') && reason.length <= 200,
    'what is not good has a short reason',
    { quality, reason },
  );
  if (quality === 'bad')
    holds(
      names.every((name) => reading[name] === null),
      'a bad reading has no numbers',
      { reading },
    );
  else holds(reading[fields.volume ? 'volume' : 'height'] !== null, 'a reading has a level', { reading });
  if (quality === 'good')
    holds(
      [...wires.values()].length >= 1 && names.every((name) => !fields[name] || usable(wires.get(name))),
      'good is good',
      { reading },
    );
  holds(at <= stamp.at && at >= stamp.at - dayMs, 'it was measured before it came, and not long ago', { at });
}

const usable = (wire: Wire | undefined): boolean => wire !== undefined && severityOf(wire) === 0;

function checkDispenser(profile: OpcuaProfile, wires: Wires, reading: DispenserReading): void {
  const fields = profile.dispenser;
  if (!fields) throw new Error('no dispenser');
  checkReading(reading, fields);
  holds([...wires.values()].every(usable), 'no reading is made of what is not good', { reading });
  const { units } = profile;
  const check = (
    name: string,
    got: number | null,
    field: OpcuaField | undefined,
    measure: keyof typeof measures,
  ) => {
    if (!field) holds(got === null, 'nothing comes from no field', { name });
    else checkNumber(name, got, wires.get(name), field, measures[measure](units));
  };
  if (reading.kind === 'live') {
    check('live.volume', reading.volume, fields.live.volume, 'volume');
    check('live.amount', reading.amount, fields.live.amount, 'money');
    check('live.price', reading.price, fields.live.price, 'price');
    check('live.hose', reading.hose, fields.live.hose, 'count');
  } else if (reading.kind === 'last-sale') {
    check('last-sale.number', reading.number, fields.lastSale?.number, 'count');
    check('last-sale.volume', reading.volume, fields.lastSale?.volume, 'volume');
    check('last-sale.amount', reading.amount, fields.lastSale?.amount, 'money');
    check('last-sale.price', reading.price, fields.lastSale?.price, 'price');
    check('last-sale.endCode', reading.endCode, fields.lastSale?.endCode, 'count');
  } else if (reading.kind === 'totals') {
    for (const { hose, volume, amount } of reading.hoses) {
      check(`totals.volume ${hose}`, volume, fields.totals.volume, 'total');
      check(`totals.amount ${hose}`, amount, fields.totals.amount, 'money');
    }
  } else if (reading.kind === 'price') {
    for (const { hose, price } of reading.hoses)
      check(`price.price ${hose}`, price, fields.price?.price, 'price');
  }
}

function specOf({ units, dispenser }: OpcuaProfile): PointSpec {
  if (!dispenser) throw new Error('no dispenser');
  const hoses = Array.from({ length: dispenser.hoses }, (_, n) => ({
    ...{ hose: n + 1, nozzle: `n${n + 1}`, grade: '92', tank: null },
  }));
  return { fuellingPoint: 'fp1', hoses, currencyDecimals: 2, ...opcuaDispenserSpec(units, dispenser) };
}

/** An input is the number of the profile, how many sweeps, and the seed of what the server says. */
export const opcuaTarget: Target = {
  name: 'opcua-values',
  share: 4,
  make: (rng) => Buffer.concat([Buffer.from([rng.below(profiles.length), rng.between(3, 10)]), rng.bytes(4)]),
  run(input): Verdict {
    const profile = profiles[(input[0] ?? 0) % profiles.length];
    if (!profile?.tank || !profile.dispenser) return 'refused';
    const rng = rngOf(input.readUInt32LE(2));
    const server = new Server(rng);
    const decoder = opcuaDispenserDecoder(profile.units, profile.dispenser, 1, 2);
    const spec = specOf(profile);
    let alarms = noAlarms;
    let state = initialFuelling();
    let mono = 1_000;
    let readings = 0;
    for (let n = input[1] ?? 0; n > 0; n--) {
      mono += rng.pick([50, 250, 1_000, 60_000, 4_000_000]);
      const at = instant(1_700_000_000_000 + mono);
      const serverClock = rng.pick([at, at, instant(at + 1e9), instant(8.64e15), null]);
      const stamp = { at, mono: monoMs(mono), serverClock };
      const tank = rng.pick(tanks);
      const wires = server.read(tankNodes(profile.tank, tank), at);
      const record = recordOf(wires);
      const reading = readTank(profile, tank, record, stamp);
      checkTank(profile, wires, stamp, reading);
      if (reading.quality !== 'bad') readings++;
      const taken = takeAlarms(profile.tank, tanks, alarms, { tank, record, ...stamp });
      alarms = taken.book;
      holds(alarms.flags.size <= tanks.length && taken.facts.length <= 5, 'alarms are bounded', {});
      if (taken.facts.some(({ kind }) => kind === 'alarms-complete'))
        holds(
          profile.tank.alarms.every(({ code }) =>
            wires.has(alarmField(code)) ? severityOf(wires.get(alarmField(code)) ?? {}) < 2 : false,
          ),
          'a list with an alarm that cannot be seen is not complete',
        );

      const group = rng.pick(decoder.groups);
      const groupWires = server.read(decoder.nodes(group), at);
      const decoded = decoder.decode(group, recordOf(groupWires), { at, mono: stamp.mono });
      if (decoded.kind === 'reading') {
        checkDispenser(profile, groupWires, decoded.reading);
        readings++;
      } else holds(decoded.reason.length <= 120, 'a reason is short', { reason: decoded.reason });
      const told: DispenserReading =
        decoded.kind === 'reading'
          ? decoded.reading
          : { kind: 'lost', at, mono: stamp.mono, reason: decoded.kind };
      const next = step(spec, state, told);
      for (const fact of next.facts) if (fact.kind === 'sale') checkSale(fact.sale, spec);
      state = next.state;
    }
    // What is kept of it can be read back.
    parseFuelling(JSON.parse(JSON.stringify(state)));
    return readings > 0 ? 'accepted' : 'refused';
  },
};
