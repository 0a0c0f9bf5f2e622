import type { Detections } from '../readings.ts';
import type { Camera, Store } from '../store.ts';
import { ArmGrower } from './arm-grower.ts';
import { Bodies } from './bodies.ts';
import { ColourBackground } from './colour-background.ts';
import { Foreground } from './foreground.ts';
import { HandFinder, Hands } from './hand-finder.ts';
import { findHeads, Heads } from './head-finder.ts';
import { PixelGrid } from './pixel-grid.ts';
import { PlanView } from './plan-view.ts';
import { ShelfFronts } from './shelf-fronts.ts';

/** Fewer foreground pixels than this hold nobody. */
const PIXELS_MIN = 20;

/**
 * Sees people and hands in one camera's pictures: background in depth, what stands out of it, heights on the floor plan,
 * heads as spheres on peaks, hands at the tips of arms. Keeps the empty shop from picture to picture and nothing of people.
 */
export class Perceiver {
  readonly grid: PixelGrid;
  readonly foreground: Foreground;
  readonly plan: PlanView;
  readonly #heads = new Heads();
  readonly #hands = new Hands();
  readonly #bodies: Bodies;
  readonly #fronts: ShelfFronts;
  readonly #handFinder: HandFinder;
  readonly #colours: ColourBackground;
  readonly #armGrower: ArmGrower;

  constructor(camera: Camera, store: Store) {
    this.grid = new PixelGrid(camera);
    this.foreground = new Foreground(this.grid);
    this.plan = new PlanView(store);
    this.#bodies = new Bodies(this.grid.count);
    this.#fronts = new ShelfFronts(store);
    this.#handFinder = new HandFinder(this.grid.count, this.#fronts);
    this.#colours = new ColourBackground(this.grid);
    this.#armGrower = new ArmGrower(this.grid.count, this.#fronts);
  }

  /**
   * Looks at the next picture of this camera: `depthMm` is width × height, millimetres along the optical axis, 0 = no
   * return; `rgb` is n × 3, null from a camera without colour. What comes out is a copy. The first `LEARNING_PICTURES`
   * pictures show nobody.
   */
  perceive(depthMm: Uint16Array, rgb: Uint8Array | null): Detections {
    const { foreground } = this;
    foreground.look(depthMm);
    this.#heads.count = 0;
    this.#hands.count = 0;
    if (rgb !== null) this.#colours.look(rgb, foreground.isOn);
    if (foreground.count >= PIXELS_MIN) this.#findPeople(rgb !== null);
    const { isLearned, isNew } = foreground.background;
    foreground.followUp();
    if (rgb !== null) this.#colours.follow(foreground.owner, isNew, !isLearned);
    return this.#copy();
  }

  #findPeople(hasColour: boolean): void {
    const { foreground } = this;
    this.plan.map(foreground);
    findHeads(this.#heads, foreground, this.plan, this.#fronts);
    this.#bodies.divide(foreground, this.#heads);
    if (hasColour) this.#armGrower.grow(foreground, this.#bodies, this.#colours);
    this.#handFinder.find(this.#hands, foreground, this.#heads, this.#bodies);
  }

  #copy(): Detections {
    const heads = this.#heads;
    const hands = this.#hands;
    return {
      headsInImagePx: interleaved(heads.u, heads.v, heads.count),
      headDepthM: Float32Array.from(heads.depthM.subarray(0, heads.count)),
      headScore: Float32Array.from(heads.score.subarray(0, heads.count)),
      handsInImagePx: interleaved(hands.u, hands.v, hands.count),
      handDepthM: Float32Array.from(hands.depthM.subarray(0, hands.count)),
      handScore: Float32Array.from(hands.score.subarray(0, hands.count)),
      handOwner: hands.owner.slice(0, hands.count),
    };
  }
}

function interleaved(u: Float64Array, v: Float64Array, count: number): Float32Array {
  const out = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    out[2 * i] = u[i];
    out[2 * i + 1] = v[i];
  }
  return out;
}
