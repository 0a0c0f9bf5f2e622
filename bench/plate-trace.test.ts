import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Engine, type EngineOutput } from '../engine/index.ts';
import type { ScaleReading } from '../engine/readings.ts';
import { ScaleWatch } from '../engine/shelves/scale-watch.ts';
import type { ShelfStep } from '../engine/shelves/shelf-step.ts';
import { findData } from './data-root.ts';
import { readPlateTrace } from './plate-trace.ts';

const folder = findData('plate-trace');

describe.skipIf(folder === null)('the real recording', () => {
  // The body of a skipped block still runs.
  if (folder === null) return;
  const trace = readPlateTrace(dirname(folder));
  const outputs: EngineOutput[] = [];
  const engine = new Engine(trace.store);
  for (const reading of trace.readings) {
    engine.push(reading);
    outputs.push(...engine.take());
  }
  outputs.push(...engine.finish());
  const of = <K extends EngineOutput['kind']>(kind: K) =>
    outputs.filter((output): output is Extract<EngineOutput, { kind: K }> => output.kind === kind);

  test('is read whole: 240 mounted plates, one person, nothing refused', () => {
    const cells = trace.store.scales.reduce((sum, unit) => sum + unit.cells.length, 0);
    expect(cells).toBeGreaterThanOrEqual(240);
    expect(engine.counters).toMatchObject({ invalid: 0, unknownSensor: 0, late: 0, lost: 0, duplicate: 0 });
  });

  test('holds exactly one claim, and no other change', () => {
    expect(of('claim')).toHaveLength(1);
    expect(of('change')).toHaveLength(1);
  });

  test('has it on the right plate, within 3 % of the weight, of the right product', () => {
    const [{ change, claim }] = of('claim');
    expect(change.shelfId).toBe('G1.5');
    // Plates 11 and 12 of gondola 1, shelf 5 carry one product of 621.67 g; the item left plate 11.
    expect(change.slotId).toBe('G1.5.11');
    const place = trace.store.scales.find((unit) => unit.shelfId === 'G1.5')!.cells[10];
    const left = trace.store.fixtures.find((fixture) => fixture.id === 'G1')!;
    const alongM = change.inWorldM[0] - (left.atM[0] - left.lengthM / 2);
    expect(alongM).toBeGreaterThan(place.fromM);
    expect(alongM).toBeLessThan(place.toM);
    expect(Math.abs(change.deltaGrams + 621.7) / 621.7).toBeLessThan(0.03);
    expect(claim).toMatchObject({ sku: '071142008582', quantity: 1 });
    expect(change.products[0].prob).toBeGreaterThan(0.9);
  });

  test('gives it to the one person there, whose hand was at the plate', () => {
    const [{ claim }] = of('claim');
    const tracks = new Set(of('tracks').flatMap((output) => [...output.tracks.trackIds]));
    expect([...tracks]).toEqual([claim.trackIds[0]]);
    expect(claim.shares[0].tripId).not.toBeNull();
    expect(claim.shares[0].prob).toBeGreaterThan(0.9);
    expect(claim.handDistanceM).toBeLessThan(0.4);
  });

  test('drafts a cart for the person, who is still inside at the end', () => {
    const carts = of('cart').map((output) => output.cart);
    expect(carts.map((cart) => cart.status)).toEqual(['draft']);
    expect(carts[0].lines.map((line) => [line.sku, line.quantity.value])).toEqual([['071142008582', 1]]);
  });

  describe('with an item taken off one plate by us', () => {
    const scales = trace.readings.filter((reading): reading is ScaleReading => reading.kind === 'scale');
    // Every shelf but the one of the real pick.
    const units = trace.store.scales.filter((unit) => unit.shelfId !== 'G1.5');

    /** Steps of one unit after `grams` vanish from a cell at a time. */
    function stepsAfter(unit: (typeof units)[number], cell: number, atUs: number, grams: number): ShelfStep[] {
      const cells = unit.cells.length;
      const watch = new ScaleWatch(unit, 0);
      const steps: ShelfStep[] = [];
      for (const reading of scales.filter((one) => one.sensorId === unit.id)) {
        const changed = reading.grams.map((value, i) => {
          const sampleUs =
            reading.timeUs - (reading.grams.length / cells - 1 - Math.floor(i / cells)) * reading.periodUs;
          return i % cells === cell && sampleUs >= atUs ? value - grams : value;
        });
        watch.push({ ...reading, grams: changed }, steps);
      }
      return steps;
    }

    // 71 g is the lightest quarter of the competition's catalogue, 138 g its median.
    test.each([50, 71, 138, 467])('finds %i g in the real noise of every shelf, once, in size and time', (grams) => {
      for (const [i, unit] of units.entries()) {
        const cell = (i * 5) % unit.cells.length;
        const atUs = 8_000_000 + (i % 8) * 900_000;
        const steps = stepsAfter(unit, cell, atUs, grams);
        expect(steps).toHaveLength(1);
        expect(Math.abs(steps[0].cellDeltaGrams[cell] + grams)).toBeLessThan(3);
        expect(Math.abs(steps[0].cellTimesUs[cell] - atUs)).toBeLessThan(100_000);
      }
    });
  });
});
