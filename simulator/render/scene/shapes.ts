import { type BufferGeometry, Object3D, Vector3 } from 'three';
import { bagShape, boxShape, cartonShape, crateShape, floorShape, panelShape, trayShape } from './boxy-shapes.ts';
import { turned } from './turned-shapes.ts';

Object3D.DEFAULT_UP = new Vector3(0, 0, 1);

const round = { segments: 12, print: 'label' } as const;
const plain = (segments: number, x = 1, y = 1) => ({ segments, x, y, print: 'wrap' }) as const;

/**
 * Every shape of the scene by name, 1 unit large, z up, standing on the middle of z = 0, its front towards −y. Parts of
 * bodies run along z from 0 to 1 with half axes of 1, for a person who looks along +x.
 */
const makers = {
  box: boxShape,
  tray: trayShape,
  carton: cartonShape,
  bag: bagShape,
  can: () =>
    turned(
      [
        { z: 0, r: 0.5 },
        { z: 0.94, r: 0.5 },
        { z: 1, r: 0.44 },
      ],
      round,
    ),
  jar: () =>
    turned(
      [
        { z: 0, r: 0.5 },
        { z: 0.8, r: 0.5 },
        { z: 0.84, r: 0.46 },
        { z: 1, r: 0.46 },
      ],
      round,
    ),
  cup: () =>
    turned(
      [
        { z: 0, r: 0.39 },
        { z: 1, r: 0.5 },
      ],
      round,
    ),
  bottle: () =>
    turned(
      [
        { z: 0, r: 0.5 },
        { z: 0.62, r: 0.5 },
        { z: 0.84, r: 0.19, v: 0.1 },
        { z: 1, r: 0.19, v: 0.01 },
      ],
      { segments: 10, print: 'label' },
    ),
  fruit: () =>
    turned(
      [
        { z: 0, r: 0 },
        { z: 0.15, r: 0.36 },
        { z: 0.5, r: 0.5 },
        { z: 0.85, r: 0.36 },
        { z: 1, r: 0 },
      ],
      { segments: 8, print: 'wrap' },
    ),
  panel: panelShape,
  floor: floorShape,
  crate: crateShape,
  limb: () =>
    turned(
      [
        { z: -0.1, r: 0 },
        { z: 0, r: 1 },
        { z: 1, r: 0.8 },
        { z: 1.1, r: 0 },
      ],
      plain(6),
    ),
  torso: () =>
    turned(
      [
        { z: -0.12, r: 0.6 },
        { z: 0, r: 0.92 },
        { z: 0.35, r: 0.84 },
        { z: 0.78, r: 1 },
        { z: 0.98, r: 0.78 },
        { z: 1.08, r: 0.3 },
      ],
      plain(10),
    ),
  skirt: () =>
    turned(
      [
        { z: 0, r: 1.25 },
        { z: 0.9, r: 0.8 },
        { z: 1, r: 0.7 },
      ],
      plain(10),
    ),
  head: () =>
    turned(
      [
        { z: -1.12, r: 0 },
        { z: -0.85, r: 0.55 },
        { z: -0.3, r: 0.93 },
        { z: 0.3, r: 1 },
        { z: 0.8, r: 0.66 },
        { z: 1.05, r: 0 },
      ],
      plain(10),
    ),
  hair: () =>
    turned(
      [
        { z: -0.15, r: 0.98 },
        { z: 0.3, r: 1.06 },
        { z: 0.85, r: 0.7 },
        { z: 1.12, r: 0 },
      ],
      plain(10),
    ),
  ball: () =>
    turned(
      [
        { z: -1, r: 0 },
        { z: 0, r: 1 },
        { z: 1, r: 0 },
      ],
      plain(6),
    ),
  wheel: () =>
    turned(
      [
        { z: -0.5, r: 1 },
        { z: 0.5, r: 1 },
      ],
      plain(8),
    ),
} satisfies Record<string, () => BufferGeometry>;

export type ShapeName = keyof typeof makers;

const names = Object.keys(makers) as ShapeName[];

/** Number of a shape: its place in `sceneShapes`. */
export const SHAPE = Object.fromEntries(names.map((name, i) => [name, i])) as Readonly<Record<ShapeName, number>>;

/** All shapes as three.js geometries, by number. */
export function sceneShapes(): BufferGeometry[] {
  return names.map((name) => makers[name]());
}
