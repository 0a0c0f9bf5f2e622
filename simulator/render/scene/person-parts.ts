import { sin } from '../../maths.ts';
import { jointInto, placeBone } from './bones.ts';
import { personId } from './ids.ts';
import { type Instances, PLAIN } from './instances.ts';
import type { Looks } from './looks.ts';
import { SHAPE } from './shapes.ts';
import { ELBOWS_AT, FACING, FEET, HANDS_AT, HEAD_AT, LIFT, MOVING, SHOPPER, STRIDE } from './snapshot-layout.ts';

/** Shares of stature (Drillis & Contini 1966). */
const HEAD = 0.93;
const SHOULDER = 0.82;
const HIP = 0.531;
const TORSO = 0.3;
const SHANK = 0.246;
const THIGH = 0.245;
const ANKLE = 0.039;
const SHOULDER_HALF = 0.115;
const HIP_HALF = 0.055;
const STRIDE_M = 1.3;
/** Hips sink no lower than this share of stature. */
const SQUAT = 0.2;

type Side = 1 | -1;

/** Draws the people of snapshots, one at a time. Lengths are metres in the world. */
export class PersonParts {
  private readonly out: Instances;
  private readonly knee = new Float64Array(3);
  private readonly hip = new Float64Array(3);
  private readonly neck = new Float64Array(3);
  private looks!: Looks;
  private id = 0;
  private heightM = 0;
  /** Unit vector the person looks along. */
  private fx = 1;
  private fy = 0;

  constructor(out: Instances) {
    this.out = out;
  }

  /** Draws the person whose numbers begin at `at`. */
  add(s: Float32Array, at: number, heightM: number, looks: Looks): void {
    this.looks = looks;
    this.heightM = heightM;
    this.id = personId(s[at + SHOPPER]);
    this.fx = s[at + FACING];
    this.fy = s[at + FACING + 1];
    this.bend(s, at);
    this.addTrunk();
    this.addHead(s[at + HEAD_AT], s[at + HEAD_AT + 1], s[at + HEAD_AT + 2]);
    for (const side of [1, -1] as const) {
      this.addArm(s, at, side);
      this.addLeg(s, at, side);
    }
  }

  private bone(shape: number, colour: number, tile = PLAIN): number {
    return this.out.add(shape, this.id, tile, colour);
  }

  /** Sets hip and neck: the world bends bodies by lean and drop, and both can be read off the head. */
  private bend(s: Float32Array, at: number): void {
    const { heightM, hip, neck } = this;
    const x = s[at + FEET];
    const y = s[at + FEET + 1];
    const lift = s[at + LIFT];
    const leanX = (s[at + HEAD_AT] - x - 0.03 * this.fx) / 1.2;
    const leanY = (s[at + HEAD_AT + 1] - y - 0.03 * this.fy) / 1.2;
    const torso = TORSO * heightM;
    const bent = torso - Math.sqrt(Math.max(0, torso * torso - leanX * leanX - leanY * leanY));
    const drop = lift + HEAD * heightM - s[at + HEAD_AT + 2] - 1.3 * bent;
    hip[0] = x - 0.25 * leanX;
    hip[1] = y - 0.25 * leanY;
    hip[2] = lift + Math.max(SQUAT, HIP - drop / heightM) * heightM;
    neck[0] = x + leanX;
    neck[1] = y + leanY;
    neck[2] = lift + SHOULDER * heightM - drop - bent;
  }

  private addTrunk(): void {
    const { out, looks, heightM, fx, fy } = this;
    const [x, y, z] = this.hip;
    const wide = 0.118 * heightM * looks.girth;
    const thick = 0.068 * heightM * looks.girth;
    const trunk = this.bone(SHAPE.torso, looks.top, looks.topTile);
    placeBone(out, trunk, x, y, z, this.neck[0], this.neck[1], this.neck[2], fx, fy, thick, wide);
    if (looks.hasSkirt) {
      const skirt = this.bone(SHAPE.skirt, looks.trousers);
      placeBone(out, skirt, x, y, z - 0.21 * heightM, x, y, z, fx, fy, thick, wide * 0.9);
    } else {
      const pelvis = this.bone(SHAPE.ball, looks.trousers);
      placeBone(out, pelvis, x, y, z, x, y, z + 0.1 * heightM, fx, fy, thick * 1.05, wide * 0.92);
    }
  }

  private addHead(x: number, y: number, z: number): void {
    const { out, looks, fx, fy } = this;
    const [nx, ny, nz] = this.neck;
    // Children's heads are large for their size.
    const high = 0.045 + 0.038 * this.heightM;
    const deep = high * 0.85;
    const wide = high * 0.7;
    const neck = this.bone(SHAPE.limb, looks.skin);
    placeBone(out, neck, nx, ny, nz, x - 0.02 * fx, y - 0.02 * fy, z - 0.4 * high, fx, fy, high * 0.5, high * 0.5);
    placeBone(out, this.bone(SHAPE.head, looks.skin), x, y, z, x, y, z + high, fx, fy, deep, wide);
    if (looks.hairStyle === 'bald') return;
    const [hx, hy] = [x - 0.12 * deep * fx, y - 0.12 * deep * fy];
    placeBone(out, this.bone(SHAPE.hair, looks.hair), hx, hy, z, hx, hy, z + high, fx, fy, deep, wide * 1.05);
    if (looks.hairStyle === 'long') {
      const [mx, my] = [x - 0.55 * deep * fx, y - 0.55 * deep * fy];
      const mane = this.bone(SHAPE.limb, looks.hair);
      placeBone(out, mane, mx, my, z - 1.5 * high, mx, my, z + 0.5 * high, fx, fy, deep * 0.5, wide * 0.95);
    } else if (looks.hairStyle === 'cap') {
      const [bx, by] = [x + 0.9 * deep * fx, y + 0.9 * deep * fy];
      const brim = this.bone(SHAPE.ball, looks.hair);
      placeBone(out, brim, bx, by, z + 0.3 * high, bx, by, z + 0.4 * high, fx, fy, deep * 0.7, wide * 0.9);
    }
  }

  private addArm(s: Float32Array, at: number, side: Side): void {
    const { out, looks, heightM, fx, fy } = this;
    const offset = side > 0 ? 0 : 3;
    const elbow = at + ELBOWS_AT + offset;
    const hand = at + HANDS_AT + offset;
    const [ex, ey, ez] = [s[elbow], s[elbow + 1], s[elbow + 2]];
    const [hx, hy, hz] = [s[hand], s[hand + 1], s[hand + 2]];
    const across = side * SHOULDER_HALF * heightM;
    const [sx, sy] = [this.neck[0] - fy * across, this.neck[1] + fx * across];
    const thick = 0.028 * heightM * looks.girth;
    const upper = this.bone(SHAPE.limb, looks.top, looks.topTile);
    placeBone(out, upper, sx, sy, this.neck[2], ex, ey, ez, fx, fy, thick, thick);
    const isCovered = looks.sleeves === 'long' && looks.topTile === PLAIN;
    const lower = this.bone(SHAPE.limb, isCovered ? looks.top : looks.skin);
    placeBone(out, lower, ex, ey, ez, hx, hy, hz, fx, fy, thick * 0.85, thick * 0.85);
    // The palm's middle is the hand's place; fingers go on along the forearm.
    const length = Math.sqrt((hx - ex) * (hx - ex) + (hy - ey) * (hy - ey) + (hz - ez) * (hz - ez));
    const share = (0.055 * heightM) / (length + 1e-6);
    const palm = this.bone(SHAPE.ball, looks.skin);
    const [px, py, pz] = [hx + (hx - ex) * share, hy + (hy - ey) * share, hz + (hz - ez) * share];
    placeBone(out, palm, hx, hy, hz, px, py, pz, fx, fy, 0.016 * heightM, 0.026 * heightM);
  }

  private addLeg(s: Float32Array, at: number, side: Side): void {
    const { out, looks, heightM, fx, fy, knee, hip } = this;
    const across = side * HIP_HALF * heightM;
    const [x, y, z] = [hip[0] - fy * across, hip[1] + fx * across, hip[2]];
    // The foot opposite to the arm swings forwards; it is off the floor on its way to the front.
    const phase = (s[at + STRIDE] / STRIDE_M) * 2 * Math.PI + (side > 0 ? 0 : Math.PI);
    const step = s[at + MOVING] === 1 ? 0.16 * heightM : 0;
    const forward = step * sin(phase);
    const ax = s[at + FEET] - fy * across + fx * forward;
    const ay = s[at + FEET + 1] + fx * across + fy * forward;
    const az = s[at + LIFT] + ANKLE * heightM + 0.01 + 0.3 * Math.max(0, step * sin(phase + Math.PI / 2));
    jointInto(knee, x, y, z, ax, ay, az, THIGH * heightM, SHANK * heightM, fx, fy, 0.15);
    const wide = 0.047 * heightM * looks.girth;
    const thigh = this.bone(SHAPE.limb, looks.trousers);
    placeBone(out, thigh, x, y, z, knee[0], knee[1], knee[2], fx, fy, wide, wide);
    const shank = this.bone(SHAPE.limb, looks.hasSkirt ? looks.skin : looks.trousers);
    placeBone(out, shank, knee[0], knee[1], knee[2], ax, ay, az, fx, fy, wide * 0.72, wide * 0.72);
    // A box's own x is across when its front looks where the person looks.
    const foot = this.bone(SHAPE.box, looks.shoes);
    const toe = 0.045 * heightM;
    const sole = az - ANKLE * heightM;
    out.place(foot, ax + fx * toe, ay + fy * toe, sole, -fy, fx, 0.052 * heightM, 0.15 * heightM, 0.05 * heightM);
  }
}
