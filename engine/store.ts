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
  rateHz: positive,
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
  rateHz: positive,
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
  sizeM: z.tuple([positive, positive]),
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
