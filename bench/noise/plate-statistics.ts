/** Statistics of plate noise, the same for simulated and real series. */

export function quantile(values: readonly number[] | Float64Array, share: number): number {
  const sorted = Float64Array.from(values).sort();
  const at = share * (sorted.length - 1);
  const i = Math.floor(at);
  return sorted[i]! + (at - i) * (sorted[Math.min(i + 1, sorted.length - 1)]! - sorted[i]!);
}

export function sdOfSeries(x: Float64Array, from = 0, to = x.length): number {
  let mean = 0;
  for (let i = from; i < to; i++) mean += x[i]!;
  mean /= to - from;
  let sum = 0;
  for (let i = from; i < to; i++) sum += (x[i]! - mean) ** 2;
  return Math.sqrt(sum / (to - from));
}

/** SD in windows of 1 s, all plates together. */
export function windowedSds(series: readonly Float64Array[]): number[] {
  return series.flatMap((x) =>
    Array.from({ length: Math.floor(x.length / 60) }, (_, w) => sdOfSeries(x, 60 * w, 60 * w + 60)),
  );
}

/** Per plate, SD of its 1 s means. */
export function sdsOfMeans(series: readonly Float64Array[]): number[] {
  return series.map((x) => {
    const means = Array.from({ length: Math.floor(x.length / 60) }, (_, w) => {
      let sum = 0;
      for (let i = 60 * w; i < 60 * w + 60; i++) sum += x[i]!;
      return sum / 60;
    });
    return sdOfSeries(Float64Array.from(means));
  });
}

/** Per plate, largest distance from its median. */
export function peaks(series: readonly Float64Array[]): number[] {
  return series.map((x) => {
    const median = quantile(x, 0.5);
    return x.reduce((peak, value) => Math.max(peak, Math.abs(value - median)), 0);
  });
}

/** Shares of samples further from the plate's median than 3, 5 and 10 times 1.4826 · MAD. */
export function tails(series: readonly Float64Array[]): [number, number, number] {
  const beyond: [number, number, number] = [0, 0, 0];
  let samples = 0;
  for (const x of series) {
    const median = quantile(x, 0.5);
    const away = x.map((value) => Math.abs(value - median));
    const sigma = 1.4826 * quantile(away, 0.5);
    if (sigma === 0) continue;
    samples += x.length;
    for (const value of away) {
      if (value > 3 * sigma) beyond[0] += 1;
      if (value > 5 * sigma) beyond[1] += 1;
      if (value > 10 * sigma) beyond[2] += 1;
    }
  }
  return [beyond[0] / samples, beyond[1] / samples, beyond[2] / samples];
}

/**
 * Mean power of quiet 2 s windows by frequency, each window detrended by a line, Hann-weighted and scaled to power 1;
 * element k is k/2 Hz, up to 30 Hz at 60 samples a second. Quiet: SD below 1.5 times the plate's first quintile.
 */
export function quietSpectrum(series: readonly Float64Array[]): Float64Array {
  const power = new Float64Array(61);
  let windows = 0;
  for (const x of series) {
    const starts = Array.from({ length: Math.floor(x.length / 120) }, (_, w) => 120 * w);
    const sds = starts.map((from) => sdOfSeries(x, from, from + 120));
    const loud = 1.5 * quantile(sds, 0.2);
    for (let w = 0; w < starts.length; w++) {
      if (sds[w]! === 0 || sds[w]! > loud) continue;
      addSpectrum(power, x, starts[w]!);
      windows += 1;
    }
  }
  return power.map((p) => p / windows);
}

const TURN_COS = Float64Array.from({ length: 120 }, (_, i) => Math.cos((2 * Math.PI * i) / 120));
const TURN_SIN = Float64Array.from({ length: 120 }, (_, i) => Math.sin((2 * Math.PI * i) / 120));

function addSpectrum(power: Float64Array, x: Float64Array, from: number): void {
  const n = 120;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += x[from + i]! / n;
  let slope = 0;
  let norm = 0;
  for (let i = 0; i < n; i++) {
    slope += (i - 59.5) * (x[from + i]! - mean);
    norm += (i - 59.5) ** 2;
  }
  slope /= norm;
  const own = new Float64Array(61);
  let total = 0;
  for (let k = 1; k <= 60; k++) {
    let re = 0;
    let im = 0;
    for (let i = 0; i < n; i++) {
      const hann = 0.5 - 0.5 * TURN_COS[i]!;
      const value = hann * (x[from + i]! - mean - slope * (i - 59.5));
      re += value * TURN_COS[(k * i) % n]!;
      im -= value * TURN_SIN[(k * i) % n]!;
    }
    own[k] = re * re + im * im;
    total += own[k]!;
  }
  for (let k = 1; k <= 60; k++) power[k]! += own[k]! / total;
}

/** Power around a frequency: three bins of half a hertz. */
export function powerNear(spectrum: Float64Array, hz: number): number {
  const k = Math.round(2 * hz);
  return spectrum[k - 1]! + spectrum[k]! + spectrum[k + 1]!;
}

/** Median power of one bin between 3 and 12 Hz, where no line stands. */
export function floorOf(spectrum: Float64Array): number {
  return quantile(spectrum.subarray(6, 25), 0.5);
}

/** Step of the digital readings: median over plates of the least difference between two of a plate's values. */
export function quantumOf(series: readonly Float64Array[]): number {
  const steps = series.map((x) => {
    const sorted = Float64Array.from(x).sort();
    let least = Number.POSITIVE_INFINITY;
    for (let i = 1; i < sorted.length; i++) {
      const step = sorted[i]! - sorted[i - 1]!;
      // Single-precision readings of some hundred grams differ by less than this where they mean the same.
      if (step > 1e-3) least = Math.min(least, step);
    }
    return least;
  });
  return quantile(steps.filter(Number.isFinite), 0.5);
}
