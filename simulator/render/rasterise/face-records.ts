/** Numbers per face: 1/w-scaled u, v and light as x, y and constant coefficients over the canvas. */
export const COEFFICIENTS = 9;
/** Integers per face. */
export const WORDS = 5;
/** Places of those integers: offset of the mip level or −1, its stride, id << 16, light 0..256 or −1, colour. */
export const TEXELS = 0;
export const STRIDE = 1;
export const ID = 2;
export const LIGHT = 3;
export const COLOUR = 4;

/** How to shade each face that was visible when it was drawn; face 0 is nothing. */
export class FaceRecords {
  coefficients = new Float64Array(4096 * COEFFICIENTS);
  words = new Int32Array(4096 * WORDS);
  count = 1;

  clear(): void {
    this.count = 1;
  }

  /** Makes room for so many more. */
  reserve(more: number): void {
    const wanted = this.count + more;
    if (wanted * WORDS <= this.words.length) return;
    const capacity = Math.max(wanted, (2 * this.words.length) / WORDS);
    const coefficients = new Float64Array(capacity * COEFFICIENTS);
    const words = new Int32Array(capacity * WORDS);
    coefficients.set(this.coefficients);
    words.set(this.words);
    this.coefficients = coefficients;
    this.words = words;
  }
}
