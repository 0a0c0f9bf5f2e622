import { describe, expect, test } from 'vitest';
import { imageFromWorldInto, Lens, worldFromImageInto } from '../geometry/lens.ts';
import { type Detections, readingProblem } from '../readings.ts';
import { LEARNING_PICTURES } from './background.ts';
import { Perceiver } from './perceiver.ts';
import { type Box, bodyOf, cameraAt, GONDOLA, headOf, type Person, TestScene, testStore } from './test-scene.ts';

const camera = cameraAt([0.4, 4.4, 2.6], [3, 1.8, 0.9]);
const store = testStore(camera);
const toldLens = new Lens(camera);
const point = new Float64Array(3);

/** A perceiver that knows the empty shop, and the scene it looks at. */
function learned(boxes: readonly Box[] = GONDOLA, noiseAt1M = 0.0014) {
  const scene = new TestScene(camera, boxes, noiseAt1M);
  const perceiver = new Perceiver(camera, store);
  for (let i = 0; i < LEARNING_PICTURES; i++) perceiver.perceive(scene.picture([]), null);
  const see = (people: readonly Person[]) => perceiver.perceive(scene.picture(people.flatMap(bodyOf)), null);
  return { scene, perceiver, see };
}

function inWorld(inImagePx: Float32Array, depthM: Float32Array): number[][] {
  const point = new Float64Array(3);
  return Array.from(depthM, (depth, i) => {
    worldFromImageInto(point, toldLens, inImagePx[2 * i], inImagePx[2 * i + 1], depth);
    return [...point];
  });
}

const headsOf = (seen: Detections) => inWorld(seen.headsInImagePx, seen.headDepthM);
const handsOf = (seen: Detections) => inWorld(seen.handsInImagePx, seen.handDepthM);

function apart(a: readonly number[], b: readonly number[]): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0));
}

function nearest(points: readonly number[][], to: readonly number[]): number {
  return Math.min(Number.POSITIVE_INFINITY, ...points.map((point) => apart(point, to)));
}

describe('sees', () => {
  test('nobody in an empty shop, whatever the noise', () => {
    const { see } = learned();
    for (let i = 0; i < 30; i++) {
      const seen = see([]);
      expect(seen.headDepthM.length + seen.handDepthM.length).toBe(0);
    }
  });

  test("a head's centre, not its surface, within 5 cm over the whole floor", () => {
    const { see } = learned();
    for (let x = 1.5; x <= 5; x += 0.5) {
      for (let y = 1; y <= 4; y += 0.5) {
        const person = { x, y, facing: x + y };
        if (apart([x, y], [0.4, 4.4]) < 1.5) continue;
        const heads = headsOf(see([person]));
        expect(heads).toHaveLength(1);
        expect(nearest(heads, headOf(person))).toBeLessThan(0.05);
      }
    }
  });

  test('two people shoulder to shoulder as two', () => {
    const { see } = learned();
    for (const angle of [0, 0.8, 1.6, 2.4]) {
      const pair = [
        { x: 3, y: 2.5, facing: angle },
        { x: 3 + 0.46 * Math.cos(angle), y: 2.5 + 0.46 * Math.sin(angle), heightM: 1.66, facing: angle },
      ];
      const heads = headsOf(see(pair));
      expect(heads).toHaveLength(2);
      for (const person of pair) expect(nearest(heads, headOf(person))).toBeLessThan(0.06);
    }
  });

  test('a child of 80 cm beside an adult', () => {
    const { see } = learned();
    const child = { x: 2.4, y: 2.2, heightM: 0.8 };
    const heads = headsOf(see([{ x: 3, y: 2.5 }, child]));
    expect(heads).toHaveLength(2);
    expect(nearest(heads, headOf(child))).toBeLessThan(0.1);
  });

  test('a hand over the top board within 8 cm, and whose it is', () => {
    const { see } = learned();
    for (const z of [1.35, 1.45]) {
      for (const x of [2.2, 2.8, 3.4]) {
        const seen = see([
          { x: x + 0.1, y: 0.95, facing: -Math.PI / 2, right: [x, 0.4, z] },
          { x: 4.6, y: 3, heightM: 1.6 },
        ]);
        const hands = handsOf(seen);
        expect(nearest(hands, [x, 0.4, z])).toBeLessThan(0.08);
        const row = hands.findIndex((hand) => apart(hand, [x, 0.4, z]) < 0.08);
        const owner = headsOf(seen)[seen.handOwner[row]];
        expect(apart(owner, headOf({ x: x + 0.1, y: 0.95 }))).toBeLessThan(0.1);
      }
    }
  });
});

describe('is sure of no head', () => {
  test("where a shoulder is all that is left at the picture's edge", () => {
    const steep = cameraAt([0.4, 4.4, 2.6], [1.5, 3.3, 0.4]);
    const lens = new Lens(steep);
    const scene = new TestScene(steep, [], 0.0014);
    const perceiver = new Perceiver(steep, testStore(steep));
    for (let i = 0; i < LEARNING_PICTURES; i++) perceiver.perceive(scene.picture([]), null);
    let tried = 0;
    for (let far = 1.5; far < 3; far += 0.1) {
      const person = { x: 0.4 + 0.7 * far, y: 4.4 - 0.7 * far, facing: far };
      const [x, y, z] = headOf(person);
      if (imageFromWorldInto(point, lens, x, y, z) && point[1] > 0) continue;
      tried++;
      const seen = perceiver.perceive(scene.picture(bodyOf(person)), null);
      expect(Math.max(0, ...seen.headScore)).toBeLessThan(0.5);
    }
    expect(tried).toBeGreaterThan(3);
  });
});

describe('follows an arm by its colour', () => {
  const HOLES = 0.75;
  const reaching = { x: 2.9, y: 0.95, facing: -Math.PI / 2, right: [2.8, 0.4, 1.4] as const };

  /** A picture in which little comes back from the forearm, as from dark sleeves. */
  function seeDarkArm(withColour: boolean) {
    const scene = new TestScene(camera, GONDOLA, 0.0014);
    const perceiver = new Perceiver(camera, store);
    const look = (picture: Uint16Array) => perceiver.perceive(picture, withColour ? scene.colours(60, 150) : null);
    for (let i = 0; i < LEARNING_PICTURES; i++) look(scene.picture([]));
    const picture = scene.picture(bodyOf(reaching));
    const point = new Float64Array(3);
    for (let k = 0; k < picture.length; k++) {
      const [u, v] = [(k % camera.widthPx) + 0.5, Math.floor(k / camera.widthPx) + 0.5];
      worldFromImageInto(point, perceiver.grid.lens, u, v, picture[k] / 1000);
      const isArm = point[1] < 0.7 && point[1] > 0.34 && point[2] > 1.25;
      if (isArm && Math.imul(k, 0x9e3779b1) >>> 0 < HOLES * 2 ** 32) picture[k] = 0;
    }
    return nearest(handsOf(look(picture)), reaching.right);
  }

  test('where little comes back in depth', () => {
    expect(seeDarkArm(true)).toBeLessThan(0.09);
    expect(seeDarkArm(false)).toBeGreaterThan(0.12);
  });
});

describe('takes no person for', () => {
  test('a trolley, a table or an open door that came into the shop', () => {
    const things: Box[] = [
      [2.6, 2, 0.5, 3, 2.8, 1],
      [4, 3, 0, 4.8, 3.6, 0.8],
      [4.4, 1.2, 0.1, 4.44, 1.9, 1.9],
    ];
    for (const thing of things) {
      const { scene, perceiver } = learned();
      scene.setBoxes([...GONDOLA, thing]);
      expect(perceiver.perceive(scene.picture([]), null).headDepthM).toHaveLength(0);
    }
  });
});

describe('keeps the empty shop', () => {
  test('when somebody stands still for a minute', () => {
    const { see } = learned();
    const person = { x: 3, y: 2.5 };
    for (let i = 0; i < 600; i++) see([person]);
    expect(nearest(headsOf(see([person])), headOf(person))).toBeLessThan(0.06);
  });

  test('up to date when goods are taken, so that a hand before the gap is seen', () => {
    const { scene, perceiver, see } = learned();
    scene.setBoxes(GONDOLA.slice(0, 4));
    for (let i = 0; i < 40; i++) see([]);
    expect(perceiver.foreground.count).toBeLessThan(5);
    scene.setBoxes(GONDOLA);
    for (let i = 0; i < 250; i++) see([]);
    expect(perceiver.foreground.count).toBeLessThan(5);
  });

  test('free of those who were there when it was learned, once they have moved on', () => {
    const scene = new TestScene(camera, GONDOLA, 0.0014);
    const perceiver = new Perceiver(camera, store);
    for (let i = 0; i < LEARNING_PICTURES; i++) perceiver.perceive(scene.picture(bodyOf({ x: 3, y: 2.5 })), null);
    for (let i = 0; i < 40; i++) perceiver.perceive(scene.picture(bodyOf({ x: 4.5, y: 3 })), null);
    const heads = headsOf(perceiver.perceive(scene.picture(bodyOf({ x: 3, y: 2.5 })), null));
    expect(nearest(heads, headOf({ x: 3, y: 2.5 }))).toBeLessThan(0.06);
  });
});

test('gives valid detections for any picture, were it pure noise or nothing', () => {
  const { perceiver } = learned();
  const picture = new Uint16Array(camera.widthPx * camera.heightPx);
  let dice = 7;
  for (let round = 0; round < 12; round++) {
    for (let k = 0; k < picture.length; k++) {
      dice = (Math.imul(dice, 1664525) + 1013904223) >>> 0;
      picture[k] = round === 0 ? 0 : round === 1 ? 65_535 : dice >>> (16 + (round % 5));
    }
    const reading = {
      ...{ kind: 'detection' as const, sensorId: 'c1', timeUs: round, arrivalUs: round, sequence: round },
      detections: perceiver.perceive(picture, null),
    };
    expect(readingProblem(reading)).toBeNull();
  }
});

test('gives the same for the same pictures', () => {
  const people = [
    { x: 3, y: 2.5 },
    { x: 3.5, y: 2.9, heightM: 1.6 },
  ];
  const [one, other] = [learned().see(people), learned().see(people)];
  expect(one).toEqual(other);
});
