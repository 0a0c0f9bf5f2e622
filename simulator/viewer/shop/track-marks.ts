import * as THREE from 'three';
import type { TrackedBody } from '../moment.ts';

const MOST = 256;
const PLAIN = new THREE.Color(0x2f3a40);
const PICKED = new THREE.Color(0x1f6b4a);
const RIVAL = new THREE.Color(0xd55e00);
/** Rings of the picked one, and of a rival who is as good as certain, are so much wider. */
const WIDE = 1.35;

/** Rings on the floor where the engine has people: what it thinks, under what is. */
export class TrackMarks {
  readonly mesh: THREE.InstancedMesh;
  readonly #matrix = new THREE.Matrix4();

  constructor() {
    const ring = new THREE.RingGeometry(0.24, 0.3, 28);
    const material = new THREE.MeshBasicMaterial({ transparent: true, opacity: 0.75, depthWrite: false });
    this.mesh = new THREE.InstancedMesh(ring, material, MOST);
    this.mesh.frustumCulled = false;
    this.mesh.count = 0;
  }

  /** `rivals`: trips that may have done what is being looked into, with their probabilities. */
  show(bodies: readonly TrackedBody[], pickedTripId: string | null, rivals: ReadonlyMap<string, number>): void {
    this.mesh.count = Math.min(MOST, bodies.length);
    for (let i = 0; i < this.mesh.count; i++) {
      const { xM, yM, cart } = bodies[i];
      const isPicked = cart !== null && cart.tripId === pickedTripId;
      const prob = isPicked || cart === null ? 0 : (rivals.get(cart.tripId) ?? 0);
      const wide = isPicked ? WIDE : 1 + (WIDE - 1) * Math.sqrt(prob);
      this.#matrix.makeScale(wide, wide, 1).setPosition(xM, yM, 0.015);
      this.mesh.setMatrixAt(i, this.#matrix);
      this.mesh.setColorAt(i, isPicked ? PICKED : prob > 0 ? RIVAL : PLAIN);
    }
    this.mesh.instanceMatrix.needsUpdate = true;
    if (this.mesh.instanceColor) this.mesh.instanceColor.needsUpdate = true;
  }
}
