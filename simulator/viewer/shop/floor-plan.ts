import type { Run } from '../../scenario/run.ts';
import { Layout } from '../../world/layout.ts';

/** Edge of a cell of the heat map, metres. */
const CELL_M = 0.25;

/** Time that bodies spent in each cell of the floor. */
export class DwellMap {
  readonly columns: number;
  readonly rows: number;
  /** rows × columns, seconds. */
  readonly seconds: Float32Array;
  #lastUs = Number.NEGATIVE_INFINITY;

  constructor(sizeM: readonly [number, number]) {
    this.columns = Math.ceil(sizeM[0] / CELL_M);
    this.rows = Math.ceil(sizeM[1] / CELL_M);
    this.seconds = new Float32Array(this.columns * this.rows);
  }

  /** Adds where everybody is; times must not go back. */
  add(timeUs: number, onFloorM: Float32Array): void {
    if (timeUs <= this.#lastUs) return;
    const elapsed = Math.min(1, (timeUs - this.#lastUs) / 1e6);
    this.#lastUs = timeUs;
    for (let i = 0; i < onFloorM.length; i += 2) {
      const column = Math.floor(onFloorM[i] / CELL_M);
      const row = Math.floor(onFloorM[i + 1] / CELL_M);
      if (column < 0 || row < 0 || column >= this.columns || row >= this.rows) continue;
      this.seconds[row * this.columns + column] += elapsed;
    }
  }
}

/** Draws a store from above, y up, with how long people stayed where. */
export function drawFloorPlan(canvas: HTMLCanvasElement, run: Run, dwell: DwellMap, colours: PlanColours): void {
  const [width, depth] = run.store.sizeM;
  const perMetre = canvas.width / width;
  canvas.height = Math.round(depth * perMetre);
  const context = canvas.getContext('2d')!;
  const cell = CELL_M * perMetre;
  context.fillStyle = colours.floor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  const most = dwell.seconds.reduce((a, b) => Math.max(a, b), 1);
  for (let row = 0; row < dwell.rows; row++) {
    for (let column = 0; column < dwell.columns; column++) {
      const seconds = dwell.seconds[row * dwell.columns + column];
      if (seconds === 0) continue;
      // The square root shows paths beside places where people stand for minutes.
      context.fillStyle = colours.heat;
      context.globalAlpha = 0.08 + 0.92 * Math.sqrt(seconds / most);
      context.fillRect(column * cell, canvas.height - (row + 1) * cell, cell + 0.5, cell + 0.5);
    }
  }
  context.globalAlpha = 1;
  context.fillStyle = colours.fixture;
  for (const fixture of new Layout(run).fixtures) {
    const { atM, facingRad, lengthM, depthM } = fixture.plan;
    context.save();
    context.translate(atM[0] * perMetre, canvas.height - atM[1] * perMetre);
    context.rotate(-facingRad);
    // The front edge lies at x = 0; goods are behind it.
    context.fillRect(-depthM * perMetre, (-lengthM / 2) * perMetre, depthM * perMetre, lengthM * perMetre);
    context.restore();
  }
}

export interface PlanColours {
  readonly floor: string;
  readonly heat: string;
  readonly fixture: string;
}
