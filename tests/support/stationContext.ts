/** What use cases work with, over a real store of its own and a clock that stands still until it is moved. */
import { checksSchema, correctionsSchema } from '../../src/model/config/checks.ts';
import { type Member, memberSchema } from '../../src/model/config/members.ts';
import { type Program, programSchema } from '../../src/model/config/program.ts';
import { type MatchingPolicy, matchingSchema } from '../../src/model/config/station.ts';
import { eventSchemas } from '../../src/model/events.ts';
import type { SaleKey } from '../../src/model/ids.ts';
import type { Claim, FuellingSale } from '../../src/model/sale.ts';
import { instant, millilitres, monoMs } from '../../src/model/units.ts';
import { createBoard } from '../../src/station/board.ts';
import { businessDay } from '../../src/station/businessDay.ts';
import { createClockGuard } from '../../src/station/clock/clockGuard.ts';
import { createStationClock } from '../../src/station/clock/stationClock.ts';
import type { StationContext } from '../../src/station/context.ts';
import { createMemberBook } from '../../src/station/memberBook.ts';
import { unknownBoot } from '../../src/station/systemClock.ts';
import { createTally } from '../../src/station/tally.ts';
import type { Store } from '../../src/store/store.ts';
import { plainProgram } from './station.ts';
import { aClaim, aSale, recordingLog, startedAt, tempStore } from './tempStore.ts';

export interface ContextParts {
  readonly store?: Store;
  readonly members?: readonly object[];
  readonly program?: object;
  readonly checks?: object;
  readonly corrections?: object;
  readonly policy?: Partial<MatchingPolicy>;
}

export const secret = 'secret of the tests';
export const membersOf = (list: readonly object[]): Member[] => list.map((each) => memberSchema.parse(each));
export const programOf = (program: object): Program => programSchema.parse(program);

export function stationContext(parts: ContextParts = {}) {
  const store = parts.store ?? tempStore();
  const log = recordingLog();
  let passed = 0;
  const system = { now: () => instant(startedAt + passed), mono: () => monoMs(passed) };
  const clock = createStationClock(system);
  const businessDate = businessDay('UTC', '00:00');
  const clockGuard = createClockGuard({
    ...{ system, boot: unknownBoot(system), clock, store, site: 'test-1', businessDate, log },
    things: () => ({ settle() {}, store() {}, move() {} }),
  });
  const context: StationContext = {
    ...{ site: 'test-1', currency: 'CNY', currencyDecimals: 2 },
    ...{ store, clock, clockGuard, log, businessDate },
    policy: { ...matchingSchema.parse({}), ...parts.policy },
    corrections: correctionsSchema.parse(parts.corrections ?? {}),
    checks: checksSchema.parse(parts.checks ?? {}),
    program: programOf(parts.program ?? plainProgram),
    members: createMemberBook(membersOf(parts.members ?? []), secret),
    board: createBoard(),
    tally: createTally(store, clock.now()),
  };
  return {
    context,
    log,
    advance(ms: number) {
      passed += ms;
    },
  };
}

/** A read of the member's card (its key made by the book) at reader R1 of point 1, `secondsBefore` the sale's end. */
export function scan(
  { store, members }: StationContext,
  member: string,
  card: string,
  secondsBefore: number,
  change: Partial<Claim> = {},
): Claim {
  const claim = aClaim({
    id: `${member}-${secondsBefore}`,
    card: members.identify({ format: 'number', text: card }).card,
    member,
    reader: 'R1',
    fuellingPoints: ['1'],
    at: instant(startedAt - secondsBefore * 1000),
    coupons: [],
    ...change,
  });
  store.claims.put(claim);
  return claim;
}

/** The n-th sale at point 1: 40 L, lifted 90 s before its end at `startedAt`. */
export const saleNumbered = (n: number, change: Partial<FuellingSale> = {}): FuellingSale =>
  aSale({
    key: `1:1:g0:${n * 100_000}-${n * 100_000 + 40_000}` as SaleKey,
    totalizerStart: millilitres(n * 100_000),
    totalizerEnd: millilitres(n * 100_000 + 40_000),
    ...change,
  });

/** Events of the business stream, oldest first, as type and data; each must be as the feed's contract says. */
export const events = ({ store }: StationContext, after = 0) =>
  store.feed.read('business', after, 1000).map(({ type, data }) => ({
    type,
    data: eventSchemas[type].data.parse(JSON.parse(data)) as Record<string, unknown>,
  }));
