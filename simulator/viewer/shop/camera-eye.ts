import * as THREE from 'three';
import type { CameraPlan } from '../../scenario/run.ts';

/** A shop camera as one of three.js, without the distortion of its lens. */
export function cameraEye(plan: CameraPlan): THREE.PerspectiveCamera {
  const aspect = plan.widthPx / plan.heightPx;
  const vertical = 2 * Math.atan(Math.tan(plan.hfovRad / 2) / aspect);
  const eye = new THREE.PerspectiveCamera((vertical * 180) / Math.PI, aspect, 0.05, 60);
  eye.position.set(...plan.atM);
  // A camera that looks straight down has no up among z; its picture's top is then towards +y.
  const isUpright = Math.hypot(plan.lookM[0] - plan.atM[0], plan.lookM[1] - plan.atM[1]) < 1e-6;
  eye.up.set(0, isUpright ? 1 : 0, isUpright ? 0 : 1);
  eye.lookAt(...plan.lookM);
  eye.updateMatrixWorld();
  return eye;
}

/** Edges of what a camera sees, so many metres far. */
export function frustumLines(plan: CameraPlan, farM: number, colour: THREE.ColorRepresentation): THREE.LineSegments {
  const eye = cameraEye(plan);
  eye.far = farM;
  eye.updateProjectionMatrix();
  const corner = (x: number, y: number) => new THREE.Vector3(x, y, 1).unproject(eye);
  const corners = [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
  const points = corners.flatMap((point, i) => [eye.position, point, point, corners[(i + 1) % 4]]);
  const geometry = new THREE.BufferGeometry().setFromPoints(points);
  return new THREE.LineSegments(
    geometry,
    new THREE.LineBasicMaterial({ color: colour, transparent: true, opacity: 0.45 }),
  );
}
