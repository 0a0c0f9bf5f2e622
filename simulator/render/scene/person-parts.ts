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
const HIP = 0.52;
const TORSO = 0.3;
const SHANK = 0.246;
const THIGH = 0.245;
const ANKLE = 0.039;
const SHOULDER_HALF = 0.115;
const HIP_HALF = 0.055;
const STRIDE_M = 1.3;
/** Hips sink no lower than this share of stature. */
const SQUAT = 0.2;

const knee = new Float64Array(3);

/** Draws one person of a snapshot: `at` is where its numbers begin. */
export function addPerson(out: Instances, s: Float32Array, at: number, heightM: number, looks: Looks): void {
  const id = personId(s[at + SHOPPER]);
  const fx = s[at + FACING];
  const fy = s[at + FACING + 1];
  const x = s[at + FEET];
  const y = s[at + FEET + 1];
  const lift = s[at + LIFT];
  const hx = s[at + HEAD_AT];
  const hy = s[at + HEAD_AT + 1];
  const hz = s[at + HEAD_AT + 2];
  // The world bends bodies by lean and drop; both can be read off the head.
  const leanX = (hx - x - 0.03 * fx) / 1.2;
  const leanY = (hy - y - 0.03 * fy) / 1.2;
  const torso = TORSO * heightM;
  const bent = torso - Math.sqrt(Math.max(0, torso * torso - leanX * leanX - leanY * leanY));
  const drop = lift + HEAD * heightM - hz - 1.3 * bent;
  const sx = x + leanX;
  const sy = y + leanY;
  const sz = lift + SHOULDER * heightM - drop - bent;
  const hipX = x - 0.25 * leanX;
  const hipY = y - 0.25 * leanY;
  const hipZ = lift + Math.max(SQUAT, HIP - drop / heightM) * heightM;
  const wide = 0.118 * heightM * looks.girth;
  const thick = 0.068 * heightM * looks.girth;

  const trunk = out.add(SHAPE.torso, id, looks.topTile, looks.top);
  placeBone(out, trunk, hipX, hipY, hipZ, sx, sy, sz, fx, fy, thick, wide);
  const pelvis = out.add(looks.hasSkirt ? SHAPE.skirt : SHAPE.ball, id, PLAIN, looks.trousers);
  const seat = looks.hasSkirt ? 0.3 : 0.1;
  if (looks.hasSkirt)
    placeBone(out, pelvis, hipX, hipY, hipZ - seat * heightM * 0.7, hipX, hipY, hipZ, fx, fy, thick, wide * 0.9);
  else placeBone(out, pelvis, hipX, hipY, hipZ, hipX, hipY, hipZ + seat * heightM, fx, fy, thick * 1.05, wide * 0.92);
  addHead(out, id, hx, hy, hz, sx, sy, sz, fx, fy, heightM, looks);
  for (const side of [1, -1]) {
    addArm(out, id, s, at, side, sx, sy, sz, fx, fy, heightM, looks);
    addLeg(out, id, s, at, side, hipX, hipY, hipZ, fx, fy, heightM, looks);
  }
}

function addHead(
  out: Instances,
  id: number,
  x: number,
  y: number,
  z: number,
  sx: number,
  sy: number,
  sz: number,
  fx: number,
  fy: number,
  heightM: number,
  looks: Looks,
): void {
  // Children's heads are large for their size.
  const high = 0.045 + 0.038 * heightM;
  const deep = high * 0.85;
  const wide = high * 0.7;
  const neck = out.add(SHAPE.limb, id, PLAIN, looks.skin);
  placeBone(out, neck, sx, sy, sz, x - 0.02 * fx, y - 0.02 * fy, z - 0.4 * high, fx, fy, high * 0.5, high * 0.5);
  const head = out.add(SHAPE.head, id, PLAIN, looks.skin);
  placeBone(out, head, x, y, z, x, y, z + high, fx, fy, deep, wide);
  if (looks.hairStyle === 'bald') return;
  const hair = out.add(SHAPE.hair, id, PLAIN, looks.hair);
  const back = 0.12 * deep;
  placeBone(
    out,
    hair,
    x - back * fx,
    y - back * fy,
    z,
    x - back * fx,
    y - back * fy,
    z + high,
    fx,
    fy,
    deep,
    wide * 1.05,
  );
  if (looks.hairStyle === 'long') {
    const mane = out.add(SHAPE.limb, id, PLAIN, looks.hair);
    const [mx, my] = [x - 0.55 * deep * fx, y - 0.55 * deep * fy];
    placeBone(out, mane, mx, my, z - 1.5 * high, mx, my, z + 0.5 * high, fx, fy, deep * 0.5, wide * 0.95);
  } else if (looks.hairStyle === 'cap') {
    const brim = out.add(SHAPE.ball, id, PLAIN, looks.hair);
    const [bx, by] = [x + 0.9 * deep * fx, y + 0.9 * deep * fy];
    placeBone(out, brim, bx, by, z + 0.3 * high, bx, by, z + 0.4 * high, fx, fy, deep * 0.7, wide * 0.9);
  }
}

function addArm(
  out: Instances,
  id: number,
  s: Float32Array,
  at: number,
  side: number,
  sx: number,
  sy: number,
  sz: number,
  fx: number,
  fy: number,
  heightM: number,
  looks: Looks,
): void {
  const hand = at + HANDS_AT + (side > 0 ? 0 : 3);
  const elbow = at + ELBOWS_AT + (side > 0 ? 0 : 3);
  const across = side * SHOULDER_HALF * heightM;
  const thick = 0.028 * heightM * looks.girth;
  const [ex, ey, ez] = [s[elbow], s[elbow + 1], s[elbow + 2]];
  const [hx, hy, hz] = [s[hand], s[hand + 1], s[hand + 2]];
  const upper = out.add(SHAPE.limb, id, looks.topTile, looks.top);
  placeBone(out, upper, sx - fy * across, sy + fx * across, sz, ex, ey, ez, fx, fy, thick, thick);
  const isLong = looks.sleeves === 'long';
  const lower = out.add(SHAPE.limb, id, PLAIN, isLong && looks.topTile === PLAIN ? looks.top : looks.skin);
  placeBone(out, lower, ex, ey, ez, hx, hy, hz, fx, fy, thick * 0.85, thick * 0.85);
  // The palm's middle is the hand's place; fingers go on along the forearm.
  const reach = 0.055 * heightM;
  const length = Math.sqrt((hx - ex) * (hx - ex) + (hy - ey) * (hy - ey) + (hz - ez) * (hz - ez)) + 1e-6;
  const share = reach / length;
  const palm = out.add(SHAPE.ball, id, PLAIN, looks.skin);
  const [dx, dy, dz] = [(hx - ex) * share, (hy - ey) * share, (hz - ez) * share];
  placeBone(out, palm, hx, hy, hz, hx + dx, hy + dy, hz + dz, fx, fy, 0.016 * heightM, 0.026 * heightM);
}

function addLeg(
  out: Instances,
  id: number,
  s: Float32Array,
  at: number,
  side: number,
  hipX: number,
  hipY: number,
  hipZ: number,
  fx: number,
  fy: number,
  heightM: number,
  looks: Looks,
): void {
  const across = side * HIP_HALF * heightM;
  const x = hipX - fy * across;
  const y = hipY + fx * across;
  // The foot opposite to the arm swings forwards; it is off the floor on its way to the front.
  const phase = (s[at + STRIDE] / STRIDE_M) * 2 * Math.PI + (side > 0 ? 0 : Math.PI);
  const step = s[at + MOVING] === 1 ? 0.16 * heightM : 0;
  const forward = step * sin(phase);
  const raised = 0.3 * Math.max(0, step * sin(phase + Math.PI / 2));
  const ankleX = s[at + FEET] - fy * across + fx * forward;
  const ankleY = s[at + FEET + 1] + fx * across + fy * forward;
  const ankleZ = s[at + LIFT] + ANKLE * heightM + raised + 0.01;
  const upperM = THIGH * heightM;
  const lowerM = SHANK * heightM;
  jointInto(knee, x, y, hipZ, ankleX, ankleY, ankleZ, upperM, lowerM, fx, fy, 0.15);
  const wide = 0.047 * heightM * looks.girth;
  const legs = looks.hasSkirt ? looks.skin : looks.trousers;
  const thigh = out.add(SHAPE.limb, id, PLAIN, looks.trousers);
  placeBone(out, thigh, x, y, hipZ, knee[0], knee[1], knee[2], fx, fy, wide, wide);
  const shank = out.add(SHAPE.limb, id, PLAIN, legs);
  placeBone(out, shank, knee[0], knee[1], knee[2], ankleX, ankleY, ankleZ, fx, fy, wide * 0.72, wide * 0.72);
  const foot = out.add(SHAPE.box, id, PLAIN, looks.shoes);
  const toe = 0.045 * heightM;
  // A box's own x is across when its front looks where the person looks.
  out.place(
    foot,
    ankleX + fx * toe,
    ankleY + fy * toe,
    ankleZ - ANKLE * heightM,
    -fy,
    fx,
    0.052 * heightM,
    0.15 * heightM,
    0.05 * heightM,
  );
}
