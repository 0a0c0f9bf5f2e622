/**
 * A software rasteriser. One pass finds for every pixel the nearest face and its 1/w, nearest things first; a second
 * shades each pixel once and writes colour, depth and id together. All set-up is done in the shape's own space: for a
 * plane n·p = d seen from the camera centre c along the pixel's ray r = O + i X + j Y, 1/w = n·r / (d − n·c), linear over
 * the canvas. Every value of a pixel depends on its own place alone, never on where a run or a rectangle began, so a
 * picture pieced together from parts is the same to the last bit.
 */
import { type Instances, MATRIX, PLAIN } from '../scene/instances.ts';
import { blockMask, CanvasLayer } from './canvas-layer.ts';
import type { CompiledGeometry } from './compiled-geometry.ts';
import { COEFFICIENTS, COLOUR, FaceRecords, ID, LIGHT, STRIDE, TEXELS, WORDS } from './face-records.ts';
import type { Lighting } from './lighting.ts';
import { MIP_LEVELS, type MipTexture, mipOffsets } from './mip-texture.ts';
import type { Pinhole } from './pinhole.ts';
import { shadeFaces } from './shade-faces.ts';
import { CENTRE, enterShape, lightInShape, ORIGIN, SHAPE_SPACE, STEP_X, STEP_Y } from './shape-space.ts';
import { type PixelBox, VisibleOrder } from './visible-order.ts';

/** Nearer than this nothing is drawn, metres. */
export const NEAR_M = 0.05;
/** Vertices of a clipped polygon at most. */
const CORNERS = 64;

export class Rasteriser {
  /** Number of the face drawn last and nearest per pixel; all 0 between pictures. */
  private readonly face: Int32Array;
  private layer: CanvasLayer;
  private readonly geometries: readonly CompiledGeometry[];
  private readonly texture: MipTexture;
  private readonly mips: Int32Array;
  private readonly lighting: Lighting;
  private readonly records = new FaceRecords();
  private readonly order = new VisibleOrder();
  private readonly box: PixelBox = { x0: 0, y0: 0, x1: 0, y1: 0 };
  /** Vertices of the present instance: i, j over the canvas (times w where a vertex is too near), and w. */
  private readonly vi: Float64Array;
  private readonly vj: Float64Array;
  private readonly vw: Float64Array;
  private readonly vertexLight: Float64Array;
  private readonly local = new Float64Array(SHAPE_SPACE);
  private readonly px = new Float64Array(CORNERS);
  private readonly py = new Float64Array(CORNERS);
  private isClipped = false;
  private hasVertexLight = false;
  private level = 1;

  /** For canvases of up to so many pixels. */
  constructor(pixels: number, geometries: readonly CompiledGeometry[], texture: MipTexture, lighting: Lighting) {
    this.face = new Int32Array(pixels);
    this.layer = new CanvasLayer(1, 1);
    this.geometries = geometries;
    this.texture = texture;
    this.mips = mipOffsets(texture.widthPx, texture.heightPx);
    this.lighting = lighting;
    const vertices = Math.max(1, ...geometries.map((geometry) => geometry.vertices));
    this.vi = new Float64Array(vertices);
    this.vj = new Float64Array(vertices);
    this.vw = new Float64Array(vertices);
    this.vertexLight = new Float64Array(Math.max(1, ...geometries.map((geometry) => geometry.normals)));
  }

  /** Starts drawing onto what a layer holds, inside a rectangle of it. */
  begin(layer: CanvasLayer, box: PixelBox): void {
    this.layer = layer;
    Object.assign(this.box, box);
    this.records.clear();
  }

  /** Finds where instances `from` ≤ i < `to` are nearest; `level` is the brightness of the light. */
  draw(camera: Pinhole, instances: Instances, from: number, to: number, level: number): void {
    this.level = level;
    this.order.gather(camera, this.box, instances, this.geometries, from, to);
    const { indices, count } = this.order;
    for (let q = 0; q < count; q++) this.drawInstance(camera, instances, indices[q]);
  }

  /** Shades what was drawn since `begin`. */
  finish(): void {
    shadeFaces(this.layer, this.face, this.records, this.texture.texels);
  }

  private drawInstance(camera: Pinhole, instances: Instances, index: number): void {
    const geometry = this.geometries[instances.shape[index]];
    this.records.reserve(geometry.faces);
    this.projectVertices(camera.rows, instances.matrix, index * MATRIX, geometry);
    enterShape(this.local, camera, instances.matrix, index * MATRIX);
    this.hasVertexLight = false;
    const { plane, start, loop, faces } = geometry;
    const { local, px, py, vi, vj } = this;
    const cx = local[CENTRE];
    const cy = local[CENTRE + 1];
    const cz = local[CENTRE + 2];
    for (let f = 0; f < faces; f++) {
      const p = 4 * f;
      const behind = plane[p + 3] - (plane[p] * cx + plane[p + 1] * cy + plane[p + 2] * cz);
      if (behind >= 0) continue;
      let corners = start[f + 1] - start[f];
      if (this.isClipped) corners = this.clip(loop, start[f], corners);
      else {
        for (let v = 0, s = start[f]; v < corners; v++, s++) {
          px[v] = vi[loop[s]];
          py[v] = vj[loop[s]];
        }
      }
      if (corners >= 3 && this.fill(geometry, f, corners, behind)) this.record(instances, index, geometry, f, corners);
    }
  }

  private projectVertices(rows: Float64Array, m: Float32Array, o: number, geometry: CompiledGeometry): void {
    const { vi, vj, vw } = this;
    const { position, vertices } = geometry;
    const [m0, m1, m2, m3, m4, m5] = [m[o], m[o + 1], m[o + 2], m[o + 3], m[o + 4], m[o + 5]];
    const [m6, m7, m8, tx, ty, tz] = [m[o + 6], m[o + 7], m[o + 8], m[o + 9], m[o + 10], m[o + 11]];
    const [a, b, c, d] = [rows[0], rows[1], rows[2], rows[3]];
    const [e, f, g, h] = [rows[4], rows[5], rows[6], rows[7]];
    const [i, j, k, l] = [rows[8], rows[9], rows[10], rows[11]];
    const [ix, iy, iz] = [a * m0 + b * m1 + c * m2, a * m3 + b * m4 + c * m5, a * m6 + b * m7 + c * m8];
    const [jx, jy, jz] = [e * m0 + f * m1 + g * m2, e * m3 + f * m4 + g * m5, e * m6 + f * m7 + g * m8];
    const [wx, wy, wz] = [i * m0 + j * m1 + k * m2, i * m3 + j * m4 + k * m5, i * m6 + j * m7 + k * m8];
    const i0 = a * tx + b * ty + c * tz + d;
    const j0 = e * tx + f * ty + g * tz + h;
    const w0 = i * tx + j * ty + k * tz + l;
    this.isClipped = false;
    for (let v = 0, p = 0; v < vertices; v++, p += 3) {
      const x = position[p];
      const y = position[p + 1];
      const z = position[p + 2];
      const w = wx * x + wy * y + wz * z + w0;
      const iw = ix * x + iy * y + iz * z + i0;
      const jw = jx * x + jy * y + jz * z + j0;
      vw[v] = w;
      if (w < NEAR_M) {
        this.isClipped = true;
        vi[v] = iw;
        vj[v] = jw;
      } else {
        const inverse = 1 / w;
        vi[v] = iw * inverse;
        vj[v] = jw * inverse;
      }
    }
  }

  /** Cuts a polygon off at the near plane; writes its corners, returns how many. */
  private clip(loop: Int32Array, start: number, corners: number): number {
    const { px, py, vi, vj, vw } = this;
    let out = 0;
    for (let v = 0; v < corners; v++) {
      const a = loop[start + v];
      const b = loop[start + (v + 1 === corners ? 0 : v + 1)];
      const wa = vw[a];
      const wb = vw[b];
      if (wa >= NEAR_M) {
        px[out] = vi[a];
        py[out++] = vj[a];
      }
      if (wa >= NEAR_M === wb >= NEAR_M) continue;
      const t = (NEAR_M - wa) / (wb - wa);
      const ia = wa < NEAR_M ? vi[a] : vi[a] * wa;
      const ja = wa < NEAR_M ? vj[a] : vj[a] * wa;
      const ib = wb < NEAR_M ? vi[b] : vi[b] * wb;
      const jb = wb < NEAR_M ? vj[b] : vj[b] * wb;
      px[out] = (ia + (ib - ia) * t) / NEAR_M;
      py[out++] = (ja + (jb - ja) * t) / NEAR_M;
    }
    return out;
  }

  /** Coefficients of 1/w of the face last filled. */
  private zx = 0;
  private zy = 0;
  private zc = 0;

  /** Enters a polygon wherever it is nearest so far; false when it is nowhere. */
  private fill(geometry: CompiledGeometry, f: number, corners: number, behind: number): boolean {
    const { px, py, box } = this;
    let top = 0;
    let ymin = py[0];
    let ymax = ymin;
    let xmin = px[0];
    let xmax = xmin;
    for (let v = 1; v < corners; v++) {
      const x = px[v];
      const y = py[v];
      if (y < ymin) {
        ymin = y;
        top = v;
      } else if (y > ymax) ymax = y;
      if (x < xmin) xmin = x;
      else if (x > xmax) xmax = x;
    }
    // Truncation tells the compiler that these are whole numbers.
    const { x0, y0, x1, y1 } = box;
    let y = Math.ceil(ymin) | 0;
    let yEnd = Math.ceil(ymax) | 0;
    if (y < y0) y = y0;
    if (yEnd > y1) yEnd = y1;
    if (y >= yEnd || Math.ceil(xmin) >= Math.ceil(xmax) || xmax < x0 || xmin > x1 - 1) return false;

    const { plane } = geometry;
    const { local, face } = this;
    const { nearness, touched, widthPx, blockShift } = this.layer;
    const scale = 1 / behind;
    const n0 = plane[4 * f] * scale;
    const n1 = plane[4 * f + 1] * scale;
    const n2 = plane[4 * f + 2] * scale;
    const zx = n0 * local[STEP_X] + n1 * local[STEP_X + 1] + n2 * local[STEP_X + 2];
    const zy = n0 * local[STEP_Y] + n1 * local[STEP_Y + 1] + n2 * local[STEP_Y + 2];
    const zc = n0 * local[ORIGIN] + n1 * local[ORIGIN + 1] + n2 * local[ORIGIN + 2];
    this.zx = zx;
    this.zy = zy;
    this.zc = zc;

    const number = this.records.count;
    let isSeen = false;
    let left = top;
    let right = top;
    let leftEnd = y;
    let rightEnd = y;
    let leftX = 0;
    let leftY = 0;
    let leftStep = 0;
    let rightX = 0;
    let rightY = 0;
    let rightStep = 0;
    for (; y < yEnd; y++) {
      while (y >= leftEnd) {
        leftX = px[left];
        leftY = py[left];
        left = left + 1 === corners ? 0 : left + 1;
        leftEnd = Math.ceil(py[left]) | 0;
        leftStep = (px[left] - leftX) / (py[left] - leftY);
      }
      while (y >= rightEnd) {
        rightX = px[right];
        rightY = py[right];
        right = right === 0 ? corners - 1 : right - 1;
        rightEnd = Math.ceil(py[right]) | 0;
        rightStep = (px[right] - rightX) / (py[right] - rightY);
      }
      let x = Math.ceil(leftX + (y - leftY) * leftStep) | 0;
      let xEnd = Math.ceil(rightX + (y - rightY) * rightStep) | 0;
      if (x < x0) x = x0;
      if (xEnd > x1) xEnd = x1;
      const row = zy * y + zc;
      let isRowSeen = false;
      const xFirst = x;
      for (let p = y * widthPx + x; x < xEnd; x++, p++) {
        const near = zx * x + row;
        if (near > nearness[p]) {
          nearness[p] = near;
          face[p] = number;
          isRowSeen = true;
        }
      }
      if (isRowSeen) {
        isSeen = true;
        touched[y] |= blockMask(xFirst, xEnd, blockShift);
      }
    }
    return isSeen;
  }

  /** Writes how to shade the face just filled. */
  private record(instances: Instances, index: number, geometry: CompiledGeometry, f: number, corners: number): void {
    const { records } = this;
    const number = records.count++;
    const word = number * WORDS;
    const { words } = records;
    words[word + ID] = instances.id[index] << 16;
    words[word + COLOUR] = instances.colour[index];
    this.recordLight(geometry, f, number, instances.light[index] * this.level);
    const tile = instances.tile[index];
    if (tile === PLAIN) words[word + TEXELS] = -1;
    else this.recordTexture(geometry, f, number, tile, corners);
  }

  private recordLight(geometry: CompiledGeometry, f: number, number: number, level: number): void {
    const { words, coefficients } = this.records;
    const { lighting, local, vertexLight } = this;
    if (geometry.smooth[f] === 0) {
      const { plane } = geometry;
      words[number * WORDS + LIGHT] = lightInShape(
        lighting,
        local,
        plane[4 * f],
        plane[4 * f + 1],
        plane[4 * f + 2],
        level,
      );
      return;
    }
    if (!this.hasVertexLight) {
      this.hasVertexLight = true;
      const { normal, normals } = geometry;
      for (let v = 0; v < normals; v++)
        vertexLight[v] = lightInShape(lighting, local, normal[3 * v], normal[3 * v + 1], normal[3 * v + 2], level);
    }
    words[number * WORDS + LIGHT] = -1;
    const { corner, cornerNormal } = geometry;
    const l0 = vertexLight[cornerNormal[3 * f]];
    const l1 = vertexLight[cornerNormal[3 * f + 1]];
    const l2 = vertexLight[cornerNormal[3 * f + 2]];
    const b = 12 * f;
    this.overCanvas(
      coefficients,
      number * COEFFICIENTS + 6,
      l0 * corner[b] + l1 * corner[b + 4] + l2 * corner[b + 8],
      l0 * corner[b + 1] + l1 * corner[b + 5] + l2 * corner[b + 9],
      l0 * corner[b + 2] + l1 * corner[b + 6] + l2 * corner[b + 10],
      l0 * corner[b + 3] + l1 * corner[b + 7] + l2 * corner[b + 11],
    );
  }

  private recordTexture(geometry: CompiledGeometry, f: number, number: number, tile: number, corners: number): void {
    const { words, coefficients } = this.records;
    const { tiles, widthPx } = this.texture;
    const width = tiles[4 * tile + 2];
    const height = tiles[4 * tile + 3];
    const level = mipLevel(geometry.uvArea[f] * width * height, this.areaOf(corners));
    const scale = 1 / (1 << level);
    const { uv } = geometry;
    const [a, u, v] = [8 * f, width * scale, height * scale];
    const at = number * COEFFICIENTS;
    const left = tiles[4 * tile] * scale;
    const top = tiles[4 * tile + 1] * scale;
    this.overCanvas(coefficients, at, uv[a] * u, uv[a + 1] * u, uv[a + 2] * u, uv[a + 3] * u + left);
    this.overCanvas(coefficients, at + 3, uv[a + 4] * v, uv[a + 5] * v, uv[a + 6] * v, uv[a + 7] * v + top);
    words[number * WORDS + TEXELS] = this.mips[level];
    words[number * WORDS + STRIDE] = widthPx >> level;
  }

  /** Writes an affine function a·p + b of the shape's space, divided by w, as a linear one over the canvas. */
  private overCanvas(out: Float64Array, at: number, a0: number, a1: number, a2: number, b: number): void {
    const { local, zx, zy, zc } = this;
    const atCentre = b + a0 * local[CENTRE] + a1 * local[CENTRE + 1] + a2 * local[CENTRE + 2];
    out[at] = a0 * local[STEP_X] + a1 * local[STEP_X + 1] + a2 * local[STEP_X + 2] + atCentre * zx;
    out[at + 1] = a0 * local[STEP_Y] + a1 * local[STEP_Y + 1] + a2 * local[STEP_Y + 2] + atCentre * zy;
    out[at + 2] = a0 * local[ORIGIN] + a1 * local[ORIGIN + 1] + a2 * local[ORIGIN + 2] + atCentre * zc;
  }

  /** Area of the present polygon, pixels. */
  private areaOf(corners: number): number {
    const { px, py } = this;
    let twice = 0;
    for (let v = 0, w = corners - 1; v < corners; w = v++) twice += px[w] * py[v] - px[v] * py[w];
    return Math.abs(twice) / 2;
  }
}

/** Level whose texels are about as large as pixels; half a level sharper, so that thin lines stay. */
function mipLevel(texels: number, pixels: number): number {
  const ratio = texels / (pixels + 0.25);
  if (ratio <= 2) return 0;
  const level = (32 - Math.clz32(ratio * 0.7)) >> 1;
  return level >= MIP_LEVELS ? MIP_LEVELS - 1 : level;
}
