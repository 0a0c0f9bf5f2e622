import { expect, test } from 'vitest';
import { OWNED_BY_NOBODY, OWNED_BY_PERSON } from './background.ts';
import { ColourBackground } from './colour-background.ts';
import { PixelGrid } from './pixel-grid.ts';
import { cameraAt } from './test-scene.ts';

const camera = cameraAt([0.4, 4.4, 2.6], [3, 1.8, 0.9], [64, 48]);
const grid = new PixelGrid(camera);
const nobody = new Uint8Array(grid.count).fill(OWNED_BY_NOBODY);
const nothingNew = () => new Uint8Array(grid.count);

function picture(red: number, green: number, blue: number): Uint8Array {
  return Uint8Array.from({ length: 3 * grid.count }, (_, i) => [red, green, blue][i % 3]);
}

function learned(): ColourBackground {
  const colours = new ColourBackground(grid);
  for (let i = 0; i < 8; i++) {
    colours.look(picture(120, 100, 80), nobody);
    colours.follow(nobody, nothingNew(), true);
  }
  return colours;
}

/** The shop, with one pixel of another colour. */
function spotted(k: number, red: number, green: number, blue: number): Uint8Array {
  const shown = picture(120, 100, 80);
  shown.set([red, green, blue], 3 * k);
  return shown;
}

test('knows nothing before it has learned', () => {
  const colours = new ColourBackground(grid);
  colours.look(picture(120, 100, 80), nobody);
  expect(colours.differs(100)).toBe(false);
});

test('tells another colour from what a sensor adds', () => {
  const colours = learned();
  colours.look(spotted(1000, 120, 100, 130), nobody);
  expect(colours.differs(1000)).toBe(true);
  colours.look(spotted(1000, 128, 92, 88), nobody);
  expect(colours.differs(1000)).toBe(false);
});

test.each([0.8, 1.2])('takes exposure times %d for no change', (gain) => {
  const colours = learned();
  colours.look(picture(120 * gain, 100 * gain, 80 * gain), nobody);
  for (let k = 0; k < grid.count; k++) expect(colours.differs(k)).toBe(false);
});

test('takes on a colour that stays, but not that of a person', () => {
  for (const [owner, differs] of [
    [OWNED_BY_NOBODY, false],
    [OWNED_BY_PERSON, true],
  ] as const) {
    const colours = learned();
    const owners = new Uint8Array(grid.count).fill(owner);
    for (let i = 0; i < 60; i++) {
      colours.look(spotted(1000, 20, 20, 20), nobody);
      colours.follow(owners, nothingNew(), false);
    }
    expect(colours.differs(1000)).toBe(differs);
  }
});

test('takes on at once what another depth uncovers', () => {
  const colours = learned();
  const isNew = nothingNew();
  isNew[1000] = 1;
  for (let i = 0; i < 8; i++) {
    colours.look(spotted(1000, 20, 20, 20), nobody);
    colours.follow(nobody, isNew, false);
  }
  expect(colours.differs(1000)).toBe(false);
  expect(isNew[1000]).toBe(0);
});
