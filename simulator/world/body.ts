import { atan2 } from '../maths.ts';
import type { ShopperPlan } from '../scenario/run.ts';
import type { Body } from './view.ts';

/** What the arrays of an absent body hold; never written. */
const NOWHERE = new Float64Array(6);
const CART_RADIUS_M = 0.45;

/** One shopper's body as sensors see it. Its arrays exist only while it is present, so that thousands cost little. */
export class ShopperBody implements Body {
  readonly shopperIndex: number;
  readonly heightM: number;
  readonly radiusM: number;
  visible = false;
  present = false;
  xM = 0;
  yM = 0;
  /** Unit heading. */
  hx = 1;
  hy = 0;
  headInWorldM: Float64Array = NOWHERE.subarray(0, 3);
  handsInWorldM: Float64Array = NOWHERE;

  constructor(shopperIndex: number, plan: ShopperPlan) {
    this.shopperIndex = shopperIndex;
    this.heightM = plan.heightM;
    const pushes = plan.equipment === 'trolley' || plan.equipment === 'pram';
    // Half of bideltoid breadth, about 0.26 of stature.
    this.radiusM = pushes ? CART_RADIUS_M : 0.13 * plan.heightM;
  }

  get headingRad(): number {
    return atan2(this.hy, this.hx);
  }

  appear(): void {
    this.present = true;
    this.headInWorldM = new Float64Array(3);
    this.handsInWorldM = new Float64Array(6);
  }

  vanish(): void {
    this.present = false;
    this.visible = false;
    this.headInWorldM = NOWHERE.subarray(0, 3);
    this.handsInWorldM = NOWHERE;
  }
}
