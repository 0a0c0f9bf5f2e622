/** P(X ≤ count) for a Poisson of this mean. */
function poissonCdf(count: number, mean: number): number {
  let term = Math.exp(-mean);
  let sum = term;
  for (let k = 1; k <= count; k++) {
    term *= mean / k;
    sum += term;
  }
  return sum;
}

/**
 * One-sided 95 % upper bound on the mean of a Poisson of which `count` were seen (Garwood 1936): 3.0 for none. Where
 * events come in clusters the bootstrap's bound is the larger one, and counts.
 */
export function poissonAtMost(count: number): number {
  // Above some hundreds the sum underflows; the normal form is then good to a part in a thousand.
  if (count > 500) return (Math.sqrt(count + 1) + 1.645 / 2) ** 2;
  let [low, high] = [count, 10 + 3 * count];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (poissonCdf(count, middle) > 0.05) low = middle;
    else high = middle;
  }
  return high;
}
