import type { FixturePlan } from '../../scenario/run.ts';
import type { PlacedFixture } from '../../world/layout.ts';
import type { HouseTiles } from '../fronts/house-tiles.ts';
import { fixtureId } from './ids.ts';
import { colourOf, type Instances, PLAIN } from './instances.ts';
import { SHAPE } from './shapes.ts';

const BOARD_M = 0.025;
const PANEL_M = 0.03;
const EDGE_M = 0.04;
const CHEEK_M = 0.008;
/** Doors stand this far before the front at most. */
const DOOR_M = 0.045;

const STEEL = colourOf(0xd9dadb);
const BACK = colourOf(0xc3c6c8);
const EDGE = colourOf(0xf3f1ea);
const DARK = colourOf(0x3c4146);
const WOOD = colourOf(0xb98d5c);
const FRIDGE = colourOf(0xeef2f4);

/** Writes boxes given in a fixture's own axes: along the front from its middle, into it from the front edge, up. */
class FixtureBuilder {
  private readonly out: Instances;
  private readonly fixture: PlacedFixture;

  constructor(out: Instances, fixture: PlacedFixture) {
    this.out = out;
    this.fixture = fixture;
  }

  box(
    colour: number,
    along: readonly [number, number],
    into: readonly [number, number],
    up: readonly [number, number],
    light = 1,
    tile = PLAIN,
  ): void {
    const { ux, uy, nx, ny, plan, index } = this.fixture;
    const a = (along[0] + along[1]) / 2;
    const v = (into[0] + into[1]) / 2;
    const shape = tile === PLAIN ? SHAPE.box : SHAPE.panel;
    const instance = this.out.add(shape, fixtureId(index), tile, colour, light);
    const x = plan.atM[0] + ux * a - nx * v;
    const y = plan.atM[1] + uy * a - ny * v;
    this.out.place(instance, x, y, up[0], ux, uy, along[1] - along[0], into[1] - into[0], up[1] - up[0]);
  }
}

/** Adds what of a fixture never moves; doors are drawn with what moves. */
export function addFixture(out: Instances, fixture: PlacedFixture, tiles: HouseTiles): void {
  const { plan } = fixture;
  const build = new FixtureBuilder(out, fixture);
  if (plan.kind === 'table' || plan.kind === 'ledge') addTable(build, plan);
  else if (plan.kind === 'counter') addCounter(build, plan);
  else if (plan.kind === 'fridge') addCabinet(build, plan, FRIDGE, true, tiles);
  else if (plan.kind === 'rack') addRack(build, plan);
  else addCabinet(build, plan, plan.kind === 'endcap' ? WOOD : STEEL, false, tiles);
}

/** A back, a plinth, shelves with price rails; sides and a roof with a sign for a fridge. */
function addCabinet(
  build: FixtureBuilder,
  plan: FixturePlan,
  colour: number,
  isClosed: boolean,
  tiles: HouseTiles,
): void {
  const half = plan.lengthM / 2;
  const all = [-half, half] as const;
  const { depthM, heightM } = plan;
  const lowest = Math.min(heightM, ...plan.shelves.map((shelf) => shelf.heightM));
  build.box(BACK, all, [depthM - PANEL_M, depthM], [0, heightM], 0.8);
  build.box(DARK, all, [0.03, depthM - PANEL_M], [0, Math.max(0.02, lowest - BOARD_M)], 0.7);
  for (const shelf of plan.shelves) addShelf(build, plan, shelf.heightM, shelf.depthM, colour, isClosed ? 0.95 : 0.85);
  // Outside the shelves' length, so that nothing that stands at an end shows through.
  const side = isClosed ? depthM : depthM * 0.9;
  // Cheeks also close the gap beside doors.
  const cheek = [plan.door === null ? depthM - side : -DOOR_M, depthM] as const;
  build.box(colour, [-half - CHEEK_M, -half], cheek, [0, heightM]);
  build.box(colour, [half, half + CHEEK_M], cheek, [0, heightM]);
  if (!isClosed) return;
  build.box(colour, all, [0, depthM], [heightM - 0.06, heightM], 1);
  build.box(DARK, all, [-0.01, 0.02], [heightM - 0.2, heightM - 0.06], 1, tiles.sign);
}

function addShelf(
  b: FixtureBuilder,
  plan: FixturePlan,
  heightM: number,
  depthM: number,
  colour: number,
  light: number,
) {
  const half = plan.lengthM / 2;
  b.box(colour, [-half, half], [0, Math.min(depthM, plan.depthM - PANEL_M)], [heightM - BOARD_M, heightM], light);
  b.box(EDGE, [-half, half], [-0.008, 0], [heightM - EDGE_M, heightM + 0.004]);
}

function addTable(build: FixtureBuilder, plan: FixturePlan): void {
  const half = plan.lengthM / 2;
  const { depthM, shelves } = plan;
  const legs = Math.min(0.06, depthM / 4);
  for (const shelf of shelves) {
    const top = shelf.heightM;
    build.box(WOOD, [-half, half], [0, Math.min(depthM, shelf.depthM)], [top - 0.04, top], 1);
  }
  const top = Math.max(0.1, ...shelves.map((shelf) => shelf.heightM)) - 0.04;
  for (const along of [-half, half - legs])
    for (const into of [0, depthM - legs]) build.box(DARK, [along, along + legs], [into, into + legs], [0, top], 0.8);
}

function addCounter(build: FixtureBuilder, plan: FixturePlan): void {
  const half = plan.lengthM / 2;
  const top = Math.max(0.1, ...plan.shelves.map((shelf) => shelf.heightM));
  build.box(WOOD, [-half, half], [0.04, plan.depthM], [0, top - 0.04], 0.85);
  build.box(EDGE, [-half, half], [0, plan.depthM], [top - 0.04, top]);
  for (const shelf of plan.shelves)
    if (shelf.heightM < top - 0.1) addShelf(build, plan, shelf.heightM, shelf.depthM, WOOD, 0.7);
}

/** Posts, wire shelves, a thin back. */
function addRack(build: FixtureBuilder, plan: FixturePlan): void {
  const half = plan.lengthM / 2;
  const { depthM, heightM } = plan;
  const post = 0.035;
  for (const along of [-half, half - post])
    for (const into of [0, depthM - post]) build.box(DARK, [along, along + post], [into, into + post], [0, heightM]);
  build.box(BACK, [-half, half], [depthM - 0.012, depthM], [0.1, heightM], 0.8);
  for (const shelf of plan.shelves) addShelf(build, plan, shelf.heightM, shelf.depthM, STEEL, 0.85);
}
