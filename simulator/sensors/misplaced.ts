import { hypot3 } from '../maths.ts';
import type { RandomStream } from '../random.ts';
import type { CameraPlan } from '../scenario/run.ts';
import { lookAt, turned } from './true-camera.ts';

/** A camera's pose moved by a distance in a random direction and turned by an angle about a random axis. */
export function misplaced(
  plan: CameraPlan,
  stream: RandomStream,
  byM: number,
  byRad: number,
): { readonly pose: Float64Array; readonly atM: [number, number, number] } {
  const direction = () => [stream.normal(), stream.normal(), stream.normal()] as [number, number, number];
  const [x, y, z] = direction();
  const length = hypot3(x, y, z);
  const atM: [number, number, number] = [
    plan.atM[0] + (byM * x) / length,
    plan.atM[1] + (byM * y) / length,
    plan.atM[2] + (byM * z) / length,
  ];
  return { pose: turned(lookAt(plan.atM, plan.lookM), atM, direction(), byRad), atM };
}
