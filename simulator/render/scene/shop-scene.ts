/**
 * The shop as things to draw: what never moves and what stands on shelves, then what moves. Both the rasteriser and a
 * WebGL viewer draw these instances of these shapes; there is no other scene.
 */
import type { Run } from '../../scenario/run.ts';
import { Layout } from '../../world/layout.ts';
import { type HouseTiles, houseTiles } from '../fronts/house-tiles.ts';
import { addCarried, addEquipment } from './carried-parts.ts';
import { brightnessAt } from './daylight.ts';
import { addDoor } from './door-parts.ts';
import { addFixture } from './fixture-parts.ts';
import { Instances } from './instances.ts';
import { type Looks, looksOf } from './looks.ts';
import { PersonParts } from './person-parts.ts';
import { addRoom } from './room-parts.ts';
import {
  BODIES,
  BODY,
  bodiesAt,
  CARRIED,
  CARRY,
  carriedAt,
  DOOR,
  DOORS,
  HEAD,
  SHOPPER,
  STOCK_ROWS,
  timeOf,
} from './snapshot-layout.ts';
import { type PackageLook, packageLooks, StockScene } from './stock-scene.ts';

export class ShopScene {
  /** Building, fixtures, goods that rest. */
  readonly still = new Instances(1024);
  /** People, what they carry, doors of fridges; of the present snapshot. */
  readonly moving = new Instances(512);
  /** Brightness of the light, 0..1. */
  brightness = 1;
  private readonly run: Run;
  private readonly layout: Layout;
  private readonly tiles: HouseTiles;
  private readonly looks: readonly PackageLook[];
  private readonly people: (Looks | undefined)[];
  private readonly stock: StockScene;
  private readonly persons = new PersonParts(this.moving);
  /** Things so far per body and place. */
  private counts = new Int32Array(192);

  /** `log`: the memory of the stock log that the snapshots count the rows of. */
  constructor(run: Run, log: ArrayBufferLike) {
    this.run = run;
    this.layout = new Layout(run);
    this.tiles = houseTiles(run.products.length);
    this.looks = packageLooks(run);
    this.people = new Array(run.shoppers.length);
    addRoom(this.still, this.layout, this.tiles);
    for (const fixture of this.layout.fixtures) addFixture(this.still, fixture, this.tiles);
    this.stock = new StockScene(this.still, this.looks, log);
  }

  /** Shows the moment of a snapshot; `changed` hears of resting things before and after they change. */
  show(snapshot: Float32Array, changed: (instance: number) => void): void {
    this.brightness = brightnessAt(this.run.clockStartUs, timeOf(snapshot));
    this.stock.advanceTo(snapshot[STOCK_ROWS], changed);
    this.moving.count = 0;
    for (let i = 0; i < snapshot[DOORS]; i++) {
      const at = HEAD + i * DOOR;
      addDoor(this.moving, this.layout.fixtures[snapshot[at]], snapshot[at + 1], snapshot[at + 2], this.tiles);
    }
    const from = bodiesAt(snapshot);
    for (let i = 0; i < snapshot[BODIES]; i++) this.showPerson(snapshot, from + i * BODY);
    this.showCarried(snapshot, from);
  }

  private showPerson(snapshot: Float32Array, at: number): void {
    const index = snapshot[at + SHOPPER];
    const plan = this.run.shoppers[index];
    const looks = (this.people[index] ??= looksOf(this.run, plan, this.tiles));
    this.persons.add(snapshot, at, plan.heightM, looks);
    addEquipment(this.moving, snapshot, at, plan, looks, this.tiles);
  }

  private showCarried(snapshot: Float32Array, bodies: number): void {
    const from = carriedAt(snapshot);
    if (this.counts.length < 3 * snapshot[BODIES]) this.counts = new Int32Array(6 * snapshot[BODIES]);
    const { counts } = this;
    counts.fill(0);
    for (let i = 0; i < snapshot[CARRIED]; i++) {
      const at = from + i * CARRY;
      const holder = snapshot[at];
      const where = snapshot[at + 2];
      const body = bodies + holder * BODY;
      const plan = this.run.shoppers[snapshot[body + SHOPPER]];
      addCarried(this.moving, snapshot, body, plan, this.looks[snapshot[at + 1]], where, counts[3 * holder + where]++);
    }
  }
}
