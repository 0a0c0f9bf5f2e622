/** Bounds that keep any file from hanging or filling memory; stated in `scenarios/README.md`. */
export const LIMITS = {
  textBytes: 8 * 1024 * 1024,
  files: 64,
  depth: 64,
  values: 500_000,
  durationUs: 7 * 24 * 3_600_000_000,
  shoppers: 100_000,
  actions: 2_000_000,
  slots: 20_000,
  floorM2: 20_000,
  basket: 1_000,
  runs: 10_000,
} as const;
