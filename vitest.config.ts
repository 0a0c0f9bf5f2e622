import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{engine,models,simulator,bench,api,bin}/**/*.test.ts', '*.test.ts'],
    // Two forks: the reference machine has two cores, and simulations are pure CPU.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
