import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/{unit,golden,system}/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    pool: 'forks',
    // System tests mostly wait for their peers: more of them than cores go side by side.
    maxWorkers: 4,
    reporters: ['default'],
  },
});
