/**
 * Schemas of a recording's channels. Our own are flat on purpose: Lichtblick cannot read a schema with nullable
 * types, anyOf, $ref, tuples or arrays of arrays, so what is unknown is simply absent from a message.
 */
import { CameraCalibration, FrameTransforms, Log, SceneUpdate } from '@foxglove/schemas/jsonschema.js';
import { COMPRESSED_IMAGE, imageDescriptorSet, RAW_IMAGE } from './image-descriptor.ts';
import type { SchemaInfo } from './mcap-file.ts';
import { READING_SCHEMA_NAME, readingDescriptorSet } from './reading-descriptor.ts';

type Flat = 'number' | 'integer' | 'string' | 'boolean';
/** A scalar, a list of scalars (`[type]`) or a list of flat objects (`[{ … }]`). */
type Shape = Record<string, Flat | readonly [Flat] | readonly [Record<string, Flat>]>;

function propertyOf(type: Shape[string]): object {
  if (typeof type === 'string') return { type };
  const [item] = type;
  if (typeof item === 'string') return { type: 'array', items: { type: item } };
  return { type: 'array', items: objectOf(item) };
}

function objectOf(shape: Shape): object {
  const properties = Object.fromEntries(Object.entries(shape).map(([name, type]) => [name, propertyOf(type)]));
  return { type: 'object', properties };
}

function jsonSchema(name: string, schema: object): SchemaInfo {
  return { name, encoding: 'jsonschema', data: Buffer.from(JSON.stringify(schema)) };
}

const own = (name: string, shape: Shape) => jsonSchema(`openaisle.${name}`, { title: name, ...objectOf(shape) });

export const FOXGLOVE_SCHEMAS = {
  scene: jsonSchema('foxglove.SceneUpdate', SceneUpdate),
  transforms: jsonSchema('foxglove.FrameTransforms', FrameTransforms),
  calibration: jsonSchema('foxglove.CameraCalibration', CameraCalibration),
  log: jsonSchema('foxglove.Log', Log),
};

/** Pictures: as protobuf, since in JSON each would grow by a third. */
export const IMAGE_SCHEMAS = {
  colour: imageSchema('CompressedImage', COMPRESSED_IMAGE),
  depth: imageSchema('RawImage', RAW_IMAGE),
};

function imageSchema(name: string, fields: Parameters<typeof imageDescriptorSet>[1]): SchemaInfo {
  return { name: `foxglove.${name}`, encoding: 'protobuf', data: imageDescriptorSet(name, fields) };
}

export const READING_SCHEMA: SchemaInfo = {
  name: READING_SCHEMA_NAME,
  encoding: 'protobuf',
  data: readingDescriptorSet(),
};

const product = { sku: 'string', count: 'integer', prob: 'number' } as const;
const share = { tripId: 'string', trackId: 'integer', prob: 'number' } as const;

export const ENGINE_SCHEMAS = {
  /** `json` holds the whole cart with its evidence. `units` adds up the quantities sold by the piece. */
  cart: own('Cart', {
    tripId: 'string',
    credential: 'string',
    status: 'string',
    confidence: 'number',
    enteredAtUs: 'integer',
    exitedAtUs: 'integer',
    finalAtUs: 'integer',
    units: 'number',
    lines: [{ sku: 'string', quantity: 'number', unit: 'string', confidence: 'number' }],
    json: 'string',
  }),
  /** `sku`, `count` and `prob` are those of the best explanation. */
  change: own('Change', {
    changeId: 'string',
    shelfId: 'string',
    slotId: 'string',
    scaleIds: ['string'],
    fromUs: 'integer',
    toUs: 'integer',
    deltaGrams: 'number',
    xInWorldM: 'number',
    yInWorldM: 'number',
    zInWorldM: 'number',
    ...product,
    products: [product],
  }),
  /** `tripId` and `prob` are those of the likeliest owner. */
  claim: own('Claim', {
    changeId: 'string',
    timeUs: 'integer',
    sku: 'string',
    quantity: 'number',
    tripId: 'string',
    prob: 'number',
    handDistanceM: 'number',
    shares: [share],
  }),
};

/** Which picture of its camera a detection reading was made of: number of the reading in the file, number of the picture. */
export const SEEN_SCHEMA = own('Seen', { reading: 'integer', frame: 'integer' });

/** Grams on each cell of one scale unit: `cell0`, `cell1`, …; a cell without a sample is absent. */
export function scaleSchema(cellCount: number): SchemaInfo {
  const cells = Object.fromEntries(Array.from({ length: cellCount }, (_, i) => [`cell${i}`, 'number' as const]));
  return own(`Grams${cellCount}`, { timeUs: 'integer', totalGrams: 'number', ...cells });
}
