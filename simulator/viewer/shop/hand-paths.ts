import * as THREE from 'three';
import { BODIES, BODY, bodiesAt, FEET, HANDS_AT, SHOPPER, timeOf } from '../../render/scene/snapshot-layout.ts';
import type { RecentScenes } from '../time/recent-scenes.ts';

/** Hands further than this from the place have nothing to do with it, metres. */
const NEAR_M = 0.9;
/** A scene of another time than this stands in for one that has not come yet. */
const NEAR_US = 200_000;
const STEP_US = 66_667;
const BEFORE_US = 1_500_000;
const AFTER_US = 1_000_000;

/** One hand's way past a place. */
export interface HandPath {
  readonly shopper: number;
  readonly hand: 0 | 1;
  /** Where its body stood at the time of the change. */
  readonly onFloorM: readonly [number, number];
  /** n × 3. */
  readonly pointsM: readonly number[];
  /** Nearest it came, metres. */
  readonly nearestM: number;
}

/** Ways of the hands that came near a place around [fromUs, toUs], nearest first; not whole while scenes are still fetched. */
export function handPaths(
  scenes: Pick<RecentScenes, 'sceneAt'>,
  placeM: readonly [number, number, number],
  fromUs: number,
  toUs: number,
): { readonly paths: HandPath[]; readonly isWhole: boolean } {
  const paths = new Map<string, { -readonly [K in keyof HandPath]: HandPath[K] } & { pointsM: number[] }>();
  let isWhole = true;
  for (let timeUs = fromUs - BEFORE_US; timeUs <= toUs + AFTER_US; timeUs += STEP_US) {
    const scene = scenes.sceneAt(timeUs);
    if (!scene || Math.abs(timeOf(scene) - timeUs) > NEAR_US) {
      isWhole = false;
      continue;
    }
    for (let row = 0; row < scene[BODIES]; row++) {
      const at = bodiesAt(scene) + row * BODY;
      for (const hand of [0, 1] as const) {
        const place = Array.from(scene.subarray(at + HANDS_AT + 3 * hand, at + HANDS_AT + 3 * hand + 3));
        const away = Math.hypot(place[0] - placeM[0], place[1] - placeM[1], place[2] - placeM[2]);
        if (away > NEAR_M) continue;
        const shopper = scene[at + SHOPPER];
        const key = `${shopper}/${hand}`;
        const onFloorM = [scene[at + FEET], scene[at + FEET + 1]] as const;
        const path = paths.get(key) ?? { shopper, hand, onFloorM, pointsM: [], nearestM: away };
        paths.set(key, path);
        path.pointsM.push(...place);
        if (away < path.nearestM) {
          path.nearestM = away;
          path.onFloorM = onFloorM;
        }
      }
    }
  }
  return { paths: [...paths.values()].sort((a, b) => a.nearestM - b.nearestM), isWhole };
}

const OWNER = 0x1f6b4a;
const OTHERS = 0xd55e00;
const PLACE = 0x0072b2;

/** A change in the picture: where it was, and the ways of the hands that were near. */
export class HandPathLines {
  readonly group = new THREE.Group();

  /** `isOwner`: whether a body at a place of the floor is thought to be the one who did it. */
  show(
    placeM: readonly [number, number, number] | null,
    paths: readonly HandPath[],
    isOwner: (onFloorM: readonly [number, number]) => boolean,
  ): void {
    for (const child of this.group.children as THREE.Mesh[]) {
      child.geometry.dispose();
      (child.material as THREE.Material).dispose();
    }
    this.group.clear();
    if (!placeM) return;
    const mark = new THREE.Mesh(new THREE.TorusGeometry(0.09, 0.012, 8, 32), plain(PLACE));
    mark.position.set(...placeM);
    this.group.add(mark);
    for (const { pointsM, onFloorM } of paths) {
      if (pointsM.length < 6) continue;
      const points = Array.from({ length: pointsM.length / 3 }, (_, i) => new THREE.Vector3(...pointsM.slice(3 * i)));
      const curve = new THREE.CatmullRomCurve3(points);
      const tube = new THREE.TubeGeometry(curve, Math.min(120, 2 * points.length), 0.008, 5);
      this.group.add(new THREE.Mesh(tube, plain(isOwner(onFloorM) ? OWNER : OTHERS)));
    }
  }
}

/** Seen through shelves, too: it is a drawing in the air. */
function plain(colour: number): THREE.MeshBasicMaterial {
  return new THREE.MeshBasicMaterial({ color: colour, depthTest: false, transparent: true, opacity: 0.85 });
}
