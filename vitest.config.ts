import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take minutes, so that none of them runs alone at the end. */
const longest = /system\/(?:torture|simulatorGauges|stationExports|stationCli|apiFloods)\.test\.ts$/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const [first, rest] = [true, false].map((long) =>
      files.filter(({ moduleId }) => longest.test(moduleId) === long),
    );
    return [...(first ?? []), ...(await super.sort(rest ?? []))];
  }
}

export default defineConfig({
  test: {
    include: ['tests/{unit,golden,system}/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    pool: 'forks',
    // System tests mostly wait for their peers: more of them than cores go side by side.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    reporters: ['default'],
  },
});
