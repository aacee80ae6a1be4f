/** One reading of a device: the jobs it serves and the blocks it still needs. */
import type { RegisterImage } from './contract.ts';
import { type BlockData, registerImage } from './image.ts';
import type { Block } from './planner.ts';
import type { PolledJob } from './polledJob.ts';
import { deadlineOf } from './schedule.ts';
import type { ReadBlock } from './sentinel.ts';

export interface Completed {
  readonly job: PolledJob;
  readonly image: RegisterImage;
}

export class Reading {
  /** The most urgent of its jobs, as it was when the reading began. */
  readonly deadline: number;
  #jobs: PolledJob[];
  readonly #blocks: readonly Block[];
  readonly #data: BlockData[] = [];
  #next = 0;

  constructor(
    jobs: readonly PolledJob[],
    blocks: readonly Block[],
    deadline = Math.min(...jobs.map(deadlineOf)),
  ) {
    this.#jobs = [...jobs];
    this.#blocks = blocks;
    this.deadline = deadline;
  }

  /** The block to read next; null when there is nothing left to do. */
  block(): Block | null {
    for (; this.#next < this.#blocks.length; this.#next++) {
      const block = this.#blocks[this.#next];
      // A job may have been cancelled or have failed meanwhile.
      if (block && this.#jobs.some((job) => !job.cancelled && needs(job, block))) return block;
    }
    return null;
  }

  /** The jobs that have everything with this block. */
  received(block: Block, data: Buffer): Completed[] {
    this.#data.push({ block, data });
    this.#next++;
    const pending = this.#blocks.slice(this.#next);
    const done = this.#jobs.filter((job) => !pending.some((each) => needs(job, each)));
    this.#jobs = this.#jobs.filter((job) => !done.includes(job));
    return done
      .filter((job) => !job.cancelled)
      .map((job) => ({ job, image: registerImage(this.#data.filter((each) => needs(job, each.block))) }));
  }

  /** Gives up the jobs that need this block. */
  failed(block: Block): PolledJob[] {
    this.#next++;
    const lost = this.#jobs.filter((job) => needs(job, block));
    this.#jobs = this.#jobs.filter((job) => !lost.includes(job));
    return lost;
  }

  /** What is not answered yet. */
  remaining(): readonly PolledJob[] {
    return this.#jobs;
  }
}

function needs(job: PolledJob, block: ReadBlock): boolean {
  return job.ranges.some(
    ({ table, address, count }) =>
      table === block.table && address < block.address + block.count && block.address < address + count,
  );
}
