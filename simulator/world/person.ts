import { clamp, hypot2, hypot3, sin } from '../maths.ts';
import type { ShopperPlan } from '../scenario/run.ts';
import type { ShopperBody } from './body.ts';
import { Hand } from './hand.ts';
import type { Item } from './item.ts';
import type { Walker } from './walker.ts';

/** Script of a person: yields the time before which it need not be woken. */
export type Script<T = void> = Generator<number, T, void>;

/** Shares of stature (Drillis & Contini 1966): heights of head centre and shoulder, half shoulder breadth, arm to the palm. */
const HEAD = 0.93;
const SHOULDER = 0.82;
const SHOULDER_HALF = 0.115;
const UPPER_ARM = 0.186;
const FOREARM_TO_PALM = 0.2;
const ARM = UPPER_ARM + FOREARM_TO_PALM;
const TORSO = 0.3;
/** Shoulder girdle and wrist give the arm this much more. */
const STRETCH = 1.12;
const TIPTOE = 0.05;
const STRIDE_M = 1.3;
/** Bodies bend like a critically damped spring of this rate: a full crouch takes about 0.8 s. */
const POSTURE_PER_S = 6.5;
/** How fast a hand at rest follows when its place at rest changes. */
const REST_PER_S = 6;
const LOOK_AT_HANDS_US = 100_000;

/** A present shopper: plan, body on the floor, two arms, what it carries, and the script it follows. */
export class Person {
  readonly index: number;
  readonly plan: ShopperPlan;
  readonly body: ShopperBody;
  readonly walker: Walker;
  readonly hands: readonly [Hand, Hand] = [new Hand(0), new Hand(1)];
  readonly held: Item[] = [];
  /** Whoever carries this one, or null. */
  readonly carrier: Person | null;
  readonly carried: Person[] = [];
  /** Walks with others of this name. */
  group: string;
  stage: 'outside' | 'passing' | 'inside' | 'gone' = 'outside';
  /** Has been inside. */
  entered = false;
  /** Credential the gate saw, shared by the party. */
  credential: string | null = null;
  /** Through with its own actions. */
  finished = false;
  script: Script | null = null;
  wakeUs = 0;
  /** Someone is handing things over: stand still. */
  heldUp = 0;
  /** Place a carried child wants to be taken to. */
  errand: { readonly xM: number; readonly yM: number; done: boolean } | null = null;
  /** Grasps so far; with `idBase` it numbers grasps and new items, whoever else is in the store. */
  private made = 0;
  private readonly idBase: number;
  private anchors = 0;
  /** How far the shoulders lean away from over the feet (x, y) and how far the body is lowered, metres; where to; speed. */
  private readonly postureM = new Float64Array(3);
  private readonly postureGoalM = new Float64Array(3);
  private readonly postureMps = new Float64Array(3);
  private readonly isHandFull = [false, false];
  private lookAtHandsUs = 0;

  constructor(
    index: number,
    plan: ShopperPlan,
    body: ShopperBody,
    walker: Walker,
    carrier: Person | null,
    idBase: number,
  ) {
    this.index = index;
    this.plan = plan;
    this.body = body;
    this.walker = walker;
    this.carrier = carrier;
    this.group = plan.party;
    this.idBase = idBase;
    if (carrier) carrier.carried.push(this);
  }

  /** A number for a grasp or an item that nobody else in the run gets. */
  nextId(): number {
    this.made += 1;
    return this.idBase + this.made;
  }

  /** Whose feet do the walking. */
  get feet(): Person {
    return this.carrier ?? this;
  }

  anchor(): void {
    const { feet } = this;
    feet.anchors += 1;
    feet.walker.anchored = true;
  }

  release(): void {
    const { feet } = this;
    feet.anchors -= 1;
    feet.walker.anchored = feet.anchors > 0;
  }

  /** Metres a carried body's own floor lies above the real one. */
  get liftM(): number {
    return this.carrier ? Math.max(0, 0.55 * this.carrier.plan.heightM - 0.4 * this.plan.heightM) : 0;
  }

  get armM(): number {
    return ARM * this.plan.heightM;
  }

  /** Highest point a hand gets to. */
  get topReachM(): number {
    return this.liftM + (SHOULDER + TIPTOE) * this.plan.heightM + 0.97 * this.armM;
  }

  /** Bends, crouches or stretches so that a hand gets to a point in the world. */
  bendTowards(xM: number, yM: number, zM: number): void {
    const { body } = this;
    const { heightM } = this.plan;
    const distanceM = hypot2(xM - body.xM, yM - body.yM);
    const shoulderM = this.liftM + SHOULDER * heightM;
    const maxDropM = this.carrier ? 0 : 0.42 * heightM;
    let dropM = clamp(shoulderM - zM - 0.75 * this.armM, 0, maxDropM);
    if (zM - shoulderM > 0.8 * this.armM && !this.carrier) dropM = -TIPTOE * heightM;
    const up = zM - (shoulderM - dropM);
    const levelM = Math.sqrt(Math.max(0.04, 1 - (up * up) / (this.armM * this.armM))) * this.armM;
    const leanM = clamp(distanceM - 0.9 * levelM, 0, 0.85 * TORSO * heightM);
    this.postureGoalM[0] = distanceM > 0 ? (leanM * (xM - body.xM)) / distanceM : 0;
    this.postureGoalM[1] = distanceM > 0 ? (leanM * (yM - body.yM)) / distanceM : 0;
    this.postureGoalM[2] = dropM;
  }

  straighten(): void {
    this.postureGoalM.fill(0);
  }

  /** Moves body, head and hands to where they are at a time. */
  updatePose(timeUs: number, dt: number): void {
    const { body, walker } = this;
    if (this.carrier) this.ride(this.carrier);
    else {
      body.xM = walker.xM;
      body.yM = walker.yM;
      body.hx = walker.hx;
      body.hy = walker.hy;
    }
    for (let i = 0; i < 3; i++) this.bend(i, dt);
    const bentM = this.bentM();
    const head = body.headInWorldM;
    head[0] = body.xM + this.postureM[0]! * 1.2 + body.hx * 0.03;
    head[1] = body.yM + this.postureM[1]! * 1.2 + body.hy * 0.03;
    head[2] = this.liftM + HEAD * this.plan.heightM - this.postureM[2]! - bentM * 1.3;
    if (timeUs >= this.lookAtHandsUs) this.lookAtHands(timeUs);
    const swing = walker.moving && !this.carrier ? sin((walker.strideM / STRIDE_M) * 2 * Math.PI) : 0;
    for (const hand of this.hands) this.updateHand(hand, timeUs, dt, swing, bentM);
  }

  private bend(axis: number, dt: number): void {
    const { postureM, postureMps } = this;
    const pull = POSTURE_PER_S * (this.postureGoalM[axis]! - postureM[axis]!) - 2 * postureMps[axis]!;
    postureMps[axis]! += POSTURE_PER_S * pull * dt;
    postureM[axis]! += postureMps[axis]! * dt;
  }

  /** How far leaning lowers the shoulders. */
  private bentM(): number {
    const torsoM = TORSO * this.plan.heightM;
    const [leanXM, leanYM] = this.postureM;
    return torsoM - Math.sqrt(Math.max(0, torsoM * torsoM - leanXM! * leanXM! - leanYM! * leanYM!));
  }

  /** Writes x, y, z of a shoulder. */
  shoulderInto(out: Float64Array, side: 0 | 1): void {
    const { body } = this;
    const { heightM } = this.plan;
    const acrossM = (side === 0 ? -1 : 1) * SHOULDER_HALF * heightM;
    out[0] = body.xM + this.postureM[0]! + body.hy * acrossM;
    out[1] = body.yM + this.postureM[1]! - body.hx * acrossM;
    out[2] = this.liftM + SHOULDER * heightM - this.postureM[2]! - this.bentM();
  }

  /** Writes x, y, z of an elbow: two-bone inverse kinematics, the elbow hanging down and outwards. */
  elbowInto(out: Float64Array, side: 0 | 1): void {
    this.shoulderInto(shoulder, side);
    const hand = this.hands[side];
    const dx = hand.xM - shoulder[0]!;
    const dy = hand.yM - shoulder[1]!;
    const dz = hand.zM - shoulder[2]!;
    const distanceM = Math.max(1e-6, hypot3(dx, dy, dz));
    const upperM = UPPER_ARM * this.plan.heightM;
    const lowerM = FOREARM_TO_PALM * this.plan.heightM;
    const alongM = clamp(
      (distanceM * distanceM + upperM * upperM - lowerM * lowerM) / (2 * distanceM),
      -upperM,
      upperM,
    );
    const asideM = Math.sqrt(Math.max(0, upperM * upperM - alongM * alongM));
    // Down and outwards, made square to the line from shoulder to hand.
    const out1 = (side === 0 ? -1 : 1) * 0.3;
    let ax = this.body.hy * out1;
    let ay = -this.body.hx * out1;
    let az = -1;
    const along = (ax * dx + ay * dy + az * dz) / (distanceM * distanceM);
    ax -= along * dx;
    ay -= along * dy;
    az -= along * dz;
    const length = Math.max(1e-6, hypot3(ax, ay, az));
    out[0] = shoulder[0]! + (dx / distanceM) * alongM + (ax / length) * asideM;
    out[1] = shoulder[1]! + (dy / distanceM) * alongM + (ay / length) * asideM;
    out[2] = shoulder[2]! + (dz / distanceM) * alongM + (az / length) * asideM;
  }

  private ride(carrier: Person): void {
    const { body } = this;
    const { walker } = carrier;
    // On the left arm, or in the seat of the trolley in front.
    const pushes = carrier.walker.girth === 'cart';
    const forwardM = pushes ? 0.45 : 0.18;
    const leftM = pushes ? 0 : 0.16;
    body.xM = walker.xM + walker.hx * forwardM - walker.hy * leftM;
    body.yM = walker.yM + walker.hy * forwardM + walker.hx * leftM;
    body.hx = walker.hx;
    body.hy = walker.hy;
  }

  private lookAtHands(timeUs: number): void {
    this.lookAtHandsUs = timeUs + LOOK_AT_HANDS_US;
    this.isHandFull[0] = false;
    this.isHandFull[1] = false;
    for (const { place } of this.held)
      if (place.at === 'person' && place.keep === 'hand') this.isHandFull[place.hand] = true;
  }

  private updateHand(hand: Hand, timeUs: number, dt: number, swing: number, bentM: number): void {
    const { body } = this;
    this.restInto(rest, hand.side, swing);
    const local = hand.restLocalM;
    const share = local[2] === 0 ? 1 : Math.min(1, REST_PER_S * dt);
    for (let i = 0; i < 3; i++) local[i]! += (rest[i]! - local[i]!) * share;
    const xM = body.xM + body.hx * local[0]! + body.hy * local[1]! + this.postureM[0]!;
    const yM = body.yM + body.hy * local[0]! - body.hx * local[1]! + this.postureM[1]!;
    hand.update(timeUs, xM, yM, Math.max(0.05, this.liftM + local[2]! - this.postureM[2]! - bentM));
    if (hand.mode !== 'rest') this.keepOnArm(hand);
    const at = 3 * hand.side;
    body.handsInWorldM[at] = hand.xM;
    body.handsInWorldM[at + 1] = hand.yM;
    body.handsInWorldM[at + 2] = hand.zM;
  }

  /** Writes the place of a hand at rest: forwards, right, up, as if upright. */
  private restInto(out: Float64Array, side: 0 | 1, swing: number): void {
    const { heightM, equipment, handed } = this.plan;
    const outwards = side === 0 ? -1 : 1;
    const pushes = this.walker.girth === 'cart' && !this.carrier;
    const isOff = (side === 1) === (handed === 'left');
    if (this.isHandFull[side]) setPoint(out, 0.16 * heightM, outwards * 0.1 * heightM, 0.62 * heightM);
    else if (pushes) setPoint(out, 0.22 * heightM, outwards * 0.12 * heightM, 0.6 * heightM);
    else if (this.carried.length > 0 && side === 0) setPoint(out, 0.14 * heightM, -0.08 * heightM, 0.58 * heightM);
    else if (equipment === 'basket' && isOff) setPoint(out, 0.03 * heightM, outwards * 0.17 * heightM, 0.43 * heightM);
    else setPoint(out, (0.02 + 0.08 * swing * outwards) * heightM, outwards * 0.15 * heightM, 0.44 * heightM);
  }

  private keepOnArm(hand: Hand): void {
    this.shoulderInto(shoulder, hand.side);
    const distanceM = hand.distanceTo(shoulder[0]!, shoulder[1]!, shoulder[2]!);
    const longestM = STRETCH * this.armM;
    if (distanceM <= longestM) return;
    const share = longestM / distanceM;
    hand.xM = shoulder[0]! + (hand.xM - shoulder[0]!) * share;
    hand.yM = shoulder[1]! + (hand.yM - shoulder[1]!) * share;
    hand.zM = shoulder[2]! + (hand.zM - shoulder[2]!) * share;
  }
}

const rest = new Float64Array(3);
const shoulder = new Float64Array(3);

function setPoint(out: Float64Array, x: number, y: number, z: number): void {
  out[0] = x;
  out[1] = y;
  out[2] = z;
}
