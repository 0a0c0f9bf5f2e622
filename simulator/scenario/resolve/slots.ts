import type { FixturePlan, ShelfPlan, SlotPlan } from '../run.ts';
import type { ProductSpec, SlotSpec } from '../schema/store-schema.ts';
import { byCodeUnits } from './parties.ts';

/** Slack before a slot counts as too small, metres. */
const SLACK_M = 0.001;

/** Something that does not fit, at a path below the shelf's planogram entry. */
export interface SlotProblem {
  readonly path: readonly (string | number)[];
  readonly found: string;
  readonly expected: string;
}

type Catalog = ReadonlyMap<string, ProductSpec>;

/**
 * Lays a shelf's slots out left to right. Slots naming plates stand there (those naming the same plates share them);
 * otherwise they share the shelf's length in proportion to facings × item width, or take their `width`.
 */
export function layOutShelf(
  fixture: FixturePlan,
  shelf: ShelfPlan,
  specs: readonly SlotSpec[],
  catalog: Catalog,
): { slots: SlotPlan[]; problems: SlotProblem[] } {
  const problems: SlotProblem[] = [];
  const stretches = specs.some(({ plates }) => plates)
    ? onPlates(fixture.lengthM, shelf, specs, catalog, problems)
    : sharedOut(fixture.lengthM, specs, catalog, problems);
  const slots = specs.map((spec, i) => slotPlan(`${shelf.id}.${i + 1}`, shelf, spec, stretches[i]!));
  specs.forEach((spec, i) => {
    problems.push(...misfits(i, spec, slots[i]!, shelf, catalog));
  });
  return { slots, problems };
}

type Stretch = readonly [fromM: number, toM: number];

export function skusOf({ sku, skus }: SlotSpec): readonly string[] {
  return skus ?? (sku === undefined ? [] : [sku]);
}

/** Width that a slot's facings need; a mixed bin is as wide as its widest item, a foreign product as 0.1 m. */
function neededM(spec: SlotSpec, catalog: Catalog): number {
  const widths = skusOf(spec).map((sku) => catalog.get(sku)?.size[0] ?? 0.1);
  return spec.facings * Math.max(0.001, ...widths);
}

function sharedOut(lengthM: number, specs: readonly SlotSpec[], catalog: Catalog, problems: SlotProblem[]): Stretch[] {
  const fixedM = specs.reduce((sum, { width }) => sum + (width ?? 0), 0);
  const sharedM = specs.reduce((sum, spec) => sum + (spec.width === undefined ? neededM(spec, catalog) : 0), 0);
  const leftM = lengthM - fixedM;
  const overfull = leftM + SLACK_M < 0 || (sharedM > 0 && leftM + SLACK_M < sharedM);
  if (overfull) {
    const found = `${metres(fixedM + sharedM)} of slots (facings × item width)`;
    problems.push({ path: [], found, expected: `at most the shelf's length of ${metres(lengthM)}` });
  }
  let fromM = 0;
  return specs.map((spec) => {
    const widthM = spec.width ?? (neededM(spec, catalog) / sharedM) * Math.max(leftM, 0);
    const stretch: Stretch = [fromM, Math.min(fromM + widthM, lengthM)];
    fromM = stretch[1];
    return stretch;
  });
}

function onPlates(
  lengthM: number,
  shelf: ShelfPlan,
  specs: readonly SlotSpec[],
  catalog: Catalog,
  problems: SlotProblem[],
): Stretch[] {
  const plateM = lengthM / shelf.plates;
  let endPlate = 0;
  return specs.map((spec, i): Stretch => {
    const bad = plateProblem(spec, i, shelf, endPlate, specs[i - 1]);
    if (bad) {
      problems.push(bad);
      return [0, lengthM];
    }
    const plates = spec.plates!;
    endPlate = plates.at(-1)!;
    return shareOfPlates(spec, specs, [(plates[0]! - 1) * plateM, endPlate * plateM], catalog);
  });
}

function plateProblem(
  { plates }: SlotSpec,
  i: number,
  shelf: ShelfPlan,
  endPlate: number,
  before: SlotSpec | undefined,
): SlotProblem | undefined {
  if (!plates)
    return { path: [i], found: 'a slot without plates', expected: 'plates on every slot of this shelf, or on none' };
  const beyond = plates.findIndex((plate) => plate > shelf.plates);
  if (beyond >= 0) {
    return { path: [i, 'plates', beyond], found: `${plates[beyond]}`, expected: `a plate from 1 to ${shelf.plates}` };
  }
  if (plates.some((plate, k) => k > 0 && plate !== plates[k - 1]! + 1)) {
    return { path: [i, 'plates'], found: `[${plates.join(', ')}]`, expected: 'adjacent plates in ascending order' };
  }
  if (plates[0]! <= endPlate && !samePlates(plates, before?.plates)) {
    return {
      path: [i, 'plates'],
      found: `[${plates.join(', ')}] after plate ${endPlate}`,
      expected: 'slots left to right, on their own plates or on exactly those of the slot before',
    };
  }
  return undefined;
}

function samePlates(a: readonly number[] | undefined, b: readonly number[] | undefined): boolean {
  return a !== undefined && b !== undefined && a.length === b.length && a[0] === b[0];
}

function shareOfPlates(spec: SlotSpec, specs: readonly SlotSpec[], [fromM, toM]: Stretch, catalog: Catalog): Stretch {
  const sharers = specs.filter(({ plates }) => samePlates(plates, spec.plates));
  if (sharers.length === 1) return [fromM, toM];
  const totalM = sharers.reduce((sum, sharer) => sum + neededM(sharer, catalog), 0);
  const scale = (toM - fromM) / totalM;
  let startM = fromM;
  for (const sharer of sharers.slice(0, sharers.indexOf(spec))) startM += neededM(sharer, catalog) * scale;
  return [startM, startM + neededM(spec, catalog) * scale];
}

function slotPlan(id: string, shelf: ShelfPlan, spec: SlotSpec, [fromM, toM]: Stretch): SlotPlan {
  return {
    id,
    shelfId: shelf.id,
    fromM,
    toM,
    contents: contentsOf(spec),
    skus: skusOf(spec),
    facings: spec.facings,
    depth: spec.depth,
  };
}

/** What really stands in a slot at the start. */
export function contentsOf(spec: SlotSpec): SlotPlan['contents'] {
  const { contents, stock } = spec;
  if (typeof contents === 'object') return counted(contents);
  if (typeof stock === 'object') return counted(stock);
  const total = stock ?? spec.facings * spec.depth;
  const skus = contents === undefined ? skusOf(spec) : [contents];
  return skus.map((sku, i) => ({ sku, count: Math.floor((total + skus.length - 1 - i) / skus.length) })).filter(some);
}

function counted(counts: Readonly<Record<string, number>>): SlotPlan['contents'] {
  return Object.entries(counts)
    .map(([sku, count]) => ({ sku, count }))
    .filter(some)
    .sort((a, b) => byCodeUnits(a.sku, b.sku));
}

const some = ({ count }: { readonly count: number }) => count > 0;

function misfits(i: number, spec: SlotSpec, slot: SlotPlan, shelf: ShelfPlan, catalog: Catalog): SlotProblem[] {
  if (spec.skus || spec.sku === undefined) return [];
  const product = catalog.get(spec.sku);
  if (!product) return [];
  const result: SlotProblem[] = [];
  const widthM = slot.toM - slot.fromM;
  if ((spec.plates || spec.width !== undefined) && spec.facings * product.size[0] > widthM + SLACK_M) {
    const found = `${spec.facings} × ${metres(product.size[0])} of ${spec.sku}`;
    result.push({ path: [i], found, expected: `facings that fit the slot's ${metres(widthM)}` });
  }
  if (spec.depth * product.size[1] > shelf.depthM + SLACK_M) {
    const found = `${spec.depth} × ${metres(product.size[1])} of ${spec.sku}`;
    result.push({ path: [i], found, expected: `a depth that fits the shelf's ${metres(shelf.depthM)}` });
  }
  return result;
}

function metres(m: number): string {
  return `${Number(m.toFixed(3))}m`;
}
