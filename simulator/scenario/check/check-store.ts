import { LIMITS } from '../limits.ts';
import { fixturePlan, footprintM } from '../resolve/fixtures.ts';
import { layOutShelf } from '../resolve/slots.ts';
import { didYouMean, listed } from '../scenario-error.ts';
import type { SlotSpec } from '../schema/store-schema.ts';
import type { ScenarioSpec } from '../spec.ts';
import { at } from '../yaml/tree.ts';
import type { Report } from './report.ts';

/** Checks doors, fixtures, planogram and catalog against each other. */
export function checkStore(report: Report, spec: ScenarioSpec): void {
  checkSize(report, spec);
  checkDoors(report, spec);
  checkFixtures(report, spec);
  checkZones(report, spec);
  checkPlanogram(report, spec);
  checkCurrency(report, spec);
  for (const [sku, { multipack, price, ...product }] of spec.catalog) {
    if (multipack) report.checkSku(['catalog', sku, 'multipack', 'of'], multipack.of);
    if (price.perKilogram !== (product['sell-by'] === 'weighed')) {
      const expected = price.perKilogram
        ? 'sell-by: weighed, or a price per item'
        : 'a price per weight such as 2.49 EUR/kg';
      report.add(['catalog', sku, 'price'], expected);
    }
  }
}

/** A cart has one total, so a store has one currency: that of most of its products, of the first among equals. */
function checkCurrency(report: Report, { catalog }: ScenarioSpec): void {
  const counts = new Map<string, number>();
  for (const { price } of catalog.values()) counts.set(price.currency, (counts.get(price.currency) ?? 0) + 1);
  if (counts.size < 2) return;
  const [usual] = [...counts].reduce((most, one) => (one[1] > most[1] ? one : most));
  for (const [sku, { price }] of catalog) {
    if (price.currency !== usual) report.add(['catalog', sku, 'price'], `a price in ${usual}, as the catalog's others`);
  }
}

/** A doorway farther than this from every wall is probably not where it was meant, metres. */
const WALL_M = 0.5;

function checkSize(report: Report, { store }: ScenarioSpec): void {
  const [x, y] = store.size;
  if (x * y > LIMITS.floorM2) report.add(['store', 'size'], `a floor of at most ${LIMITS.floorM2} m²`, `${x}m × ${y}m`);
}

function checkDoors(report: Report, { store }: ScenarioSpec): void {
  const path = ['store', 'doors'];
  if (report.names(path).length === 0) report.add(path, 'at least one door', 'no door');
  const [x, y] = store.size;
  for (const [id, door] of store.doors) {
    const insideM = Math.min(door.at[0], door.at[1], x - door.at[0], y - door.at[1]);
    const found = `[${door.at.join(', ')}]`;
    if (insideM < -WALL_M) report.add([...path, id, 'at'], `a place inside the store of ${x}m × ${y}m`, found);
    else if (insideM > WALL_M) report.warn([...path, id, 'at'], `a place in a wall of the store`, found);
  }
}

function checkFixtures(report: Report, { store }: ScenarioSpec): void {
  for (const id of report.names(['store', 'fixtures'])) {
    if (id.includes('.')) report.addKey(['store', 'fixtures', id], `"${id}"`, 'a fixture name without a dot');
  }
  const [x, y] = store.size;
  for (const [id, fixture] of store.fixtures) {
    const path = ['store', 'fixtures', id];
    fixture.shelves.forEach(({ height }, i) => {
      const below = fixture.shelves[i - 1]?.height;
      if (below !== undefined && height <= below) report.add([...path, 'shelves', i], 'shelves from the bottom up');
    });
    const [atX, atY] = fixture.at;
    if (atX < 0 || atY < 0 || atX > x || atY > y) {
      report.add([...path, 'at'], `a place inside the store of ${x}m × ${y}m`, `[${atX}, ${atY}]`);
      continue;
    }
    const poking = footprintM(fixturePlan(id, fixture)).filter(
      ([px, py]) => px < -0.001 || py < -0.001 || px > x + 0.001 || py > y + 0.001,
    );
    if (poking.length > 0) {
      const [px, py] = poking[0]!.map((m) => Number(m.toFixed(3)));
      report.warn(path, `all of it inside the store of ${x}m × ${y}m`, `a corner at [${px}, ${py}], beyond a wall`);
    }
  }
}

function checkZones(report: Report, { store }: ScenarioSpec): void {
  for (const [id, { from, to }] of store.zones) {
    if (to[0] <= from[0] || to[1] <= from[1]) {
      report.add(
        ['store', 'zones', id, 'to'],
        'the corner opposite to from, farther along x and y',
        `[${to.join(', ')}]`,
      );
    }
  }
}

function checkPlanogram(report: Report, spec: ScenarioSpec): void {
  const path = ['store', 'planogram'];
  const fixtureNames = report.names(['store', 'fixtures']);
  let slots = 0;
  for (const [address, entries] of spec.store.planogram) {
    slots += entries.length;
    entries.forEach((entry, i) => {
      checkSlot(report, [...path, address, i], entry);
    });
    const [name = '', number] = splitShelf(address);
    if (number === undefined) {
      report.addKey([...path, address], `"${address}"`, 'the address of a shelf such as G1.2');
    } else if (!fixtureNames.includes(name)) {
      const hint = didYouMean(name, fixtureNames);
      report.addKey([...path, address], `"${name}"`, `a fixture: one of ${listed(fixtureNames)}${hint}`);
    } else checkShelf(report, spec, address, name, number, entries);
  }
  if (slots > LIMITS.slots) report.add(path, `at most ${LIMITS.slots}`, `${slots} slots`);
}

function splitShelf(address: string): [string?, number?] {
  const match = /^([^.]+)\.(\d+)$/.exec(address);
  return match ? [match[1]!, Number(match[2])] : [];
}

function checkShelf(
  report: Report,
  spec: ScenarioSpec,
  address: string,
  name: string,
  number: number,
  entries: readonly SlotSpec[],
): void {
  const fixture = spec.store.fixtures.get(name);
  if (!fixture) return;
  const path = ['store', 'planogram', address];
  const plan = fixturePlan(name, fixture);
  const shelf = plan.shelves[number - 1];
  if (!shelf) {
    report.addKey(path, `shelf ${number}`, `a shelf of ${name} from 1 to ${plan.shelves.length}`);
    return;
  }
  for (const problem of layOutShelf(plan, shelf, entries, spec.catalog).problems) {
    report.add([...path, ...problem.path], problem.expected, problem.found);
  }
}

function checkSlot(report: Report, path: (string | number)[], slot: SlotSpec): void {
  if ((slot.sku === undefined) === (slot.skus === undefined)) {
    report.add(path, 'either sku or skus', slot.sku === undefined ? 'neither' : 'both');
  }
  const check = (sku: string, below: (string | number)[]) => report.checkSku([...path, ...below], sku);
  if (slot.sku !== undefined) check(slot.sku, ['sku']);
  slot.skus?.forEach((sku, i) => {
    check(sku, ['skus', i]);
  });
  if (typeof slot.contents === 'string') check(slot.contents, ['contents']);
  for (const key of ['contents', 'stock']) {
    if (at(report.tree, [...path, key])?.kind !== 'dict') continue;
    for (const sku of report.names([...path, key])) check(sku, [key, sku]);
  }
}
