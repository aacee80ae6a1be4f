/** Golden cases of device profiles: frames as they were on the wire, and what they mean. */
import { expect } from 'vitest';
import { z } from 'zod';
import { imageOf, type RegisterMap, type RegisterRange } from '../../src/core/registers/image.ts';
import { dispenserDecoder } from '../../src/core/registers/profileReadings.ts';
import { decodeTag, tagRange } from '../../src/core/registers/tag.ts';
import { lookAtTank, tankRanges } from '../../src/core/registers/tankDecoder.ts';
import type { GaugeProfile } from '../../src/model/config/gaugeProfile.ts';
import type { DispenserProfile } from '../../src/model/config/profile.ts';
import type { ReaderProfile } from '../../src/model/config/readerProfile.ts';
import { instant, monoMs } from '../../src/model/units.ts';
import { requestedRange, requestedWrite, takeReply } from './rtuFrames.ts';

const exchange = z.strictObject({ request: z.string(), reply: z.string() });
export const dispenserCase = z.strictObject({
  title: z.string(),
  group: z.enum(['live', 'totals', 'last-sale', 'price']),
  point: z.int(),
  exchanges: z.array(exchange).min(1),
  expected: z.record(z.string(), z.unknown()),
  rounded: z.array(z.string()).optional(),
});
export const readerCase = z.strictObject({
  title: z.string(),
  exchanges: z.array(exchange).min(1),
  expected: z.record(z.string(), z.unknown()),
  clear: z.string().optional(),
});

export const gaugeCase = z.strictObject({
  title: z.string(),
  tank: z.int(),
  exchanges: z.array(exchange).min(1),
  expected: z.record(z.string(), z.unknown()),
});

const stamp = { at: instant(0), mono: monoMs(0) };

function imageAndRanges(exchanges: z.infer<typeof exchange>[]): [RegisterMap, RegisterRange[]] {
  const map: RegisterMap = new Map();
  for (const { request, reply } of exchanges) takeReply(request, reply, map);
  return [map, exchanges.map(({ request }) => requestedRange(request))];
}

const bare = ({ table, address, count }: RegisterRange) => ({ table, address, count });

/** The profile asks for exactly these registers and reads exactly these values. */
export function checkDispenser(profile: DispenserProfile, golden: z.infer<typeof dispenserCase>): void {
  const [map, asked] = imageAndRanges(golden.exchanges);
  const decoder = dispenserDecoder(profile, golden.point, 2);
  expect(decoder.ranges(golden.group).map(bare)).toEqual(asked);
  const decoded = decoder.decode(golden.group, imageOf(map), stamp);
  if (decoded.kind === 'reading') {
    expect({ ...decoded.reading }).toEqual({ ...golden.expected, ...stamp });
    expect(decoded.rounded).toEqual(golden.rounded);
  } else {
    expect({ kind: decoded.kind, field: decoded.field }).toEqual(golden.expected);
  }
}

/** The same for a reader's tag, and what clears it. */
export function checkReader(profile: ReaderProfile, golden: z.infer<typeof readerCase>): void {
  const [map, asked] = imageAndRanges(golden.exchanges);
  expect(asked).toContainEqual(bare(tagRange(profile)));
  const tag = decodeTag(profile, imageOf(map));
  expect(tag.ok ? { text: tag.text } : { kind: 'undecodable' }).toEqual(golden.expected);
  if (golden.clear === undefined) return;
  const { address, ...rest } = requestedWrite(golden.clear);
  expect({ ...rest, address: address + profile.addressBase }).toEqual(profile.clear);
}

/** The same for one tank of a gauge: its own block, and what it reads of the whole gauge. */
export function checkGauge(profile: GaugeProfile, golden: z.infer<typeof gaugeCase>): void {
  const [map, asked] = imageAndRanges(golden.exchanges);
  expect(tankRanges(profile, golden.tank).map(bare)).toEqual(asked);
  const { faults: _, trace: __, ...look } = lookAtTank(profile, golden.tank, imageOf(map));
  expect(look).toEqual(golden.expected);
}
