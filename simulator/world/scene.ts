import { RandomStream } from '../random.ts';
import type { Run } from '../scenario/run.ts';
import type { TruthEvent } from '../truth.ts';
import { Barriers } from './barriers.ts';
import { CellLoads } from './cell-loads.ts';
import { Crowd } from './crowd.ts';
import { FixtureDoors } from './fixture-doors.ts';
import { Goods } from './goods.ts';
import type { Item, ItemPlace } from './item.ts';
import { Layout } from './layout.ts';
import type { Person } from './person.ts';
import { Trips } from './trips.ts';
import type { GateEvent } from './view.ts';

/** What people act on: the store, its goods, the crowd, the clock, and the record of what happened. */
export class Scene {
  readonly run: Run;
  readonly layout: Layout;
  readonly loads: CellLoads;
  readonly goods: Goods;
  readonly crowd: Crowd;
  readonly fixtureDoors: FixtureDoors;
  readonly barriers: Barriers;
  readonly trips = new Trips();
  /** Present people by key. */
  readonly people = new Map<string, Person>();
  /** By shopper index: 0 to come, 1 here, 2 gone. */
  readonly presence: Uint8Array;
  readonly gateEvents: GateEvent[] = [];
  readonly truth: TruthEvent[] = [];
  timeUs = 0;
  private readonly indexByKey = new Map<string, number>();

  constructor(run: Run) {
    this.run = run;
    this.layout = new Layout(run);
    this.loads = new CellLoads(run);
    this.goods = new Goods(run, this.layout, this.loads);
    this.crowd = new Crowd(this.layout, run.tickHz);
    this.fixtureDoors = new FixtureDoors(this.layout, run.tickHz);
    this.barriers = new Barriers(run);
    this.presence = new Uint8Array(run.shoppers.length);
    run.shoppers.forEach((shopper, index) => {
      this.indexByKey.set(shopper.key, index);
    });
  }

  stream(path: string): RandomStream {
    return new RandomStream(this.run.seed, path);
  }

  /** Whether a shopper is still to come, here, gone, or unknown to the run. */
  whereabouts(key: string): 'coming' | 'here' | 'gone' | 'unknown' {
    const index = this.indexByKey.get(key);
    if (index === undefined) return 'unknown';
    return (['coming', 'here', 'gone'] as const)[this.presence[index]!]!;
  }

  /** Records that an item changed place, at the present time. */
  moved(item: Item, from: string, to: string, by: Person, grasp: number): void {
    this.truth.push({
      kind: 'moved',
      timeUs: this.timeUs,
      sku: item.product.sku,
      itemId: item.id,
      grams: item.grams,
      from,
      to,
      by: by.plan.key,
      grasp,
    });
  }

  /** Gives an item to a person's hand, or takes it from whoever held it. */
  hold(person: Person, item: Item, hand: 0 | 1): void {
    this.letGo(item);
    item.place = { at: 'person', shopperIndex: person.index, keep: 'hand', hand };
    person.held.push(item);
  }

  /** Takes an item out of its holder's hands and puts it elsewhere. */
  letGo(item: Item, place: ItemPlace = item.place): void {
    if (item.place.at === 'person') {
      const key = this.run.shoppers[item.place.shopperIndex]!.key;
      const holder = this.people.get(key);
      const at = holder ? holder.held.indexOf(item) : -1;
      if (holder && at >= 0) holder.held.splice(at, 1);
    }
    item.place = place;
  }
}
