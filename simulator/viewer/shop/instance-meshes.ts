import {
  type BufferGeometry,
  DynamicDrawUsage,
  Group,
  InstancedBufferAttribute,
  InstancedMesh,
  type Material,
  Vector4,
} from 'three';
import { ROOM_ID } from '../../render/scene/ids.ts';
import { ABSENT, type Instances, MATRIX } from '../../render/scene/instances.ts';
import { tileRect } from './print-material.ts';

/** Where an atlas has its tiles, pixels. */
export interface AtlasPlan {
  readonly tiles: Float32Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** One three.js mesh per shape that draws the scene's instances of it: a store is a few dozen draw calls. */
export class InstanceMeshes {
  readonly group = new Group();
  readonly #instances: Instances;
  readonly #geometries: readonly BufferGeometry[];
  readonly #material: Material;
  readonly #atlas: AtlasPlan;
  readonly #meshes: (InstancedMesh | undefined)[];
  /** Per shape, instances in use. */
  readonly #counts: Int32Array;
  /** Place of each instance within its shape's mesh. */
  readonly #rowOf: number[] = [];

  constructor(instances: Instances, geometries: readonly BufferGeometry[], material: Material, atlas: AtlasPlan) {
    this.#instances = instances;
    this.#geometries = geometries;
    this.#material = material;
    this.#atlas = atlas;
    this.#meshes = new Array(geometries.length);
    this.#counts = new Int32Array(geometries.length);
  }

  /** Draws all instances afresh. */
  rebuild(): void {
    this.#counts.fill(0);
    const { shape, count } = this.#instances;
    for (let i = 0; i < count; i++) if (shape[i] !== ABSENT) this.#counts[shape[i]] += 1;
    for (let s = 0; s < this.#counts.length; s++) this.#reserve(s, this.#counts[s]);
    this.#counts.fill(0);
    for (let i = 0; i < count; i++) if (shape[i] !== ABSENT) this.#append(i);
    this.#publish();
  }

  /** Brings single instances up to date: moved, gone, or new. */
  update(changed: Iterable<number>): void {
    for (const i of changed) {
      const row = this.#rowOf[i];
      const shape = this.#instances.shape[i];
      // A thing keeps its shape for life; gone things are drawn as nothing and keep their row.
      if (row !== undefined) this.#write(i, row, shape === ABSENT ? this.#lastShape[i] : shape);
      else if (shape !== ABSENT) {
        this.#reserve(shape, this.#counts[shape] + 1);
        this.#append(i);
      }
    }
    this.#publish();
  }

  readonly #lastShape: number[] = [];

  #append(i: number): void {
    const shape = this.#instances.shape[i];
    const row = this.#counts[shape]++;
    this.#rowOf[i] = row;
    this.#lastShape[i] = shape;
    this.#write(i, row, shape);
  }

  #write(i: number, row: number, shape: number): void {
    const { matrix, tile, colour, light, id } = this.#instances;
    const mesh = this.#meshes[shape]!;
    const isGone = this.#instances.shape[i] === ABSENT;
    const out = mesh.instanceMatrix.array;
    for (let column = 0; column < 4; column++) {
      for (let axis = 0; axis < 3; axis++) {
        out[16 * row + 4 * column + axis] = isGone ? 0 : matrix[i * MATRIX + 3 * column + axis];
      }
      out[16 * row + 4 * column + 3] = column === 3 ? 1 : 0;
    }
    tileRect(this.#atlas.tiles, tile[i], this.#atlas.widthPx, this.#atlas.heightPx, rect).toArray(
      mesh.geometry.attributes.tile.array,
      4 * row,
    );
    const tint = mesh.geometry.attributes.tint.array;
    tint[4 * row] = linear[colour[i] & 255];
    tint[4 * row + 1] = linear[(colour[i] >> 8) & 255];
    tint[4 * row + 2] = linear[(colour[i] >> 16) & 255];
    // Lamps are brighter than white; here white will do. The sign says that it belongs to the building.
    tint[4 * row + 3] = Math.min(1.6, light[i]) * (id[i] === ROOM_ID ? -1 : 1);
    mesh.geometry.attributes.tile.needsUpdate = true;
    mesh.geometry.attributes.tint.needsUpdate = true;
    mesh.instanceMatrix.needsUpdate = true;
  }

  /** Makes room for so many of a shape; what was there is kept. */
  #reserve(shape: number, count: number): void {
    const old = this.#meshes[shape];
    const capacity = old ? old.instanceMatrix.count : 0;
    if (count <= capacity) return;
    const room = Math.max(16, count, 2 * capacity);
    const geometry = this.#geometries[shape].clone();
    geometry.setAttribute('tile', grown(4, room, old?.geometry.attributes.tile.array));
    geometry.setAttribute('tint', grown(4, room, old?.geometry.attributes.tint.array));
    const mesh = new InstancedMesh(geometry, this.#material, room);
    mesh.instanceMatrix.setUsage(DynamicDrawUsage);
    if (old) {
      mesh.instanceMatrix.array.set(old.instanceMatrix.array);
      this.group.remove(old);
      old.geometry.dispose();
      old.dispose();
    }
    mesh.frustumCulled = false;
    this.#meshes[shape] = mesh;
    this.group.add(mesh);
  }

  #publish(): void {
    this.#meshes.forEach((mesh, shape) => {
      if (!mesh) return;
      mesh.count = this.#counts[shape];
      mesh.visible = mesh.count > 0;
    });
  }
}

const rect = new Vector4();
/** sRGB byte to linear light (IEC 61966-2-1). */
const linear = Float32Array.from({ length: 256 }, (_, byte) => {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});

function grown(size: number, count: number, old?: ArrayLike<number>): InstancedBufferAttribute {
  const array = new Float32Array(size * count);
  if (old) array.set(old);
  return new InstancedBufferAttribute(array, size).setUsage(DynamicDrawUsage);
}
