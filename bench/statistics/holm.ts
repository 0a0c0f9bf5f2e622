/** Holm's step-down correction: p-values adjusted for as many comparisons as there are (Holm 1979), in the given order. */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, i) => i).sort((a, b) => ps[a]! - ps[b]!);
  const adjusted = new Array<number>(ps.length);
  let least = 0;
  order.forEach((index, rank) => {
    least = Math.max(least, Math.min(1, (ps.length - rank) * ps[index]!));
    adjusted[index] = least;
  });
  return adjusted;
}
