import { readFileSync } from 'node:fs';

/** A map from a raw probability to how often it came true: piecewise linear, rising; as fitted on calibration runs. */
interface Curve {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

const file = new URL('./calibration.json', import.meta.url);
const curves = parsed(JSON.parse(readFileSync(file, 'utf8')));

/** The probability that a line or a whole cart is right, by the stored curves. */
export function calibrated(what: 'line' | 'cart', raw: number): number {
  const { x, y } = curves[what];
  let i = 1;
  while (i < x.length - 1 && x[i]! < raw) i++;
  const share = (Math.min(Math.max(raw, x[0]!), x[x.length - 1]!) - x[i - 1]!) / Math.max(1e-12, x[i]! - x[i - 1]!);
  return y[i - 1]! + share * (y[i]! - y[i - 1]!);
}

/** Throws for curves that are no maps of probabilities, saying what was found. */
export function parsed(value: unknown): { readonly line: Curve; readonly cart: Curve } {
  const { line, cart } = value as { line: Curve; cart: Curve };
  for (const [name, curve] of Object.entries({ line, cart })) {
    const isCurve = curve?.x?.length >= 2 && curve.x.length === curve.y?.length;
    if (!isCurve) throw new Error(`calibration.${name}: expected as many x as y, two or more`);
    for (let i = 0; i < curve.x.length; i++) {
      const rises = i === 0 || (curve.x[i]! > curve.x[i - 1]! && curve.y[i]! >= curve.y[i - 1]!);
      const isProb = curve.x[i]! >= 0 && curve.x[i]! <= 1 && curve.y[i]! >= 0 && curve.y[i]! <= 1;
      if (!rises || !isProb)
        throw new Error(
          `calibration.${name}: found ${curve.x[i]} → ${curve.y[i]} at ${i}, expected rising probabilities`,
        );
    }
  }
  return { line, cart };
}
