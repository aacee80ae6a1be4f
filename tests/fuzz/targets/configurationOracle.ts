/** What an accepted file must be, said once more and in other words than the schemas and checks of the product. */

import { identityOf } from '../../../src/core/cards/identity.ts';
import { initialFuelling, step } from '../../../src/core/fuelling/machine.ts';
import { credit } from '../../../src/core/loyalty/credit.ts';
import { buildDirectory } from '../../../src/core/members/directory.ts';
import { imageOf, type RegisterMap, registerKey } from '../../../src/core/registers/image.ts';
import { dispenserDecoder } from '../../../src/core/registers/profileReadings.ts';
import { decodeTag, tagRange } from '../../../src/core/registers/tag.ts';
import { lookAtTank, tankRanges } from '../../../src/core/registers/tankDecoder.ts';
import type { Member } from '../../../src/model/config/members.ts';
import type { Profile } from '../../../src/model/config/profile.ts';
import type { Program } from '../../../src/model/config/program.ts';
import type { StationConfig } from '../../../src/model/config/station.ts';
import { cardKey, saleKey } from '../../../src/model/ids.ts';
import { instant, millilitres, money, monoMs, unitPrice } from '../../../src/model/units.ts';
import { holds, isCount } from '../target.ts';
import { checkReading, specOf } from './registers.ts';

/** Times on a line may be parts of a millisecond, and what a person says of tanks has a point; other numbers are whole. */
const fractional = new Set([
  ...['gapMs', 'minGapMs', 'pollS', 'silentS', 'connectS', 'staleS', 'staleAfterS', 'volumeStep', 'absent'],
  ...['referenceC', 'densityKgPerM3', 'safeFillPercent', 'waterWarningMm', 'waterMm', 'changeLitres'],
  ...['overfillLitres', 'highLitres', 'lowLitres', 'criticalLitres', 'suddenLossLitres', 'leakLitresPerHour'],
  ...['investigatePercent', 'escalatePercent', 'reserveDays', 'meterPercent', 'deliverySettleMinutes'],
]);

/** Numbers are whole and exact, texts hold nothing that a terminal or a path would take amiss. */
export function checkPlain(value: unknown, key = ''): void {
  if (typeof value === 'number')
    holds(fractional.has(key) ? Number.isFinite(value) : Number.isSafeInteger(value), 'numbers are whole', {
      key,
      value,
    });
  else if (typeof value === 'string')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    holds(!/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(value), 'texts are without control characters', {
      key,
      value,
    });
  else if (Array.isArray(value)) for (const each of value) checkPlain(each, key);
  else if (typeof value === 'object' && value !== null)
    for (const [name, each] of Object.entries(value)) checkPlain(each, name);
}

const onWire = (address: number, count = 1): boolean => address >= 0 && address + count <= 65_536;

export function checkProfileSound(profile: Profile): void {
  const at = { at: instant(1_700_000_000_000), mono: monoMs(5_000) };
  const filled = (
    ranges: readonly { table: 'holding' | 'input' | 'coil' | 'discrete'; address: number; count: number }[],
    value: number,
  ): RegisterMap => {
    const map: RegisterMap = new Map();
    for (const { table, address, count } of ranges) {
      holds(onWire(address, count) && count >= 1, 'all that is read lies on the wire', { address, count });
      const bits = table === 'coil' || table === 'discrete';
      for (let n = 0; n < count; n++)
        map.set(registerKey(table, address + n), bits ? value & 1 : (value + n * 77) & 0xffff);
    }
    return map;
  };
  if (profile.kind === 'reader') {
    const range = tagRange(profile);
    for (const value of [0, 0x3030, 0xffff]) decodeTag(profile, imageOf(filled([range], value)));
    const { clear, presence, addressBase } = profile;
    if (presence) holds(onWire(presence.address - addressBase), 'the flag lies on the wire', {});
    if (clear) {
      holds(onWire(clear.address - addressBase, clear.values.length), 'what is written lies on the wire', {});
      holds(
        clear.function === 'write-registers' || clear.values.length === 1,
        'one value for a single write',
        {},
      );
      holds(clear.function !== 'write-coil' || (clear.values[0] ?? 0) <= 1, 'a coil takes 0 or 1', {});
    }
    return;
  }
  if (profile.kind === 'gauge') {
    for (let tank = 1; tank <= profile.tanks.count; tank++) {
      for (const value of [0, 0x1234, 0x7fff, 0xffff]) {
        const look = lookAtTank(profile, tank, imageOf(filled(tankRanges(profile, tank), value)));
        holds((look.quality === 'good') === (look.reason === ''), 'what is not good has a reason', { look });
        for (const measured of Object.values(look.values))
          holds(measured === null || Number.isSafeInteger(measured), 'values are whole', { look });
      }
    }
    return;
  }
  if (profile.kind !== 'dispenser') return;
  const spec = specOf(profile);
  holds(spec.totalizerModulus === null || spec.totalizerModulus > 0, 'a totalizer counts', { spec });
  for (let point = 1; point <= profile.points.count; point++) {
    const decoder = dispenserDecoder(profile, point, 2);
    if (profile.acknowledge) {
      const address = profile.acknowledge.address - profile.addressBase + (point - 1) * profile.points.stride;
      holds(onWire(address), 'what is acknowledged lies on the wire', { address });
    }
    let state = initialFuelling();
    for (const value of [0, 0x0100, 0x9999, 0x7f80, 0xffff]) {
      for (const group of decoder.groups) {
        const decoded = decoder.decode(group, imageOf(filled(decoder.ranges(group), value)), at);
        if (decoded.kind !== 'reading') continue;
        checkReading(decoded.reading, profile);
        state = step(spec, state, decoded.reading).state;
      }
    }
  }
}

const distinct = (names: readonly unknown[]): boolean => new Set(names).size === names.length;

export function checkStationSound(station: StationConfig, profiles: ReadonlyMap<string, Profile>): void {
  for (const list of [
    station.lines,
    station.devices,
    station.opcua,
    station.grades,
    station.gauges,
    station.tanks,
    station.fuellingPoints,
    station.readers,
  ])
    holds(distinct(list.map(({ id }) => id)), 'names of a list are distinct', {});
  const grades = new Set(station.grades.map(({ id }) => id));
  for (const { grade } of station.tanks) holds(grades.has(grade), 'a tank holds a known grade', { grade });
  checkTanksSound(station, profiles);
  holds(
    distinct(station.devices.map(({ line, unit }) => `${line}/${unit}`)),
    'units of a line are distinct',
    {},
  );
  for (const device of station.devices) {
    const line = station.lines.find(({ id }) => id === device.line);
    holds(line !== undefined && profiles.has(device.profile), 'a device has a line and a profile', {
      device,
    });
    holds(
      line?.kind === 'modbus-tcp' || (device.unit >= 1 && device.unit <= 247),
      'a unit can be addressed',
      { device },
    );
  }
  holds(
    distinct(station.fuellingPoints.map(({ device, point }) => `${device}/${point}`)),
    'points of a device are distinct',
    {},
  );
  for (const { device, point, nozzles } of station.fuellingPoints) {
    const named = [...station.devices, ...station.opcua].find(({ id }) => id === device);
    const profile = profiles.get(named?.profile ?? '');
    const hoses = hosesOf(profile);
    holds(
      hoses !== null && (profile?.kind !== 'dispenser' || point <= profile.points.count),
      'a point is one of its dispenser',
      { device, point },
    );
    holds(nozzles.length > 0, 'a point has nozzles', { device, point });
    holds(
      distinct(nozzles.map(({ hose }) => hose)) && distinct(nozzles.map(({ id }) => id)),
      'nozzles of a point are distinct',
      {},
    );
    for (const { hose, grade } of nozzles)
      holds(grades.has(grade) && hoses !== null && hose <= hoses, 'a nozzle has a grade and a hose', {
        hose,
        grade,
      });
  }
  const points = new Set(station.fuellingPoints.map(({ id }) => id));
  for (const reader of station.readers) {
    holds(
      reader.fuellingPoints.length > 0 && reader.fuellingPoints.every((id) => points.has(id)),
      'a reader serves known points',
      { reader },
    );
    if (reader.kind !== 'modbus') continue;
    const profile = profiles.get(station.devices.find(({ id }) => id === reader.device)?.profile ?? '');
    holds(profile?.kind === 'reader', 'a Modbus reader is one', { reader });
  }
  holds(
    distinct(station.readers.flatMap((each) => (each.kind === 'modbus' ? [each.device] : []))),
    'one reader for a device',
    {},
  );
  const broker = station.mqtt;
  if (broker)
    holds(
      !/[#+\s]/.test(broker.root) && !broker.root.startsWith('/') && !broker.root.includes('//'),
      'topics can be written',
      { root: broker.root },
    );
}

const hosesOf = (profile: Profile | undefined): number | null => {
  if (profile?.kind === 'dispenser') return profile.hoses;
  return profile?.kind === 'opcua' ? (profile.dispenser?.hoses ?? null) : null;
};

function checkTanksSound(station: StationConfig, profiles: ReadonlyMap<string, Profile>): void {
  const { gauges, tanks, devices, opcua } = station;
  const measured = tanks.flatMap(({ gauge }) => (gauge ? [`${gauge.gauge}/${gauge.tank}`] : []));
  holds(distinct(measured), 'a tank of a gauge is one tank', {});
  for (const { gauge } of tanks)
    holds(!gauge || gauges.some(({ id }) => id === gauge.gauge), 'a tank has a known gauge', { gauge });
  for (const gauge of gauges) {
    if (gauge.kind === 'tls') continue;
    const [kind, name] =
      gauge.kind === 'modbus'
        ? ['gauge', devices.find(({ id }) => id === gauge.device)?.profile]
        : ['opcua', opcua.find(({ id }) => id === gauge.server)?.profile];
    holds(profiles.get(name ?? '')?.kind === kind, 'a gauge has a profile of its kind', { gauge });
  }
  for (const { manifold, grade } of tanks)
    holds(
      manifold === undefined || tanks.every((each) => each.manifold !== manifold || each.grade === grade),
      'a manifold has one grade',
      { manifold },
    );
  for (const { capacityLitres, limits } of tanks) {
    const { overfillLitres: most } = limits;
    holds(!most || !capacityLitres || most <= capacityLitres, 'limits are within the tank', { limits });
  }
}

const isDate = (text: string): boolean => {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
};

export function checkProgramSound(program: Program): void {
  for (const { from, to } of [...program.campaigns, ...program.coupons])
    holds(isDate(from) && isDate(to) && from <= to, 'dates are dates, in order', { from, to });
  holds(distinct(program.coupons.map(({ code }) => code.toUpperCase())), 'a code is one coupon', {});
  for (const tier of [...program.tiers.map(({ id }) => id), 'nobody']) {
    for (const [volume, amount] of [
      [1, 1],
      [40_000, 31_396],
      [999_999_999, 999_999_999],
      [5_000, null],
    ] as const) {
      const given = credit({
        sale: {
          key: saleKey('k'),
          grade: '92',
          volume: millilitres(volume),
          amount: amount === null ? null : money(amount),
          price: unitPrice(7_849),
          quality: 'seen',
        },
        currencyDecimals: 2,
        member: { id: 'm', tier },
        program,
        businessDate: '2026-12-01',
        couponsScanned: program.coupons.map(({ code }) => code),
        couponUses: {},
      });
      holds(
        isCount(given.earned) && given.earned <= program.maximumPointsPerSale,
        'points are counts within the limit',
        { given },
      );
      holds(given.postings.reduce((sum, { points }) => sum + points, 0) === 0, 'postings sum to zero', {
        given,
      });
      for (const { amount: off } of given.discounts)
        holds(isCount(off) && (amount === null || off <= amount), 'a discount is not above the amount', {
          given,
        });
    }
  }
}

export function checkMembersSound(members: readonly Member[]): void {
  holds(distinct(members.map(({ id }) => id)), 'members are distinct', {});
  const { directory } = buildDirectory(members, cardKey);
  for (const member of members)
    for (const card of member.cards) {
      const identified = directory.identify(identityOf(card.format, card.number));
      holds(
        identified.member?.id === member.id || identified.refusal === 'alias-collision',
        'a card is its member’s',
        { member: member.id },
      );
    }
}
