import { describe, expect, test } from 'vitest';
import { NO_PICTURE_NOISE, OTHER_PICTURE_NOISE, PICTURE_NOISE } from '../../render/sensor/picture-noise.ts';
import { noiseSet } from '../../sensors/noise.ts';
import { resolve } from '../resolve.ts';
import type { PictureNoise } from '../run.ts';
import { parsed, SMALL } from '../test-scenario.ts';

const camera = '{ type: camera,';
const pictures = (noise: string, own = ''): PictureNoise =>
  resolve(parsed(`${SMALL.replace(camera, `${camera} ${own}`)}noise: ${noise}\n`)).cameras[0].pictures;

describe('picture noise', () => {
  test('is that of the set', () => {
    expect(pictures('default')).toEqual(PICTURE_NOISE);
    expect(pictures('replay')).toEqual(PICTURE_NOISE);
    expect(pictures('other')).toEqual(OTHER_PICTURE_NOISE);
    expect(pictures('none')).toEqual(NO_PICTURE_NOISE);
  });

  test('is changed everywhere, or for one camera, which wins', () => {
    const set = '{ pictures: { flying: 10%, jpeg: 80 } }';
    expect(pictures(set)).toEqual({ ...PICTURE_NOISE, flyingProb: 0.1, jpegQuality: 80 });
    expect(pictures(set, 'pictures: { flying: 0% },')).toEqual({ ...PICTURE_NOISE, flyingProb: 0, jpegQuality: 80 });
    expect(pictures(set, 'pictures: none,')).toEqual(NO_PICTURE_NOISE);
  });

  test.each([
    ['lens: false', { lens: false }],
    ['depth: 0m', { depthAt1M: 0 }],
    ['depth-step: 5mm', { depthStepMm: 5 }],
    ['range: 0m', { rangeM: 0 }],
    ['flying: 0%', { flyingProb: 0 }],
    ['dark-holes: 0%', { darkHoleProb: 0 }],
    ['shiny-holes: 0%', { shinyHoleProb: 0 }],
    ['read: 0', { readLevels: 0 }],
    ['shot: 0', { shotLevels: 0 }],
    ['exposure: 0%', { exposureShare: 0 }],
    ['jpeg: 40', { jpegQuality: 40 }],
  ])('has %s as a part by itself', (written, changed) => {
    expect(pictures(`{ pictures: { ${written} } }`)).toEqual({ ...PICTURE_NOISE, ...changed });
  });
});

test('keeps the fitted misses of cameras where the scenario says nothing of misses', () => {
  const cameraOf = (noise: string) => resolve(parsed(`${SMALL}noise: ${noise}\n`)).cameras[0].noise;
  expect(cameraOf('fitted').missStrata).toEqual(noiseSet('fitted').camera.missStrata);
  expect(cameraOf('{ set: fitted, camera: { hand: 4px } }').missStrata).toBeDefined();
  expect(cameraOf('{ set: fitted, camera: { miss: 4% } }')).toMatchObject({ headMiss: 0.04, handMiss: 0.04 });
  expect(cameraOf('{ set: fitted, camera: { miss: 4% } }').missStrata).toBe(undefined);
  expect(cameraOf('default').missStrata).toBe(undefined);
});
