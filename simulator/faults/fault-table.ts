import type { FaultPlan } from '../scenario/run.ts';

export type FaultKind = FaultPlan['kind'];
export type SensorKind = 'camera' | 'scale' | 'gate';

/**
 * Which sensors can suffer a fault, and what it does there (its numbers: `FaultPlan`). Faults of one sensor act in the order
 * of the plan, first on the content, then on the stamp, then on the way to the engine's host.
 *
 * | kind | what the engine gets | sequence |
 * |---|---|---|
 * | blackout, dropout, burst-dropout | readings missing | gap |
 * | latency | readings later | – |
 * | reorder | struck readings later than those that follow | out of order |
 * | duplicate | struck readings twice | repeat |
 * | rate-collapse | fewer pictures; scale batches as often as before with most samples NaN; fewer gate ticks | no gap |
 * | freeze | the content of the last reading before the fault, again and again under fresh stamps | – |
 * | stuck-at, offset, drift | grams replaced, added to, running away | – |
 * | spike | single samples of single cells off | – |
 * | skew, jitter | stamps off by a constant, by a fresh amount each time | – |
 * | calibration | for the whole run: the told pose is wrong (commissioning); else: the camera is knocked aside meanwhile | – |
 * | fog | on a camera: only what is within 2 m is seen; on a fixture: hands inside it never are | – |
 * | wrong-planogram, wrong-weight | a store description that is wrong; resolved into the run, told by commissioning | – |
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
