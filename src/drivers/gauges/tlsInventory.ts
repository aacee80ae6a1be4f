/** The inventory of all tanks, by the function that the gauge has. */
import type { TlsInventory } from '../../core/tls/records.ts';
import { ForecourtError } from '../../model/errors.ts';
import type { MonoMs } from '../../model/units.ts';
import { missingTank, readingOf } from './tlsFacts.ts';
import { type Answer, type Format, isNoAnswer } from './tlsInquiry.ts';
import { printedInstant, type TlsWork } from './tlsWork.ts';

const functions = ['201', '214', '21A'] as const;
/** A tank that was not shown is asked for by itself so often. */
const askMissingEveryMs = 600_000;

export interface InventoryPoll {
  /** `i201`; null before the first. */
  readonly name: string | null;
  /** Finds the format and the function that the gauge has, and tells nothing. Rejects as `poll`. */
  find(): Promise<void>;
  /** Tells a reading of every tank in use. @returns tanks with a delivery in progress. Rejects as exchanges do, and with GAUGE_UNKNOWN_FUNCTION. */
  poll(): Promise<ReadonlySet<number>>;
}

export function inventoryPoll(work: TlsWork): InventoryPoll {
  const { options, inquiry } = work;
  const wanted = new Set(options.tanks);
  /** Not in the answer for all tanks, but in one of their own. */
  const single = new Set<number>();
  let missingAskedAt: MonoMs | null = null;
  let name: string | null = null;
  /** The one that answered last. */
  let inUse: (typeof functions)[number] = '201';

  async function ask(): Promise<Answer<TlsInventory[]> | null> {
    for (const each of functions) {
      const answer = await inquiry.ask(each);
      if (!answer) continue;
      inUse = each;
      name = `${inquiry.format === 'display' ? 'I' : 'i'}${each}`;
      return answer;
    }
    return null;
  }

  async function all(): Promise<Answer<TlsInventory[]>> {
    const { format, oneByOne } = inquiry;
    const formats: Format[] =
      format !== 'display' && options.config.format === 'auto'
        ? ['computer', 'display']
        : [format ?? 'computer'];
    for (const single of oneByOne ? [true] : [false, true])
      for (const each of formats) {
        inquiry.oneByOne = single;
        inquiry.format = each;
        const answer = single && !oneByOne ? await orNothing(ask) : await ask();
        if (!answer) continue;
        if (each === 'display' && format !== 'display')
          work.quirk('knows no computer format: display format is used');
        if (single) work.quirk('answers for one tank at a time only');
        return answer;
      }
    inquiry.oneByOne = oneByOne;
    inquiry.format = format;
    throw new ForecourtError('GAUGE_UNKNOWN_FUNCTION', 'the gauge knows no function that gives an inventory');
  }

  /** A tank that the answer for all did not show. What it answers, or does not, says nothing of the others. */
  const own = (tank: number): Promise<Answer<TlsInventory[]> | null> =>
    orNothing(() => inquiry.ask(inUse, tank));

  function tell(answer: Answer<TlsInventory[]>, inProgress: Set<number>): Set<number> {
    const told = new Set<number>();
    for (const record of answer.records) {
      if (!wanted.has(record.tank) || told.has(record.tank)) continue;
      told.add(record.tank);
      const reading = readingOf(record, {
        ...answer,
        config: options.config,
        source: 'live',
        gaugeClock: printedInstant(work, answer.time),
        convert: (refused) => work.convert(refused),
      });
      if (reading.deliveryInProgress) inProgress.add(record.tank);
      work.emit(reading);
    }
    return told;
  }

  return {
    get name() {
      return name;
    },
    async find() {
      if (name === null) await all();
    },
    async poll() {
      const inProgress = new Set<number>();
      const answer = await all();
      const told = tell(answer, inProgress);
      const missing = options.tanks.filter((tank) => !told.has(tank));
      const now = options.clock.mono();
      const askAll = missingAskedAt === null || now - missingAskedAt >= askMissingEveryMs;
      if (missing.length > 0 && askAll) missingAskedAt = now;
      for (const tank of missing) {
        if (!askAll && !single.has(tank)) {
          work.emit(missingTank(tank, answer));
          continue;
        }
        const alone = inquiry.oneByOne ? null : await own(tank);
        if (alone && tell(alone, inProgress).has(tank)) {
          single.add(tank);
          work.quirk('leaves tanks out of the answer for all: they are asked for one by one');
        } else {
          single.delete(tank);
          work.emit(missingTank(tank, alone ?? answer));
        }
      }
      return inProgress;
    },
  };
}

async function orNothing<T>(ask: () => Promise<T | null>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (!isNoAnswer(error)) throw error;
    return null;
  }
}
