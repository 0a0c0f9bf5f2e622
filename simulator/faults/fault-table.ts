import type { FaultPlan } from '../scenario/run.ts';

export type FaultKind = FaultPlan['kind'];
export type SensorKind = 'camera' | 'scale' | 'gate';

/**
 * What each fault does and how it reads its plan. A fault holds while `fromUs ≤ true time < toUs`. "Once" = drawn once per
 * fault and sensor; "each" = drawn at every strike or reading. Faults of one sensor act in the order of the plan.
 *
 * | kind | on | share | ratePerSecond | size | size2 | sequence |
 * |---|---|---|---|---|---|---|
 * | blackout | any | – | – | – | – | gap |
 * | dropout | any | probability that a reading is lost | – | – | – | gap |
 * | burst-dropout | any | – | bursts begun per second | – | µs, length of a burst, each | gap |
 * | latency | any | – | – | µs added to arrival, once | – | – |
 * | jitter | any | – | – | µs added to arrival, absolute value, each reading; readings may overtake | – | – |
 * | reorder | any | probability that a reading is held until just after the next one | – | – | – | out of order |
 * | duplicate | any | probability that a reading comes twice | – | µs between the two, each; at least 1 | – | repeat |
 * | rate-collapse | any | – | – | only every n-th reading is made, once; at least 2 | – | no gap |
 * | freeze | camera, scale | – | – | the last content before the fault is sent again and again | – | – |
 * | stuck-at | scale | – | – | grams shown by every cell, once per cell | – | – |
 * | offset | scale | – | – | grams added, once per cell | – | – |
 * | drift | scale | – | – | grams per hour since `fromUs`, once per cell | – | – |
 * | spike | scale | – | strikes per second and unit | grams added to one sample of one cell, each | – | – |
 * | skew | any | – | – | µs added to the sensor's stamps, once | – | – |
 * | calibration | camera | – | – | metres the camera is knocked aside, once | radians it is turned, once | – |
 * | fog | camera | – | – | – (the lens: only what is within 2 m is seen) | – | – |
 * | fog | fixture | – | – | – (its door: hands inside are never seen) | – | – |
 * | wrong-planogram | slot, shelf, fixture, scale | share of its slots told wrong; 0 = all | – | – | – | commissioning |
 * | wrong-weight | SKU, slot, shelf, fixture, scale | – | – | grams added to the told weight, once per SKU | – | commissioning |
 *
 * A calibration fault with `fromUs` 0 is a mistake of commissioning (the told pose is wrong); a later one knocks the camera.
 */
export const FAULTS_ON: Readonly<Record<FaultKind, readonly SensorKind[]>> = {
  blackout: ['camera', 'scale', 'gate'],
  dropout: ['camera', 'scale', 'gate'],
  'burst-dropout': ['camera', 'scale', 'gate'],
  latency: ['camera', 'scale', 'gate'],
  jitter: ['camera', 'scale', 'gate'],
  reorder: ['camera', 'scale', 'gate'],
  duplicate: ['camera', 'scale', 'gate'],
  'rate-collapse': ['camera', 'scale', 'gate'],
  freeze: ['camera', 'scale'],
  'stuck-at': ['scale'],
  offset: ['scale'],
  drift: ['scale'],
  spike: ['scale'],
  skew: ['camera', 'scale', 'gate'],
  calibration: ['camera'],
  'wrong-planogram': [],
  'wrong-weight': [],
  fog: ['camera'],
};
