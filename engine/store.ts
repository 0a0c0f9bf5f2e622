/**
 * The store as the engine is told it: geometry, sensors, planogram, catalogue. Never the scenario's own store: the
 * simulator derives one with commissioning errors, and a real store brings its own file.
 *
 * World space: metres, right-handed, z up, origin on the floor at a corner. A fixture's `at` is the middle of its
 * front edge on the floor; `facingRad` is its front's outward normal, counter-clockwise from +x. Along a shelf,
 * offsets run in metres from the shelf's left end as a shopper facing it sees it; into the shelf, from its front edge.
 */
import { z } from 'zod';

const metres = z.number().finite();
const point2 = z.tuple([metres, metres]);
const positive = z.number().finite().positive();
const id = z.string().min(1);
/** Bounds that keep any description from filling memory; far beyond any shop. */
const side = positive.max(1000);
const rateHz = positive.max(10_000);

const product = z.object({
  sku: id,
  name: z.string(),
  priceMinor: z.int().nonnegative(),
  currency: z.string().length(3),
  /** Catalogue weight of one item and its spread (SD), grams. */
  weightGrams: z.object({ mean: positive, sd: z.number().nonnegative() }),
  /** Width, depth, height of the package, metres. */
  sizeM: z.tuple([positive, positive, positive]),
  sellBy: z.enum(['each', 'weighed']).default('each'),
  /** This product is `count` items of product `of` in one package. */
  multipack: z.object({ of: id, count: z.int().min(2) }).optional(),
  /** For instance `alcohol`, `age-18`. */
  restriction: z.string().optional(),
});

const shelf = z.object({
  /** `fixture.n`, n = 1 at the bottom. */
  id,
  heightM: metres,
  depthM: positive,
});

const fixture = z.object({
  id,
  kind: z.string(),
  atM: point2,
  facingRad: z.number().finite(),
  lengthM: positive,
  depthM: positive,
  heightM: positive,
  shelves: z.array(shelf),
});

const scaleUnit = z.object({
  id,
  /** Shelf the unit's cells carry. */
  shelfId: id,
  rateHz,
  quantumGrams: z.number().nonnegative().default(0),
  /** Typical white-noise SD of one cell, grams; 0 when unknown. */
  noiseGrams: z.number().nonnegative().default(0),
  /** Approved for trade by weight (directive 2014/31/EU). */
  tradeApproved: z.boolean().default(false),
  /** Load cells left to right: the stretch of shelf each one carries. */
  cells: z.array(z.object({ fromM: metres, toM: metres })).min(1),
});

const slot = z.object({
  /** `fixture.shelf.n`, n = 1 at the left. */
  id,
  shelfId: id,
  fromM: metres,
  toM: metres,
  /** SKUs that belong here; several make a mixed bin. */
  skus: z.array(id).min(1),
  facings: z.int().min(1),
  depth: z.int().min(1),
  /** Opening stock per SKU, as counted. */
  stock: z.record(z.string(), z.int().nonnegative()),
});

const camera = z.object({
  id,
  widthPx: z.int().positive(),
  heightPx: z.int().positive(),
  /** Pinhole with two radial terms (Brown 1971): fx, fy, cx, cy in pixels; k1, k2 without unit. */
  intrinsics: z.object({ fx: positive, fy: positive, cx: metres, cy: metres, k1: metres, k2: metres }),
  /** 3 × 4 row-major: camera point (x right, y down, z forward, metres) from a world point. */
  cameraFromWorld: z.array(z.number().finite()).length(12),
  rateHz,
  /** Who finds heads and hands in its pictures: a detector of its own, or the engine's perception in colour and depth. */
  seenBy: z.enum(['detector', 'perception']).optional(),
});

const door = z.object({
  id,
  atM: point2,
  widthM: positive,
  use: z.enum(['entry', 'exit', 'both']),
  /** Gate that opens it, if any. */
  gateId: id.optional(),
});

export const storeSchema = z.object({
  name: z.string(),
  sizeM: z.tuple([side, side]),
  doors: z.array(door).min(1),
  fixtures: z.array(fixture),
  scales: z.array(scaleUnit),
  cameras: z.array(camera),
  /** Foreign pose sources (`PoseReading`), by sensor id. */
  poseSources: z.array(z.object({ id })).default([]),
  slots: z.array(slot),
  products: z.array(product),
  /** Credentials that belong to staff, opaque like any other. */
  staffCredentials: z.array(z.string()).default([]),
});

export type Store = z.infer<typeof storeSchema>;
export type Product = Store['products'][number];
export type Fixture = Store['fixtures'][number];
export type Shelf = Fixture['shelves'][number];
export type ScaleUnit = Store['scales'][number];
export type Slot = Store['slots'][number];
export type Camera = Store['cameras'][number];
export type Door = Store['doors'][number];

/** One thing wrong with a store description: where it stands, what was found there and what was expected. */
export interface StoreProblem {
  /** For instance `slots[3].shelfId`. */
  readonly path: string;
  readonly found: string;
  readonly expected: string;
}

/** A store description that cannot be used, with all its problems at once. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly problems: readonly StoreProblem[];

  constructor(problems: readonly StoreProblem[], file?: string) {
    const lines = problems.map((p) => `${p.path}: found ${p.found}, expected ${p.expected}`);
    super(`${file ?? 'store'}: ${problems.length} problem(s)\n  ${lines.join('\n  ')}`);
    this.problems = problems;
  }
}

/** Checks a store description from outside, its cross references included; throws `StoreError`. */
export function parseStore(value: unknown, file?: string): Store {
  const parsed = storeSchema.safeParse(value);
  if (!parsed.success) throw new StoreError(problemsOfShape(parsed.error, value), file);
  const problems = problemsOfStore(parsed.data);
  if (problems.length > 0) throw new StoreError(problems, file);
  return parsed.data;
}

function problemsOfShape(error: z.ZodError, value: unknown): StoreProblem[] {
  return error.issues.map((issue) => ({
    path: pathText(issue.path),
    found: shortText(valueAt(value, issue.path)),
    expected: expectedOf(issue),
  }));
}

/** The library's message in the words of ours: `number`, `at least 1`, `one of "each" | "weighed"`. */
function expectedOf({ message }: z.core.$ZodIssue): string {
  return message
    .replace(/^Invalid input: expected /, '')
    .replace(/, received .*$/, '')
    .replace(/^Invalid option: expected /, '')
    .replace(/^Too (?:small|big): expected /, '')
    .replace(/^\w+ to (?:be|have) /, '');
}

function pathText(path: readonly PropertyKey[]): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else text += text === '' ? String(key) : `.${String(key)}`;
  }
  return text === '' ? '(top)' : text;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return at;
}

function shortText(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // Cyclic values and the like: the type says enough.
  }
  text ??= typeof value;
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** What the schema cannot say: unique ids, references, order of cells, proper rotations. */
function problemsOfStore(store: Store): StoreProblem[] {
  const problems: StoreProblem[] = [];
  const report = (path: string, found: unknown, expected: string) =>
    problems.push({ path, found: shortText(found), expected });

  /** Length of each shelf, metres. */
  const shelves = new Map<string, number>();
  store.fixtures.forEach((fixture, f) => {
    fixture.shelves.forEach((shelf, s) => {
      if (shelves.has(shelf.id)) report(`fixtures[${f}].shelves[${s}].id`, shelf.id, 'an id no other shelf has');
      shelves.set(shelf.id, fixture.lengthM);
    });
  });
  reportRepeats(store, report);
  reportProducts(store, report);
  reportSlots(store, shelves, report);
  reportScales(store, shelves, report);
  store.cameras.forEach((camera, c) => {
    if (!isRotation(camera.cameraFromWorld))
      report(`cameras[${c}].cameraFromWorld`, camera.cameraFromWorld, 'a right-handed rotation and a translation');
  });
  return problems;
}

type Report = (path: string, found: unknown, expected: string) => void;

function reportRepeats(store: Store, report: Report): void {
  const unique = (list: string, ids: readonly string[], field = 'id') => {
    const seen = new Set<string>();
    ids.forEach((one, i) => {
      if (seen.has(one)) report(`${list}[${i}].${field}`, one, `an ${field} no other entry has`);
      seen.add(one);
    });
  };
  unique(
    'doors',
    store.doors.map((door) => door.id),
  );
  unique(
    'fixtures',
    store.fixtures.map((fixture) => fixture.id),
  );
  unique(
    'slots',
    store.slots.map((slot) => slot.id),
  );
  unique(
    'products',
    store.products.map((product) => product.sku),
    'sku',
  );
  // Readings name their sensor by id alone, so ids are unique over all kinds of sensors. Doors may share a gate.
  const seen = new Set<string>();
  const sensor = (path: string, one: string) => {
    if (seen.has(one)) report(path, one, 'an id no other sensor has');
    seen.add(one);
  };
  for (const gateId of new Set(store.doors.map((door) => door.gateId))) if (gateId !== undefined) seen.add(gateId);
  store.scales.forEach((scale, i) => {
    sensor(`scales[${i}].id`, scale.id);
  });
  store.cameras.forEach((camera, i) => {
    sensor(`cameras[${i}].id`, camera.id);
  });
  store.poseSources.forEach((source, i) => {
    sensor(`poseSources[${i}].id`, source.id);
  });
}

function reportProducts(store: Store, report: Report): void {
  const skus = new Set(store.products.map((product) => product.sku));
  store.products.forEach((product, i) => {
    const { currency } = store.products[0];
    // A cart has one total.
    if (product.currency !== currency)
      report(`products[${i}].currency`, product.currency, `${currency}, as the first product`);
    const of = product.multipack?.of;
    if (of === undefined) return;
    if (!skus.has(of)) report(`products[${i}].multipack.of`, of, 'a sku of the catalogue');
    else if (of === product.sku) report(`products[${i}].multipack.of`, of, 'another product than the pack itself');
  });
}

function reportSlots(store: Store, shelves: ReadonlyMap<string, number>, report: Report): void {
  const skus = new Set(store.products.map((product) => product.sku));
  store.slots.forEach((slot, i) => {
    if (!shelves.has(slot.shelfId)) report(`slots[${i}].shelfId`, slot.shelfId, 'the id of a shelf of a fixture');
    if (slot.toM <= slot.fromM) report(`slots[${i}].toM`, slot.toM, `more than fromM (${slot.fromM})`);
    reportBeyond(`slots[${i}]`, slot, shelves.get(slot.shelfId), report);
    slot.skus.forEach((sku, k) => {
      if (!skus.has(sku)) report(`slots[${i}].skus[${k}]`, sku, 'a sku of the catalogue');
    });
    for (const sku of Object.keys(slot.stock)) {
      if (!slot.skus.includes(sku)) report(`slots[${i}].stock`, sku, 'only skus of this slot');
    }
  });
}

function reportScales(store: Store, shelves: ReadonlyMap<string, number>, report: Report): void {
  store.scales.forEach((scale, i) => {
    if (!shelves.has(scale.shelfId)) report(`scales[${i}].shelfId`, scale.shelfId, 'the id of a shelf of a fixture');
    let beforeM = Number.NEGATIVE_INFINITY;
    scale.cells.forEach((cell, k) => {
      if (cell.toM <= cell.fromM) report(`scales[${i}].cells[${k}].toM`, cell.toM, `more than fromM (${cell.fromM})`);
      // Cells may lie beyond the shelf's end: real boards have channels that no plate is wired to.
      if (cell.fromM < beforeM - 1e-9)
        report(`scales[${i}].cells[${k}].fromM`, cell.fromM, `cells left to right, so at least ${beforeM}`);
      beforeM = cell.toM;
    });
  });
}

/** A slot may stick out at its shelf's ends by what a tape measure is wrong by, metres. */
const TAPE_M = 0.05;

function reportBeyond(
  path: string,
  { fromM, toM }: { readonly fromM: number; readonly toM: number },
  lengthM: number | undefined,
  report: Report,
): void {
  if (lengthM === undefined) return;
  if (fromM < -TAPE_M) report(`${path}.fromM`, fromM, 'a place on the shelf, from 0');
  if (toM > lengthM + TAPE_M) report(`${path}.toM`, toM, `a place on the shelf, at most ${lengthM}`);
}

/** Extrinsics typed in by hand are rounded: 1e-3 lets four decimals pass, yet catches a mirrored or scaled matrix. */
function isRotation(m: readonly number[]): boolean {
  const dot = (a: number, b: number) => m[a]! * m[b]! + m[a + 1]! * m[b + 1]! + m[a + 2]! * m[b + 2]!;
  const near = (value: number, wanted: number) => Math.abs(value - wanted) < 1e-3;
  const unit = near(dot(0, 0), 1) && near(dot(4, 4), 1) && near(dot(8, 8), 1);
  const square = near(dot(0, 4), 0) && near(dot(0, 8), 0) && near(dot(4, 8), 0);
  const determinant =
    m[0]! * (m[5]! * m[10]! - m[6]! * m[9]!) -
    m[1]! * (m[4]! * m[10]! - m[6]! * m[8]!) +
    m[2]! * (m[4]! * m[9]! - m[5]! * m[8]!);
  return unit && square && near(determinant, 1);
}
