import { clamp } from '../maths.ts';
import { RandomStream } from '../random.ts';
import { plateResiduals, TRACE_RATE_HZ } from './plate-trace.ts';

/** Length of a bootstrap block and of the blend between two, µs. Long enough to hold a burst. */
const BLOCK_US = 4_000_000;
const BLEND_US = 200_000;

/**
 * Circular block bootstrap (Politis & Romano 1992) of the real residuals. All units of a run play the same block at the same time, so what shook the whole
 * store shakes it together; each unit plays one real shelf, its cells that shelf's plates in order.
 */
export class Replay {
  private readonly stream: RandomStream;
  private readonly starts: number[] = [];
  private readonly span: number;
  private readonly shelf: readonly Float64Array[];
  private readonly firstPlate: number;

  constructor(seed: number, scaleId: string) {
    const shelves = plateResiduals();
    const own = new RandomStream(seed, `sensor/${scaleId}/replay`);
    this.stream = new RandomStream(seed, 'replay/blocks');
    this.shelf = shelves[own.below(shelves.length)]!;
    this.firstPlate = own.below(this.shelf.length);
    this.span = this.shelf[0]!.length;
  }

  /** Residual of one cell at a true time, grams. */
  gramsAt(cell: number, timeUs: number): number {
    const block = Math.floor(timeUs / BLOCK_US);
    const intoUs = timeUs - block * BLOCK_US;
    while (this.starts.length <= block) this.starts.push(this.stream.below(this.span));
    const now = this.read(cell, block, intoUs);
    if (intoUs >= BLEND_US || block === 0) return now;
    const share = clamp(intoUs / BLEND_US, 0, 1);
    // Equal power, so that the blend is as loud as its two sides.
    return Math.sqrt(share) * now + Math.sqrt(1 - share) * this.read(cell, block - 1, intoUs + BLOCK_US);
  }

  /** The nearest sample, the trace taken as a ring so that its ends are played as often as its middle. */
  private read(cell: number, block: number, intoUs: number): number {
    const plate = this.shelf[(this.firstPlate + cell) % this.shelf.length]!;
    return plate[(this.starts[block]! + Math.round((intoUs / 1_000_000) * TRACE_RATE_HZ)) % plate.length]!;
  }
}
