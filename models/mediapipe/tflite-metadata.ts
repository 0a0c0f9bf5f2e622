import { reject } from '../model-error.ts';
import { type Field, flatbuffer, floats, list, type Part, table, text } from './flatbuffer.ts';

/** How a model wants its picture: (level − mean) / deviation of 0..255. */
export interface Normalisation {
  readonly mean: number;
  readonly deviation: number;
}

const METADATA_NAME = 'TFLITE_METADATA';
const NORMALISATION_OPTIONS = 1;
const IMAGE_PROPERTIES = 2;
const RGB = 1;

/** Metadata that says of a model's one input: a picture, so normalised (metadata_schema.fbs of tflite-support). */
function metadata(name: string, { mean, deviation }: Normalisation): Uint8Array {
  const unit = table(NORMALISATION_OPTIONS, table(floats(mean), floats(deviation)));
  const content = table(IMAGE_PROPERTIES, table(RGB));
  const input = table(text('image'), null, null, content, list(unit));
  const graph = table(null, null, list(input));
  return flatbuffer(table(text(name), null, null, list(graph), null, null, null, text('1.0.0')), 'M001');
}

/** Fields of a model's root table (schema.fbs of TensorFlow Lite). */
const FIELD = {
  version: 0,
  operators: 1,
  graphs: 2,
  description: 3,
  buffers: 4,
  oldMetadata: 5,
  metadata: 6,
  signatures: 7,
};

/**
 * Adds metadata to a .tflite file: a new root before the old bytes, which stay as they are; throws `ModelError` for a file
 * that is none.
 */
export function withMetadata(model: Uint8Array, name: string, normalisation: Normalisation): Uint8Array {
  if (model.length < 64 || String.fromCharCode(...model.subarray(4, 8)) !== 'TFL3')
    reject(name, `${model.length} bytes of something else`, 'a .tflite file');
  const view = new DataView(model.buffer, model.byteOffset, model.byteLength);
  const root = view.getUint32(0, true);
  const places = root - view.getInt32(root, true);
  const placeOf = (field: number) => {
    const at = 4 + 2 * field;
    return at < view.getUint16(places, true) ? view.getUint16(places + at, true) : 0;
  };
  const target = (from: number) => from + view.getUint32(from, true);
  const there = (field: number): Field => {
    const place = placeOf(field);
    return place === 0 ? null : { kind: 'there', at: target(root + place) };
  };
  const entries = (field: number): Part[] => {
    const place = placeOf(field);
    if (place === 0) return [];
    const at = target(root + place);
    const count = view.getUint32(at, true);
    return Array.from({ length: count }, (_, i) => ({ kind: 'there', at: target(at + 4 + 4 * i) }));
  };
  const buffers = entries(FIELD.buffers);
  const added = table({ kind: 'bytes', bytes: metadata(name, normalisation) });
  const before = flatbuffer(
    table(
      view.getUint32(root + placeOf(FIELD.version), true),
      there(FIELD.operators),
      there(FIELD.graphs),
      there(FIELD.description),
      list(...buffers, added),
      there(FIELD.oldMetadata),
      list(...entries(FIELD.metadata), table(text(METADATA_NAME), buffers.length)),
      there(FIELD.signatures),
    ),
    'TFL3',
  );
  const out = new Uint8Array(before.length + model.length);
  out.set(before);
  out.set(model, before.length);
  return out;
}
