import { BufferAttribute, BufferGeometry, LineBasicMaterial, LineSegments } from 'three';

/** Pairs of corners that share an edge. */
const EDGES = [0, 1, 2, 3, 4, 5, 6, 7, 0, 2, 1, 3, 4, 6, 5, 7, 0, 4, 1, 5, 2, 6, 3, 7];
const COLOUR = 0xd55e00;

/** Edges of one box, over everything else. */
export class BoxOutline {
  readonly lines: LineSegments;
  readonly #points = new BufferAttribute(new Float32Array(3 * EDGES.length), 3);
  #shown = '';

  constructor() {
    const geometry = new BufferGeometry().setAttribute('position', this.#points);
    this.lines = new LineSegments(geometry, new LineBasicMaterial({ color: COLOUR, depthTest: false }));
    this.lines.frustumCulled = false;
    this.lines.renderOrder = 1;
    this.lines.visible = false;
  }

  /** True when it looks different from before. */
  show(corners: readonly (readonly [number, number, number])[] | null): boolean {
    const key = corners === null ? '' : JSON.stringify(corners);
    if (key === this.#shown) return false;
    this.#shown = key;
    this.lines.visible = corners !== null;
    if (corners !== null) for (const [i, corner] of EDGES.entries()) this.#points.setXYZ(i, ...corners[corner]);
    this.#points.needsUpdate = true;
    return true;
  }
}
