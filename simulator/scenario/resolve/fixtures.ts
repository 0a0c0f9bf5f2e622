import { cos, sin } from '../../maths.ts';
import type { FixturePlan } from '../run.ts';
import type { FixtureSpec } from '../schema/store-schema.ts';

/** Depth front to back where the scenario gives none, metres: common shop-fitting sizes. */
const DEPTH_M: Readonly<Record<FixtureSpec['type'], number>> = {
  gondola: 0.47,
  fridge: 0.65,
  endcap: 0.45,
  table: 0.8,
  rack: 0.4,
  counter: 0.6,
  ledge: 0.25,
};

/** A fixture with its defaults filled in. */
export function fixturePlan(id: string, spec: FixtureSpec): FixturePlan {
  const depthM = spec.depth ?? DEPTH_M[spec.type];
  const topM = Math.max(...spec.shelves.map(({ height }) => height));
  return {
    id,
    kind: spec.type,
    atM: spec.at,
    facingRad: spec.facing,
    lengthM: spec.length,
    depthM,
    heightM: spec.height ?? defaultHeightM(spec.type, topM),
    door: spec.door ?? null,
    shelves: spec.shelves.map(({ height, depth, plates }, i) => ({
      id: `${id}.${i + 1}`,
      heightM: height,
      depthM: depth ?? depthM,
      plates: plates ?? spec.plates,
    })),
  };
}

function defaultHeightM(type: FixtureSpec['type'], topM: number): number {
  if (type === 'table' || type === 'counter' || type === 'ledge') return Math.max(topM, 0.05);
  return type === 'fridge' ? Math.max(2, topM + 0.3) : topM + 0.3;
}

/** The four corners on the floor: front right, front left, back left, back right as a shopper facing it sees them. */
export function footprintM({ atM, facingRad, lengthM, depthM }: FixturePlan): readonly (readonly [number, number])[] {
  const [nx, ny] = [cos(facingRad), sin(facingRad)];
  const corner = (along: number, back: number): readonly [number, number] => [
    atM[0] + ny * along - nx * back,
    atM[1] - nx * along - ny * back,
  ];
  const half = lengthM / 2;
  return [corner(-half, 0), corner(half, 0), corner(half, depthM), corner(-half, depthM)];
}

/** The point on the floor `offsetM` from the shelf's left end and `outM` in front of the front edge. */
export function inFrontOfM(fixture: FixturePlan, offsetM: number, outM: number): readonly [number, number] {
  const [nx, ny] = [cos(fixture.facingRad), sin(fixture.facingRad)];
  // Left, as a shopper facing the front sees it, is the outward normal turned clockwise.
  const along = fixture.lengthM / 2 - offsetM;
  return [fixture.atM[0] + ny * along + nx * outM, fixture.atM[1] - nx * along + ny * outM];
}
