/** A profile of a Modbus tank gauge: where each tank's values stand, in which units, and what tells that they are not to be had. */
import { z } from 'zod';
import { nameSchema } from '../ids.ts';
import { tankAlarmKinds } from '../tank.ts';
import { type Field, fieldSchema, registersOf, volumeUnits, wordOrders } from './field.ts';

export const gaugeHeightUnits = ['mm', 'cm', 'inch', 'tenth-inch'] as const;
export const gaugeTemperatureUnits = ['celsius', 'fahrenheit'] as const;
export const gaugeDensityUnits = ['kg-per-m3', 'g-per-cm3'] as const;

const bitSchema = z
  .strictObject({
    bit: z.int().min(0).max(63).describe('0 is the least significant'),
    activeLow: z.boolean().default(false).describe('the bit is 0 while what it tells of holds'),
    shows: z
      .enum(['delivery', 'leak-test'])
      .optional()
      .describe('a delivery, or a leak test, is in progress'),
    alarm: z.enum(tankAlarmKinds).optional().describe('an alarm stands'),
    values: z
      .enum(['uncertain', 'bad'])
      .optional()
      .describe(
        'what becomes of the values meanwhile; bad: they are discarded, by a bit of the whole gauge with the status of all tanks',
      ),
    text: z.string().min(1).max(200).optional().describe('in words; needed for `alarm` and `values`'),
  })
  .superRefine((bit, context) => {
    if (!bit.shows && !bit.alarm && !bit.values)
      context.addIssue({
        code: 'custom',
        path: [],
        message: 'a bit has `shows`, `alarm` or `values`: what it means',
      });
    if ((bit.alarm || bit.values) && bit.text === undefined)
      context.addIssue({ code: 'custom', path: ['text'], message: 'say it in words: `text`' });
  });

const statusSchema = z
  .array(
    z.strictObject({
      name: nameSchema.describe('an alarm has the code `name.bit`'),
      field: fieldSchema,
      bits: z.array(bitSchema).min(1).max(64),
      otherBits: z
        .enum(['ignore', 'alarm'])
        .default('ignore')
        .describe('bits that are not listed; alarm: one that is set is told as an alarm of unknown meaning'),
    }),
  )
  .max(8)
  .default([]);
export type GaugeStatus = z.infer<typeof statusSchema>[number];

/** The measured values of a tank. */
export const gaugeFieldNames = [
  'volume',
  'correctedVolume',
  'ullage',
  'height',
  'water',
  'waterVolume',
  'temperature',
  'density',
] as const;
export type GaugeFieldName = (typeof gaugeFieldNames)[number];

const tankSchema = z
  .strictObject({
    volume: fieldSchema.optional().describe('at its own temperature (gross)'),
    correctedVolume: fieldSchema.optional().describe('corrected for temperature (net)'),
    ullage: fieldSchema.optional(),
    height: fieldSchema.optional(),
    water: fieldSchema.optional().describe('height of the water'),
    waterVolume: fieldSchema.optional(),
    temperature: fieldSchema.optional(),
    density: fieldSchema.optional(),
    status: statusSchema.describe('words whose bits tell of the tank'),
  })
  .describe('addresses of tank 1');

const deviceSchema = z
  .strictObject({
    status: statusSchema.describe(
      'words whose bits tell of the whole gauge: their `values` are for all tanks',
    ),
    heartbeat: z
      .strictObject({
        field: fieldSchema,
        staleS: z.number().min(1).max(3600).default(60),
      })
      .optional()
      .describe(
        'a counter or clock that moves while the gauge measures; all values are bad when it stood so long',
      ),
    unchangedS: z
      .int()
      .min(60)
      .max(604_800)
      .optional()
      .describe(
        'for gauges without a heartbeat: no value of any tank changed for so long makes all uncertain',
      ),
    expect: z
      .array(
        z.strictObject({
          field: fieldSchema,
          equals: z.array(z.int()).min(1).max(16),
          text: z.string().min(1).max(200),
        }),
      )
      .max(16)
      .default([])
      .describe(
        'settings of the gauge that this profile relies on, such as its units: all values are bad while one differs',
      ),
  })
  .prefault({});

const gaugeShape = z.strictObject({
  kind: z.literal('gauge'),
  profile: nameSchema,
  title: z.string().min(1),
  source: z.string().min(1).describe('where the facts come from: manual, edition, page'),
  assumptions: z.array(z.string()).default([]).describe('what nobody could verify'),
  addressBase: z.union([z.literal(0), z.literal(1)]).default(0),
  order: z.enum(wordOrders).default('ABCD'),
  volumeUnit: z.enum(volumeUnits).default('litre'),
  heightUnit: z.enum(gaugeHeightUnits).default('mm'),
  temperatureUnit: z.enum(gaugeTemperatureUnits).default('celsius'),
  densityUnit: z.enum(gaugeDensityUnits).default('kg-per-m3'),
  referenceC: z
    .number()
    .min(-20)
    .max(40)
    .optional()
    .describe('temperature that `correctedVolume` is corrected to; left out: not known'),
  volumeIncludesWater: z
    .boolean()
    .default(false)
    .describe('`volume` is fuel and water together; `waterVolume` is taken off'),
  timing: z
    .strictObject({
      timeoutMs: z.int().min(20).max(10_000).default(500),
      lateReplyMs: z.int().min(0).max(30_000).default(1_000),
      minGapMs: z.number().min(0).max(1_000).default(0),
      pollMs: z.int().min(100).max(3_600_000).default(10_000).describe('every tank, again after so long'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      maxRegisters: z.int().min(1).max(125).default(125),
      maxGap: z.int().min(0).max(124).default(16),
    })
    .prefault({}),
  tanks: z
    .strictObject({ count: z.int().min(1).max(99).default(1), stride: z.int().min(0).max(8192).default(0) })
    .prefault({})
    .describe('tanks of one unit, and the address distance between two of them'),
  device: deviceSchema,
  tank: tankSchema,
});

type Named = readonly [path: (string | number)[], field: Field];

const statusFields = (status: readonly GaugeStatus[], path: string[]): Named[] =>
  status.map(({ field }, n) => [[...path, 'status', n, 'field'], field]);

export const gaugeProfileSchema = gaugeShape.superRefine((profile, context) => {
  const refuse = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message });
  const { addressBase, limits, tanks, tank, device } = profile;
  const place = ([path, field]: Named, last: number): void => {
    if (field.hoseStride !== 0) refuse([...path, 'hoseStride'], 'a gauge has no hoses');
    if (field.address < addressBase)
      refuse([...path, 'address'], `the map starts at ${addressBase} (\`addressBase\`)`);
    if (registersOf(field) > limits.maxRegisters)
      refuse(
        [...path, 'type'],
        `longer than the longest block the gauge answers (limits.maxRegisters ${limits.maxRegisters})`,
      );
    if (field.address + last - addressBase + registersOf(field) > 65536)
      refuse([...path, 'address'], 'the field of the last tank lies beyond address 65535');
  };
  const measured = gaugeFieldNames.flatMap((name): Named[] => {
    const field = tank[name];
    return field ? [[['tank', name], field]] : [];
  });
  const farthest = (tanks.count - 1) * tanks.stride;
  for (const named of [...measured, ...statusFields(tank.status, ['tank'])]) place(named, farthest);
  for (const named of statusFields(device.status, ['device'])) place(named, 0);
  if (device.heartbeat) place([['device', 'heartbeat', 'field'], device.heartbeat.field], 0);
  device.expect.forEach(({ field }, n) => {
    place([['device', 'expect', n, 'field'], field], 0);
    if (!isWhole(field)) refuse(['device', 'expect', n, 'field', 'type'], 'a setting is a whole number');
  });
  checkStatus(tank.status, ['tank'], refuse);
  checkStatus(device.status, ['device'], refuse);
  if (!tank.volume && !tank.height) refuse(['tank'], 'a tank has a `volume` or a `height`');
  if (profile.volumeIncludesWater && !tank.waterVolume)
    refuse(['tank'], '`volumeIncludesWater` needs `waterVolume`, to take it off');
  if (tanks.count > 1 && tanks.stride === 0)
    refuse(['tanks', 'stride'], 'several tanks need a stride: the address distance between two of them');
});
export type GaugeProfile = z.infer<typeof gaugeProfileSchema>;

const isWhole = (field: Field): boolean => !['f32', 'f64', 'ascii'].includes(field.type);

function checkStatus(
  status: readonly GaugeStatus[],
  path: string[],
  refuse: (path: (string | number)[], message: string) => void,
): void {
  const names = new Set<string>();
  status.forEach(({ name, field, bits }, n) => {
    const at = [...path, 'status', n];
    if (names.has(name)) refuse([...at, 'name'], `"${name}" is there twice: alarms could not be told apart`);
    names.add(name);
    if (!field.type.startsWith('u') && field.type !== 'bit')
      refuse([...at, 'field', 'type'], 'bits stand in a u16, u32, u64 or bit');
    const width = field.type === 'bit' ? 1 : 16 * registersOf(field) - field.shift;
    const seen = new Set<number>();
    bits.forEach(({ bit, shows }, m) => {
      if (bit >= width) refuse([...at, 'bits', m, 'bit'], `the field has bits 0 to ${width - 1}`);
      if (seen.has(bit)) refuse([...at, 'bits', m, 'bit'], `bit ${bit} is there twice`);
      seen.add(bit);
      if (shows && path[0] === 'device')
        refuse([...at, 'bits', m, 'shows'], 'deliveries and leak tests are of a tank');
    });
  });
}
