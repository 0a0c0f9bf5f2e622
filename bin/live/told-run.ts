import type { Store } from '../../engine/index.ts';
import type { CameraPlan, Run, ShopperPlan } from '../../simulator/scenario/run.ts';
import { noiseSet } from '../../simulator/sensors/noise.ts';

/** Bodies that can be shown at once where nobody knows who they are. */
export const MANNEQUINS = 256;
/** Mean stature of adults (Drillis & Contini 1966 draw theirs by shares of it), metres. */
export const MANNEQUIN_M = 1.7;
/** Furniture that can be drawn; what is told to be something else is drawn as the commonest. */
const KINDS = ['gondola', 'fridge', 'endcap', 'table', 'rack', 'counter', 'ledge'] as const;
const NOON_US = 12 * 3.6e9;

/** A store as it is told to an engine, as a run that can be drawn: nobody in it, the shelves stocked as counted. */
export function toldRun(store: Store): Run {
  const noise = noiseSet('none');
  return {
    ...{ scenario: store.name, file: '', version: 1, seed: 0, clockStartUs: NOON_US, durationUs: 0, warmupUs: 0 },
    ...{ tickHz: 10, noise, knowledge: 'commissioned', faults: [], gates: [] },
    scales: store.scales.map((unit) => ({ ...unit, per: 'plate', noise: noise.scale })),
    store: {
      name: store.name,
      sizeM: store.sizeM,
      doors: store.doors.map((door) => ({ ...door, gateId: door.gateId ?? null })),
      fixtures: store.fixtures.map((fixture) => ({
        ...fixture,
        kind: KINDS.find((kind) => kind === fixture.kind) ?? 'gondola',
        door: null,
        shelves: fixture.shelves.map((shelf) => ({ ...shelf, plates: 1 })),
      })),
      slots: store.slots.map((slot) => ({
        ...slot,
        contents: Object.entries(slot.stock).map(([sku, count]) => ({ sku, count })),
      })),
      zones: [],
    },
    products: store.products.map(({ weightGrams, multipack, restriction, ...product }) => ({
      ...product,
      weightGrams: { fixed: weightGrams.mean },
      catalogueGrams: null,
      multipack: multipack ?? null,
      restriction: restriction ?? null,
    })),
    cameras: store.cameras.map((camera) => toldCameraPlan(camera, noise)),
    shoppers: mannequinPlans(),
    expect: { receipts: {}, metrics: [], never: [], review: [] },
  };
}

/** Plans of bodies nobody knows: all alike, and plain. */
export function mannequinPlans(): ShopperPlan[] {
  const plan: ShopperPlan = {
    ...{ key: 'somebody', party: 'somebody', role: 'shopper', tailgates: null, carriedBy: null, refused: false },
    ...{ arriveUs: 0, entryDoor: '', heightM: MANNEQUIN_M, speedMps: 1, equipment: 'none', handed: 'right' },
    ...{ swapHands: 0, clothing: { shade: 'light', uniform: false }, brings: [], actions: [] },
  };
  return Array.from({ length: MANNEQUINS }, () => plan);
}

/** Where a camera stands and looks, from its matrix: the row that gives depth is the direction of sight. */
function toldCameraPlan({ cameraFromWorld: m, intrinsics, ...camera }: Store['cameras'][number], noise: Run['noise']) {
  const back = (axis: number) => -(m[axis] * m[3] + m[4 + axis] * m[7] + m[8 + axis] * m[11]);
  const atM = [back(0), back(1), back(2)] as const;
  const plan: CameraPlan = {
    ...{ id: camera.id, widthPx: camera.widthPx, heightPx: camera.heightPx, rateHz: camera.rateHz },
    ...{ atM, lookM: [atM[0] + m[8], atM[1] + m[9], atM[2] + m[10]] },
    ...{ hfovRad: 2 * Math.atan(camera.widthPx / 2 / intrinsics.fx), k1: intrinsics.k1, k2: intrinsics.k2 },
    ...{ output: 'detections', noise: noise.camera, pictures: noise.pictures },
  };
  return plan;
}
