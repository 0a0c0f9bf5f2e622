import type { Run } from '../../scenario/run.ts';
import { Layout } from '../../world/layout.ts';
import type { Coverage } from './coverage.ts';
import { CELL_M, type FloorUse } from './floor-use.ts';

export interface PlanColours {
  readonly floor: string;
  readonly heat: string;
  readonly fixture: string;
  readonly ink: string;
}

/** Cells side by side that one arrow of a flow sums up. */
const ARROW_CELLS = 2;
/** Metres walked through an arrow's cells that are worth an arrow. */
const LEAST_FLOW_M = 0.5;
/** Shares of full colour by number of cameras; none is drawn as dots. */
const SEEN_BY = [0, 0.18, 0.42, 0.7, 1];

/** Draws how long people stayed where. */
export function drawDwell(canvas: HTMLCanvasElement, run: Run, use: FloorUse, colours: PlanColours): void {
  const { context, perMetre } = start(canvas, run, colours);
  const cell = CELL_M * perMetre;
  const most = use.seconds.reduce((a, b) => Math.max(a, b), 1);
  context.fillStyle = colours.heat;
  use.seconds.forEach((seconds, i) => {
    if (seconds === 0) return;
    const [column, row] = [i % use.columns, Math.floor(i / use.columns)];
    // The square root shows paths beside places where people stand for minutes.
    context.globalAlpha = 0.08 + 0.92 * Math.sqrt(seconds / most);
    context.fillRect(column * cell, canvas.height - (row + 1) * cell, cell + 0.5, cell + 0.5);
  });
  finish(canvas, context, run, perMetre, colours);
}

/** Draws which way people went: arrows, longer and darker where more went. */
export function drawFlows(canvas: HTMLCanvasElement, run: Run, use: FloorUse, colours: PlanColours): void {
  const { context, perMetre } = start(canvas, run, colours);
  const arrows = arrowsOf(use);
  const most = arrows.reduce((best, { flowM }) => Math.max(best, flowM), 1);
  const longest = ARROW_CELLS * CELL_M * perMetre * 0.95;
  context.strokeStyle = colours.heat;
  context.lineWidth = 1.6;
  for (const { xM, yM, eastM, northM, flowM } of arrows) {
    const share = Math.sqrt(flowM / most);
    context.globalAlpha = 0.3 + 0.7 * share;
    arrow(context, xM * perMetre, canvas.height - yM * perMetre, eastM / flowM, -northM / flowM, longest * share);
  }
  finish(canvas, context, run, perMetre, colours);
}

/** Draws how many cameras see each place. */
export function drawCoverage(canvas: HTMLCanvasElement, run: Run, coverage: Coverage, colours: PlanColours): void {
  const { context, perMetre } = start(canvas, run, colours);
  const cell = coverage.cellM * perMetre;
  coverage.cameras.forEach((count, i) => {
    const x = (i % coverage.columns) * cell;
    const y = canvas.height - (Math.floor(i / coverage.columns) + 1) * cell;
    if (count < 0) return;
    context.fillStyle = count === 0 ? colours.ink : colours.heat;
    context.globalAlpha = count === 0 ? 0.55 : SEEN_BY[Math.min(count, SEEN_BY.length - 1)];
    if (count === 0) context.fillRect(x + cell / 2 - 1, y + cell / 2 - 1, 2, 2);
    else context.fillRect(x, y, cell + 0.5, cell + 0.5);
  });
  finish(canvas, context, run, perMetre, colours);
  context.fillStyle = colours.ink;
  for (const { atM } of run.cameras) {
    context.beginPath();
    context.arc(atM[0] * perMetre, canvas.height - atM[1] * perMetre, 3, 0, 2 * Math.PI);
    context.fill();
  }
}

interface Arrow {
  readonly xM: number;
  readonly yM: number;
  readonly eastM: number;
  readonly northM: number;
  readonly flowM: number;
}

function arrowsOf({ columns, rows, eastM, northM }: FloorUse): Arrow[] {
  const arrows: Arrow[] = [];
  for (let row = 0; row < rows; row += ARROW_CELLS) {
    for (let column = 0; column < columns; column += ARROW_CELLS) {
      let [east, north] = [0, 0];
      for (let y = row; y < Math.min(rows, row + ARROW_CELLS); y++) {
        for (let x = column; x < Math.min(columns, column + ARROW_CELLS); x++) {
          east += eastM[y * columns + x];
          north += northM[y * columns + x];
        }
      }
      const flowM = Math.hypot(east, north);
      const [xM, yM] = [(column + ARROW_CELLS / 2) * CELL_M, (row + ARROW_CELLS / 2) * CELL_M];
      if (flowM >= LEAST_FLOW_M) arrows.push({ xM, yM, eastM: east, northM: north, flowM });
    }
  }
  return arrows;
}

/** An arrow around (x, y) in the direction (dx, dy), a unit vector of the picture. */
function arrow(context: CanvasRenderingContext2D, x: number, y: number, dx: number, dy: number, length: number): void {
  const half = length / 2;
  const head = Math.min(5, length * 0.4);
  const [tipX, tipY] = [x + dx * half, y + dy * half];
  context.beginPath();
  context.moveTo(x - dx * half, y - dy * half);
  context.lineTo(tipX, tipY);
  for (const side of [1, -1]) {
    context.moveTo(tipX, tipY);
    context.lineTo(tipX - head * (dx + side * 0.6 * dy), tipY - head * (dy - side * 0.6 * dx));
  }
  context.stroke();
}

function start(canvas: HTMLCanvasElement, run: Run, colours: PlanColours) {
  const [width, depth] = run.store.sizeM;
  const perMetre = canvas.width / width;
  canvas.height = Math.round(depth * perMetre);
  const context = canvas.getContext('2d')!;
  context.fillStyle = colours.floor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  return { context, perMetre };
}

function finish(
  canvas: HTMLCanvasElement,
  context: CanvasRenderingContext2D,
  run: Run,
  perMetre: number,
  colours: PlanColours,
): void {
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
