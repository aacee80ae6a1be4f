/** Simulated days of a whole station, and what they leave behind: memory, handles, bytes on the disk. */
import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { StationContext } from '../../src/station/context.ts';
import { slopeOf } from '../support/slope.ts';
import { type SoakOptions, startSoakStation } from './soakStation.ts';
import type { Books } from './virtualPoints.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

export interface Sample {
  readonly day: number;
  readonly sales: number;
  readonly rss: number;
  readonly heap: number;
  readonly handles: number;
  readonly files: number;
  readonly file: number;
  readonly wal: number;
  /** Of the sales since the sample before. */
  readonly msPerSale: number;
}

export interface SoakReport {
  readonly samples: readonly Sample[];
  readonly sales: number;
  readonly seconds: number;
  /** Least squares over the second half, for each thousand sales. */
  readonly slopes: {
    readonly heap: number;
    readonly rss: number;
    readonly handles: number;
    readonly files: number;
  };
  /** Growth of the database for each sale: before anything is old enough to go, and in the last quarter. */
  readonly bytesPerSale: { readonly early: number; readonly late: number };
  readonly problems: readonly string[];
}

/** For each thousand sales. A leak of 100 bytes a sale is 100,000. */
const bounds = { heap: 20_000, rss: 400_000, handles: 0.2, files: 0.05 } as const;
/** Below so much growth in all a slope is noise. */
const leastGrowth = { heap: 4 * 2 ** 20, rss: 48 * 2 ** 20, handles: 4, files: 4 } as const;

const dayMs = 24 * 3_600_000;

export async function soak(
  options: SoakOptions & {
    readonly days: number;
    readonly salesPerPointADay: number;
    readonly samples: number;
  },
  onSample: (sample: Sample) => void = () => {},
): Promise<SoakReport> {
  const station = await startSoakStation(options);
  const { drivers, context, clock } = station;
  const samples: Sample[] = [];
  const problems: string[] = [];
  const rounds = options.days * options.salesPerPointADay;
  const roundMs = Math.floor(dayMs / options.salesPerPointADay);
  const sampleEvery = Math.max(1, Math.floor(rounds / options.samples));
  const startedAt = performance.now();
  const firstNow = clock.now();
  let spent = 0;
  let before = 0;
  try {
    drivers.greet();
    for (let round = 1; round <= rounds; round++) {
      const from = performance.now();
      drivers.round(roundMs);
      spent += performance.now() - from;
      await new Promise((resolve) => setImmediate(resolve));
      if (round % 20 === 0) {
        station.housekeeping();
        await station.drained();
      }
      if (round % sampleEvery !== 0) continue;
      await station.drained();
      station.housekeeping();
      collectGarbage();
      const { rss, heapUsed } = process.memoryUsage();
      const { sales } = drivers.truth;
      const sample = {
        ...{ day: (clock.now() - firstNow) / dayMs, sales, rss, heap: heapUsed },
        handles: process.getActiveResourcesInfo().length,
        files: readdirSync('/proc/self/fd').length,
        ...station.sizes(),
        msPerSale: spent / (sales - before),
      };
      spent = 0;
      before = sales;
      samples.push(sample);
      onSample(sample);
    }
    problems.push(...differences(context, drivers.truth));
  } finally {
    await station.stop();
  }
  const slopes = slopesOf(samples);
  const sold = drivers.truth.sales;
  for (const what of ['heap', 'rss', 'handles', 'files'] as const) {
    const growth = (slopes[what] * sold) / 2_000;
    if (slopes[what] > bounds[what] && growth > leastGrowth[what])
      problems.push(`${what} grows by ${slopes[what].toFixed(1)} for each thousand sales`);
  }
  return {
    ...{ samples, sales: sold, seconds: (performance.now() - startedAt) / 1000, slopes, problems },
    bytesPerSale: growthOf(samples, options.telemetryDays),
  };
}

/** What the books say against what was sold. */
function differences({ tally, store }: StationContext, truth: Books): string[] {
  const { count, volumeMl, amount } = tally.all;
  const same = count === truth.sales && volumeMl === truth.volumeMl && amount === truth.amount;
  const told = `the books have ${count} sales, ${volumeMl} ml, ${amount}; sold were ${truth.sales}, ${truth.volumeMl} ml, ${truth.amount}`;
  return [...(same ? [] : [told]), ...store.check().problems];
}

function slopesOf(samples: readonly Sample[]): SoakReport['slopes'] {
  const warm = samples.slice(Math.floor(samples.length / 2));
  const of = (what: 'heap' | 'rss' | 'handles' | 'files'): number =>
    slopeOf(warm.map((sample) => [sample.sales, sample[what]] as const)) * 1000;
  return { heap: of('heap'), rss: of('rss'), handles: of('handles'), files: of('files') };
}

function growthOf(samples: readonly Sample[], untilDay: number): SoakReport['bytesPerSale'] {
  const slope = (some: readonly Sample[]): number =>
    some.length < 2 ? Number.NaN : slopeOf(some.map(({ sales, file }) => [sales, file] as const));
  return {
    early: slope(samples.filter(({ day }) => day <= untilDay)),
    late: slope(samples.slice(Math.floor((samples.length * 3) / 4))),
  };
}
