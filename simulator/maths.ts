/**
 * Elementary functions from + − × ÷ and sqrt alone. The engines' own `Math.sin`, `exp` … differ in their last bits
 * between JavaScript engines (V8 against SpiderMonkey: sin, cos, tan, pow, hypot; QuickJS: exp, log too), and a
 * seed must give the same world everywhere. Errors stay below 2e-11 in the simulator's ranges.
 */

const TAU = 2 * Math.PI;
const HALF_PI = Math.PI / 2;

/** Sine of an angle in radians, |x| up to about 1e6. Taylor to x^17 after reduction to ±π/2. */
export function sin(x: number): number {
  let r = x - TAU * Math.round(x / TAU);
  if (r > HALF_PI) r = Math.PI - r;
  else if (r < -HALF_PI) r = -Math.PI - r;
  const s = r * r;
  return (
    r *
    (1 +
      s *
        (-1 / 6 +
          s *
            (1 / 120 +
              s *
                (-1 / 5040 +
                  s * (1 / 362880 + s * (-1 / 39916800 + s * (1 / 6227020800 + s * (-1 / 1307674368000))))))))
  );
}

export function cos(x: number): number {
  return sin(x + HALF_PI);
}

export function tan(x: number): number {
  return sin(x) / cos(x);
}

/** Arc tangent: two halvings of the angle, then a series. */
function atan(x: number): number {
  const a = Math.abs(x);
  let t = a > 1 ? 1 / a : a;
  t = t / (1 + Math.sqrt(1 + t * t));
  t = t / (1 + Math.sqrt(1 + t * t));
  const s = t * t;
  let sum = 0;
  for (let k = 21; k >= 1; k -= 2) sum = sum * -s + 1 / k;
  let r = 4 * t * sum;
  if (a > 1) r = HALF_PI - r;
  return x < 0 ? -r : r;
}

/** Angle of the vector (x, y), in (−π, π]; 0 for the zero vector. */
export function atan2(y: number, x: number): number {
  if (x > 0) return atan(y / x);
  if (x < 0) return y >= 0 ? atan(y / x) + Math.PI : atan(y / x) - Math.PI;
  return y > 0 ? HALF_PI : y < 0 ? -HALF_PI : 0;
}

const LN2 = Math.LN2;
const bits = new DataView(new ArrayBuffer(8));

/** Natural logarithm of x > 0 (−Infinity at 0, NaN below). Splits off the exponent, then atanh series. */
export function log(x: number): number {
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (!(x > 0) || x === Number.POSITIVE_INFINITY) return x > 0 ? x : Number.NaN;
  let bias = 0;
  let y = x;
  if (y < 2.2250738585072014e-308) {
    y *= 18014398509481984;
    bias = -54;
  }
  bits.setFloat64(0, y);
  const high = bits.getUint32(0);
  let exponent = (high >>> 20) - 1023 + bias;
  bits.setUint32(0, (high & 0x000fffff) | 0x3ff00000);
  let m = bits.getFloat64(0);
  if (m > Math.SQRT2) {
    m /= 2;
    exponent += 1;
  }
  const t = (m - 1) / (m + 1);
  const s = t * t;
  let sum = 0;
  for (let k = 19; k >= 1; k -= 2) sum = sum * s + 1 / k;
  return exponent * LN2 + 2 * t * sum;
}

/** e^x; 0 below −745, Infinity above 709. */
export function exp(x: number): number {
  if (x < -745) return 0;
  if (x > 709.7) return Number.POSITIVE_INFINITY;
  const n = Math.round(x / LN2);
  const r = x - n * LN2;
  let sum = 1;
  for (let k = 13; k >= 1; k--) sum = 1 + (r * sum) / k;
  return sum * powerOfTwo(n);
}

function powerOfTwo(n: number): number {
  let result = 1;
  let base = n < 0 ? 0.5 : 2;
  for (let k = Math.abs(n); k > 0; k >>= 1) {
    if (k & 1) result *= base;
    base *= base;
  }
  return result;
}

/** Length of (x, y). */
export function hypot2(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}

/** Length of (x, y, z). */
export function hypot3(x: number, y: number, z: number): number {
  return Math.sqrt(x * x + y * y + z * z);
}

export function clamp(x: number, low: number, high: number): number {
  return x < low ? low : x > high ? high : x;
}
