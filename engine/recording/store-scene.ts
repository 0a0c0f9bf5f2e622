/** What a recording shows of the store itself, once, at the run's start. */
import type { Camera, Fixture, Store } from '../store.ts';
import { foxgloveTime } from './recording-time.ts';

export const WORLD_FRAME = 'store';
const LEVEL = { x: 0, y: 0, z: 0, w: 1 };
const BOARD_M = 0.02;
const FLOOR_COLOUR = { r: 0.85, g: 0.85, b: 0.85, a: 1 };
const CABINET_COLOUR = { r: 0.45, g: 0.5, b: 0.6, a: 0.25 };
const BOARD_COLOUR = { r: 0.6, g: 0.5, b: 0.35, a: 1 };
const DOOR_COLOUR = { r: 0.3, g: 0.7, b: 0.4, a: 0.6 };
const TEXT_COLOUR = { r: 0.1, g: 0.1, b: 0.1, a: 1 };

type Vector = { x: number; y: number; z: number };
type Quaternion = Vector & { w: number };
type Colour = { r: number; g: number; b: number; a: number };

/** An entity of foxglove.SceneUpdate that stays until it is replaced. */
export function sceneEntity(id: string, timeUs: number, primitives: Record<string, readonly object[]>): object {
  const none = { arrows: [], cubes: [], spheres: [], cylinders: [], lines: [], triangles: [], texts: [], models: [] };
  const lasting = { lifetime: { sec: 0, nsec: 0 }, frame_locked: false, metadata: [] };
  return { timestamp: foxgloveTime(timeUs), frame_id: WORLD_FRAME, id, ...lasting, ...none, ...primitives };
}

/** A label that always faces the viewer. */
export function sceneText(text: string, position: Vector, heightM: number): object {
  const style = { billboard: true, font_size: heightM, scale_invariant: false, color: TEXT_COLOUR };
  return { pose: { position, orientation: LEVEL }, ...style, text };
}

function cube(position: Vector, size: Vector, color: Colour, orientation: Quaternion = LEVEL): object {
  return { pose: { position, orientation }, size, color };
}

/** foxglove.SceneUpdate: floor, doors, and every fixture as a translucent box with its shelf boards. */
export function storeScene(store: Store): object {
  const [widthM, depthM] = store.sizeM;
  const floor = cube({ x: widthM / 2, y: depthM / 2, z: -0.02 }, { x: widthM, y: depthM, z: 0.02 }, FLOOR_COLOUR);
  const doors = store.doors.map(({ atM: [x, y], widthM }) =>
    cube({ x, y, z: 0 }, { x: widthM, y: widthM, z: 0.01 }, DOOR_COLOUR),
  );
  const doorNames = store.doors.map(({ id, atM: [x, y] }) => sceneText(id, { x, y, z: 0.3 }, 0.2));
  const building = sceneEntity('building', 0, { cubes: [floor, ...doors], texts: doorNames });
  return { deletions: [], entities: [building, ...store.fixtures.map(fixtureEntity)] };
}

function fixtureEntity(fixture: Fixture): object {
  const { id, heightM, depthM, lengthM, shelves } = fixture;
  const body = { x: depthM, y: lengthM, z: heightM };
  const cubes = [cube(behindFront(fixture, depthM / 2, heightM / 2), body, CABINET_COLOUR, yaw(fixture.facingRad))];
  for (const shelf of shelves) {
    const position = behindFront(fixture, shelf.depthM / 2, shelf.heightM - BOARD_M / 2);
    cubes.push(cube(position, { x: shelf.depthM, y: lengthM, z: BOARD_M }, BOARD_COLOUR, yaw(fixture.facingRad)));
  }
  const texts = [sceneText(id, behindFront(fixture, depthM / 2, heightM + 0.15), 0.15)];
  return sceneEntity(`fixture/${id}`, 0, { cubes, texts });
}

/** A point of the fixture's middle, `insideM` behind its front edge. */
function behindFront({ atM, facingRad }: Fixture, insideM: number, heightM: number): Vector {
  return { x: atM[0] - insideM * Math.cos(facingRad), y: atM[1] - insideM * Math.sin(facingRad), z: heightM };
}

function yaw(rad: number): Quaternion {
  return { x: 0, y: 0, z: Math.sin(rad / 2), w: Math.cos(rad / 2) };
}

/** foxglove.FrameTransforms: every camera's place in the store. */
export function cameraTransforms(store: Store): object {
  const transforms = store.cameras.map((camera) => ({
    timestamp: foxgloveTime(0),
    parent_frame_id: WORLD_FRAME,
    child_frame_id: cameraFrame(camera.id),
    translation: placeInWorld(camera.cameraFromWorld),
    rotation: worldFromCameraRotation(camera.cameraFromWorld),
  }));
  return { transforms };
}

/** Name of a camera's frame, optical axes: x right, y down, z forward. */
export function cameraFrame(cameraId: string): string {
  return `camera/${cameraId}`;
}

/** −Rᵀt of a 3 × 4 camera-from-world matrix. */
function placeInWorld(m: readonly number[]): Vector {
  const along = (axis: number) => -(m[axis] * m[3] + m[4 + axis] * m[7] + m[8 + axis] * m[11]);
  return { x: along(0), y: along(1), z: along(2) };
}

/** Unit quaternion of Rᵀ, by the largest of its four parts (Shepperd 1978) so that no divisor comes near 0. */
function worldFromCameraRotation(m: readonly number[]): Quaternion {
  const [xx, yy, zz] = [m[0], m[5], m[10]];
  const parts = [1 + xx + yy + zz, 1 + xx - yy - zz, 1 - xx + yy - zz, 1 - xx - yy + zz];
  const largest = parts.indexOf(Math.max(...parts));
  const big = Math.sqrt(parts[largest]) / 2;
  // Off-diagonal sums and differences of Rᵀ, whose element (row, column) is m[column · 4 + row].
  const spin = [m[6] - m[9], m[8] - m[2], m[1] - m[4]].map((difference) => difference / (4 * big));
  const [xy, zx, yz] = [m[1] + m[4], m[8] + m[2], m[6] + m[9]].map((sum) => sum / (4 * big));
  if (largest === 0) return { x: spin[0], y: spin[1], z: spin[2], w: big };
  if (largest === 1) return { x: big, y: xy, z: zx, w: spin[0] };
  if (largest === 2) return { x: xy, y: big, z: yz, w: spin[1] };
  return { x: zx, y: yz, z: big, w: spin[2] };
}

/** foxglove.CameraCalibration; its pixel centres lie at whole numbers, ours at halves. */
export function cameraCalibration(camera: Camera): object {
  const { fx, fy, cx, cy, k1, k2 } = camera.intrinsics;
  const [u, v] = [cx - 0.5, cy - 0.5];
  return {
    timestamp: foxgloveTime(0),
    frame_id: cameraFrame(camera.id),
    width: camera.widthPx,
    height: camera.heightPx,
    distortion_model: 'plumb_bob',
    D: [k1, k2, 0, 0, 0],
    K: [fx, 0, u, 0, fy, v, 0, 0, 1],
    R: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    P: [fx, 0, u, 0, 0, fy, v, 0, 0, 0, 1, 0],
  };
}
