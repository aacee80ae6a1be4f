/**
 * The totalizer of each nozzle against its sales. Within a generation of the totalizer the sales' spans stand end to end:
 * a gap is fuel that no sale tells, an overlap is fuel told twice. A span that runs over zero ends its generation.
 */
import type { Tally } from './tally.ts';

export interface NozzleTotals {
  readonly fuellingPoint: string;
  readonly nozzle: string;
  sales: number;
  volumeMl: number;
  /** Sum of the sales' spans; of a sale that ran over zero its volume. */
  spansMl: number;
  gapsMl: number;
  overlapsMl: number;
  generations: number;
}

interface SpanOfSale {
  readonly id: number;
  readonly key: string;
  readonly fuelling_point: string;
  readonly nozzle: string;
  readonly volume: number;
  readonly totalizer_start: number;
  readonly totalizer_end: number;
  readonly business_date: string;
}

interface Gap {
  from: number;
  to: number;
  readonly before: SpanOfSale;
  readonly after: SpanOfSale;
}

interface Course {
  readonly totals: NozzleTotals;
  generation: number;
  /** Farthest end so far, and the sale it is of. */
  end: number;
  last: SpanOfSale;
  gaps: Gap[];
}

export interface Nozzles {
  add(sale: SpanOfSale): void;
  /** Tells the gaps that nothing filled. */
  close(): NozzleTotals[];
}

const litres = (ml: number): string => `${(ml / 1000).toFixed(3)} L`;

export function createNozzles(tally: Tally): Nozzles {
  const courses = new Map<string, Course>();

  function told(course: Course): void {
    const { fuellingPoint, nozzle } = course.totals;
    for (const { from, to, before, after } of course.gaps) {
      course.totals.gapsMl += to - from;
      tally.differ({
        businessDate: after.business_date,
        what: `nozzle ${fuellingPoint}/${nozzle}`,
        problem: `the totalizer moved ${litres(to - from)} (${litres(from)} to ${litres(to)}) between sale ${before.id} and sale ${after.id}, and no sale tells of it`,
        mend: "Look for the sale in the dispenser's own record and in the alarms of that time.",
      });
    }
    course.gaps = [];
  }

  /** A recovered sale may be recorded after one that followed it: it fills a gap. */
  function fill(course: Course, sale: SpanOfSale): boolean {
    const { totalizer_start: start, totalizer_end: end } = sale;
    const gap = course.gaps.find((each) => start >= each.from && end <= each.to);
    if (!gap) return false;
    const rest: Gap[] = [
      { ...gap, to: start, after: sale },
      { ...gap, from: end, before: sale },
    ];
    course.gaps = [
      ...course.gaps.filter((each) => each !== gap),
      ...rest.filter(({ from, to }) => to > from),
    ];
    return true;
  }

  return {
    add(sale) {
      const name = `${sale.fuelling_point}/${sale.nozzle}`;
      const generation = generationOf(sale.key);
      const { totalizer_start: start, totalizer_end: end, volume } = sale;
      let course = courses.get(name);
      if (!course) {
        const totals = {
          fuellingPoint: sale.fuelling_point,
          nozzle: sale.nozzle,
          ...{ sales: 0, volumeMl: 0, spansMl: 0, gapsMl: 0, overlapsMl: 0, generations: 1 },
        };
        course = { totals, generation, end: start, last: sale, gaps: [] };
        courses.set(name, course);
      }
      const { totals } = course;
      totals.sales += 1;
      totals.volumeMl += volume;
      totals.spansMl += end >= start ? end - start : volume;
      if (generation !== course.generation) {
        told(course);
        totals.generations += 1;
        course.generation = generation;
        // The one after a rollover goes on where it ended; after a board swap anything may come.
        if (course.last.totalizer_end >= course.last.totalizer_start) course.end = start;
      }
      if (start > course.end) {
        course.gaps.push({ from: course.end, to: start, before: course.last, after: sale });
      } else if (start < course.end && !fill(course, sale)) {
        const twice = Math.min(course.end, end) - start;
        totals.overlapsMl += twice;
        tally.differ({
          businessDate: sale.business_date,
          what: `sale ${sale.id}`,
          problem: `${litres(twice)} of nozzle ${name} (from ${litres(start)}) are in an earlier sale too, the last of them sale ${course.last.id}`,
          mend: `Compare both with \`forecourt sale show\`; void the one that is not true: \`forecourt sale void ${sale.id}\`.`,
        });
      }
      if (end < start || end > course.end) {
        course.end = end;
        course.last = sale;
      }
    },
    close() {
      for (const course of courses.values()) told(course);
      return [...courses.values()].map(({ totals }) => totals);
    },
  };
}

/** From the sale's key; 0 where it tells none. */
function generationOf(key: string): number {
  const found = /:g(\d+):/.exec(key);
  return found ? Number(found[1]) : 0;
}
