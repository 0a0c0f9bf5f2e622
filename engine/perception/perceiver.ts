import { imageFromWorldInto, Lens, worldFromImageInto } from '../geometry/lens.ts';
import type { Detections } from '../readings.ts';
import type { Camera, Store } from '../store.ts';
import { ArmGrower } from './arm-grower.ts';
import { Bodies } from './bodies.ts';
import { ColourBackground } from './colour-background.ts';
import { floorLevel } from './floor-level.ts';
import { Foreground } from './foreground.ts';
import { HandFinder, Hands } from './hand-finder.ts';
import { findHeads, Heads } from './head-finder.ts';
import { PixelGrid } from './pixel-grid.ts';
import { PlanView } from './plan-view.ts';
import { ShelfFronts } from './shelf-fronts.ts';

/** Fewer foreground pixels than this hold nobody. */
const PIXELS_MIN = 20;
/** The floor is measured as soon as the empty shop is learned, and every so many pictures from then on: a camera may be knocked. */
const LEVEL_PICTURES = 300;

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
  readonly #store: Store;
  readonly #toldLens: Lens;
  #pictures = 0;

  constructor(camera: Camera, store: Store) {
    this.#store = store;
    this.#toldLens = new Lens(camera);
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
   * return; `rgb` is n × 3, null from a camera without colour. What comes out is a copy, and where the camera would show it
   * if it stood as described. The first `LEARNING_PICTURES` pictures show nobody.
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
    if (foreground.background.isLearned && this.#pictures++ % LEVEL_PICTURES === 0) this.#level();
    return this.#copy();
  }

  #level(): void {
    const level = floorLevel(this.grid, this.foreground.background, this.#store);
    if (level !== null) this.grid.level(level);
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
    const [headPlaces, handPlaces] = [this.#asTold(heads), this.#asTold(hands)];
    return {
      headsInImagePx: headPlaces.inImagePx,
      headDepthM: headPlaces.depthM,
      headScore: Float32Array.from(heads.score.subarray(0, heads.count)),
      handsInImagePx: handPlaces.inImagePx,
      handDepthM: handPlaces.depthM,
      handScore: Float32Array.from(hands.score.subarray(0, hands.count)),
      handOwner: hands.owner.slice(0, hands.count),
    };
  }

  /** Places in the picture of a camera that stands as described. */
  #asTold({ count, u, v, depthM }: Heads | Hands): { inImagePx: Float32Array; depthM: Float32Array } {
    const out = { inImagePx: new Float32Array(2 * count), depthM: new Float32Array(count) };
    for (let i = 0; i < count; i++) {
      const isKnown = worldFromImageInto(point, this.grid.lens, u[i], v[i], depthM[i]);
      if (!isKnown || !imageFromWorldInto(place, this.#toldLens, point[0], point[1], point[2]))
        place.set([u[i], v[i], depthM[i]]);
      out.inImagePx[2 * i] = place[0];
      out.inImagePx[2 * i + 1] = place[1];
      out.depthM[i] = place[2];
    }
    return out;
  }
}

const point = new Float64Array(3);
const place = new Float64Array(3);
