import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { expand } from './expand.ts';
import { loadScenario } from './load-scenario.ts';
import { resolve } from './resolve.ts';
import type { Run, ShopperPlan } from './run.ts';
import { ScenarioFailure } from './scenario-error.ts';
import { parsed, runOf, SCENARIOS, SMALL } from './test-scenario.ts';

function lunch(seed = 42): Run {
  const loaded = loadScenario(`${SCENARIOS}/lunch.shop.yaml`);
  if ('errors' in loaded) throw new Error('lunch.shop.yaml does not load');
  return resolve(loaded.scenario, seed);
}

const withShopper = (text: string) => SMALL.replace('expect:', `  ${text}\nexpect:`);
const crowd = (rest: string, arrive = '{ count: 300 }') => runOf(withShopper(`crowd: { arrive: ${arrive}, ${rest} }`));
const people = (run: Run, name = 'crowd') => run.shoppers.filter(({ key }) => key.startsWith(`${name}/`));
const verbs = (shopper: ShopperPlan) => shopper.actions.map(({ verb }) => verb);

describe('lunch.shop.yaml', () => {
  const run = lunch();

  test('resolves with everything it says', () => {
    expect(run).toMatchObject({
      seed: 42,
      durationUs: 1_200_000_000,
      warmupUs: 30_000_000,
      clockStartUs: 43_200_000_000,
    });
    expect(run.cameras.map(({ id, k1 }) => [id, k1])).toEqual([
      ['c1', -0.05],
      ['c2', -0.05],
    ]);
    expect(run.cameras[0]!.noise).toMatchObject({
      headPx: 3,
      handPx: 3,
      headMiss: 0.04,
      handMiss: 0.04,
      falsePerFrame: 0.02,
    });
    expect(run.cameras[1]!.noise.latencyUs).toEqual({ lognormal: { median: 60_000, p95: 90_000 } });
    const scales = run.scales.filter(({ id }) => id.startsWith('scales/'));
    expect(scales.map(({ id }) => id)).toEqual(['scales/G1.1', 'scales/G1.2', 'scales/G1.3', 'scales/G1.4']);
    expect(scales[0]!.noise).toMatchObject({
      whiteGrams: { fixed: 1.5 },
      offsetGrams: { normal: { mean: 0, sd: 3 } },
      driftSdGrams: 2,
      driftTauUs: 1_800_000_000,
      quantumGrams: 1,
      settleUs: 250_000,
    });
    expect(run.gates).toEqual([{ id: 'gate', doorId: 'in', latencyUs: { fixed: 200_000 } }]);
    expect(run.store.doors.map(({ id, use, gateId }) => [id, use, gateId])).toEqual([
      ['in', 'entry', 'gate'],
      ['out', 'exit', null],
    ]);
    expect(run.faults.map(({ kind, targets, fromUs, toUs }) => [kind, targets, fromUs, toUs])).toEqual([
      ['blackout', ['c2'], 240_000_000, 270_000_000],
      ['spike', ['scales/G1.2'], 0, 1_200_000_000],
      ['skew', ['c1'], 600_000_000, 1_200_000_000],
    ]);
    expect(run.expect.metrics).toContainEqual({ metric: 'exactCartRate', op: '>=', value: 0.97 });
    expect(run.expect.metrics).toContainEqual({ metric: 'receiptDelaySecondsP95', op: '<=', value: 5 });
  });

  test('gives ana her script', () => {
    const ana = run.shoppers.find(({ key }) => key === 'ana')!;
    expect(ana).toMatchObject({ party: 'ana', arriveUs: 40_000_000, heightM: 1.66, entryDoor: 'in', role: 'shopper' });
    expect(ana.actions[0]).toEqual({
      verb: 'take',
      sku: 'cola',
      from: 'G1.2',
      quantity: 2,
      hands: 1,
      slow: false,
      keep: 'hand',
      atUs: null,
      sync: null,
    });
    expect(verbs(ana)).toEqual(['take', 'look', 'putback', 'take', 'leave']);
    expect(ana.actions[3]!.sync).toBe('reach');
  });

  test('is the same for the same seed and another for another', () => {
    expect(expand(lunch())).toBe(expand(run));
    expect(expand(lunch(43))).not.toBe(expand(run));
  });

  test('expands to text that reads back as the run', () => {
    expect(parse(expand(run), { maxAliasCount: 0 })).toEqual(JSON.parse(JSON.stringify(run)));
  });
});

describe('random streams', () => {
  const base = withShopper('crowd: { arrive: { poisson: 60/min }, basket: { geometric: 3 }, adversarial: 30% }');
  const key = ({ key }: ShopperPlan) => key;

  test('leave everybody alone when a script is added', () => {
    const before = runOf(base);
    const after = runOf(base.replace('  ana:', '  abe: { at: 20s, do: [{ leave: out }] }\n  ana:'));
    expect(after.shoppers.filter((shopper) => key(shopper) !== 'abe')).toEqual(before.shoppers);
    expect(after.shoppers).toHaveLength(before.shoppers.length + 1);
  });

  test('leave everybody alone when a population is added', () => {
    const before = runOf(base);
    const after = runOf(base.replace('  ana:', '  aa: { arrive: { count: 5 } }\n  ana:'));
    expect(after.shoppers.filter((shopper) => !key(shopper).startsWith('aa/'))).toEqual(before.shoppers);
  });

  test('leave the first ones alone when a population grows or lasts longer', () => {
    const count = (n: number) => people(crowd('basket: 2', `{ count: ${n} }`));
    const few = new Map(count(50).map((shopper) => [shopper.key, shopper]));
    for (const shopper of count(80)) if (few.has(shopper.key)) expect(shopper).toEqual(few.get(shopper.key));
    const until = (to: string) => people(crowd('basket: 2', `{ poisson: 20/min, to: ${to} }`));
    const early = until('2min');
    const keys = new Set(early.map(key));
    expect(until('4min').filter((shopper) => keys.has(key(shopper)))).toEqual(early);
  });

  test('leave drawn faults alone when another is added', () => {
    const drawn = '  - { type: freeze, on: c1, at: { uniform: [1min, 4min] } }\n';
    const before = runOf(SMALL.replace('faults:\n', `faults:\n${drawn}`));
    const after = runOf(SMALL.replace('faults:\n', `faults:\n  - { type: blackout, on: gate }\n${drawn}`));
    expect(after.faults[1]).toEqual(before.faults[0]);
    expect(before.faults[0]!.fromUs).toBeGreaterThan(60_000_000);
  });

  test('do not depend on the order of the file', () => {
    const lines = SMALL.split('\n');
    const [ana, ben] = [lines.findIndex((l) => l.startsWith('  ana')), lines.findIndex((l) => l.startsWith('  ben'))];
    const swapped = lines.map((line, i) => (i === ana ? lines[ben]! : i === ben ? lines[ana]! : line)).join('\n');
    expect(runOf(swapped).shoppers).toEqual(runOf(SMALL).shoppers);
  });
});

describe('slots', () => {
  const slots = (planogram: string) =>
    runOf(SMALL.replace('G1.1: [{ sku: tea, facings: 4, depth: 3 }]', `G1.1: ${planogram}`)).store.slots.filter(
      ({ shelfId }) => shelfId === 'G1.1',
    );

  test('share a shelf in proportion to facings × width', () => {
    const [cola, zero] = runOf(SMALL).store.slots.filter(({ shelfId }) => shelfId === 'G1.2');
    expect([cola!.fromM, cola!.toM, zero!.fromM, zero!.toM].map((m) => Number(m.toFixed(9)))).toEqual([
      0, 1.44, 1.44, 2.4,
    ]);
    expect(cola).toMatchObject({
      id: 'G1.2.1',
      contents: [{ sku: 'cola', count: 18 }],
      skus: ['cola'],
      facings: 3,
      depth: 6,
    });
  });

  test('stand on the plates they name, sharing those named twice', () => {
    const three = slots('[{ sku: cola, plates: [1, 2] }, { sku: tea, plates: [4] }, { sku: tea, plates: [4] }]');
    expect(three.map(({ fromM, toM }) => [fromM, toM].map((m) => Number(m.toFixed(3))))).toEqual([
      [0, 0.4],
      [0.6, 0.7],
      [0.7, 0.8],
    ]);
  });

  test('take the width they are given', () => {
    const [tea, cola] = slots('[{ sku: tea, width: 0.4m }, { sku: cola }]');
    expect([tea!.toM, cola!.toM]).toEqual([0.4, 2.4]);
  });

  test('hold what really stands there', () => {
    const [wrong, empty, mixed, counted] = slots(
      '[{ sku: tea, contents: cola, stock: 5 }, { sku: tea, contents: {} }, { skus: [tea, cola], stock: 5 }, { skus: [tea, cola], stock: { cola: 2 } }]',
    );
    expect(wrong).toMatchObject({ skus: ['tea'], contents: [{ sku: 'cola', count: 5 }] });
    expect(empty).toMatchObject({ skus: ['tea'], contents: [] });
    expect(mixed!.contents).toEqual([
      { sku: 'tea', count: 3 },
      { sku: 'cola', count: 2 },
    ]);
    expect(counted!.contents).toEqual([{ sku: 'cola', count: 2 }]);
  });
});

describe('scales', () => {
  const cells = (per: string) =>
    runOf(SMALL.replace('per: plate', `per: ${per}`)).scales.map((scale) => scale.cells.length);

  test('have a cell per plate, per lane or per shelf', () => {
    expect(cells('plate')).toEqual([12, 12]);
    expect(cells('lane')).toEqual([4, 5]);
    expect(cells('shelf')).toEqual([1, 1]);
  });

  test('let figures of the scenario win over the fitted ones', () => {
    const text = SMALL.replace('per: plate', 'per: plate, noise: { white: 1.5g }').replace(
      'version: 1',
      'version: 1\nnoise: replay',
    );
    const { noise } = runOf(text).scales[0]!;
    expect(noise).toMatchObject({ whiteGrams: { fixed: 1.5 } });
    expect(noise.residuals).toBeUndefined();
    expect(noise.unitFactor).toBeUndefined();
    expect(runOf(SMALL.replace('version: 1', 'version: 1\nnoise: replay')).scales[0]!.noise.residuals).toBe(
      'plate-trace',
    );
  });

  test('take changes made to the whole noise set', () => {
    const text = SMALL.replace(
      'version: 1',
      'version: 1\nnoise: { set: none, scale: { white: 2g }, commissioning: { wrong-slots: 5% } }',
    );
    const run = runOf(text);
    expect(run.noise).toMatchObject({ name: 'none', commissioning: { wrongSlots: 0.05, lensPx: 0 } });
    expect(run.scales[0]!.noise.whiteGrams).toEqual({ fixed: 2 });
  });
});

describe('faults', () => {
  const fault = (text: string) =>
    runOf(SMALL.replace('- { type: blackout, on: c1, at: 4min, for: 30s }', `- ${text}`)).faults[0]!;

  test('mean all units of a weight sensor by its name', () => {
    expect(fault('{ type: offset, on: scales, by: 30g, at: 12:02 }')).toMatchObject({
      targets: ['scales/G1.1', 'scales/G1.2'],
      fromUs: 120_000_000,
      toUs: 300_000_000,
      size: { fixed: 30 },
    });
  });

  test('carry their sizes in the units of a run', () => {
    expect(fault('{ type: drift, on: scales/G1.1, by: 2g/min }').size).toEqual({ fixed: 120 });
    expect(fault('{ type: rate-collapse, on: c1, to: 2Hz }').ratePerSecond).toBe(2);
    expect(fault('{ type: jitter, on: "*", by: 5ms }').size).toEqual({ normal: { mean: 0, sd: 5000 } });
    expect(fault('{ type: calibration, on: c1, by: 2cm, turn: 180deg }')).toMatchObject({
      size: { fixed: 0.02 },
      size2: { fixed: Math.PI },
    });
    expect(fault('{ type: burst-dropout, on: c1, rate: 2/min, length: 3s }')).toMatchObject({
      ratePerSecond: 2 / 60,
      size2: { fixed: 3_000_000 },
    });
  });

  test('name slots, products and fixtures', () => {
    expect(fault('{ type: wrong-planogram, on: G1.2 }').targets).toEqual(['G1.2.1', 'G1.2.2']);
    expect(fault('{ type: wrong-weight, on: "cola*", by: 9g }').targets).toEqual(['cola', 'cola-zero']);
    expect(fault('{ type: fog, on: F1 }').targets).toEqual(['F1']);
  });
});

describe('scripts', () => {
  const script = (actions: string, keys = '') =>
    runOf(SMALL.replace('ana: { at: 40s, do: [', `ana: { at: 40s, ${keys} do: [${actions}, `)).shoppers[0]!.actions;

  test('walk to fixtures, addresses, points, doors and shoppers', () => {
    const places = script('{ walk: G1 }, { walk: G1.2 }, { walk: [1m, 2m] }, { walk: in }, { walk: ben }');
    expect(places.slice(0, 5).map((action) => (action.verb === 'walk' ? action.to : null))).toEqual([
      { fixture: 'G1' },
      { address: 'G1.2' },
      { pointM: [1, 2] },
      { pointM: [0, 4] },
      { shopper: 'ben' },
    ]);
  });

  test('wait for clock times and draw durations once', () => {
    const [look, touch] = script(
      '{ look: { uniform: [2s, 4s] }, at: 12:01:30 }, { touch: G1.1.1, for: 2s, press: 80g }',
    );
    expect(look).toMatchObject({ verb: 'look', atUs: 90_000_000 });
    expect(look!.verb === 'look' && look.forUs).toBeGreaterThan(2_000_000);
    expect(touch).toMatchObject({ verb: 'touch', at: 'G1.1.1', forUs: 2_000_000, pressGrams: 80 });
  });

  test('fill the hands first, then the bag; or the basket', () => {
    const keeps = (keys: string) =>
      script('{ take: cola, from: G1.2, qty: 2 }, { take: tea, from: G1.1 }', keys).map((a) =>
        a.verb === 'take' ? a.keep : '',
      );
    expect(keeps('').slice(0, 2)).toEqual(['hand', 'bag']);
    expect(keeps('equipment: trolley,').slice(0, 2)).toEqual(['basket', 'basket']);
    expect(keeps('equipment: pram,').slice(0, 2)).toEqual(['pram', 'pram']);
  });

  test('share a party and its receipt', () => {
    const text = SMALL.replace('at: 40s,', 'at: 40s, party: family,')
      .replace('at: 42s,', 'at: 42s, party: family,')
      .replace('ana: { cola: 1 }, ben: { tea: 1 }', 'family: { cola: 1, tea: 1 }')
      .replace('  ben:', '  tot: { carried-by: ben, height: 0.8m }\n  ben:');
    const run = runOf(text);
    expect(run.shoppers.map(({ key, party, carriedBy }) => [key, party, carriedBy])).toEqual([
      ['ana', 'family', null],
      ['ben', 'family', null],
      ['tot', 'family', 'ben'],
    ]);
    expect(Object.keys(run.expect.receipts)).toEqual(['ana']);
  });
});

describe('expectations', () => {
  test('give a weighed line one step of a shop scale, or what they say', () => {
    const weighed = SMALL.replace('price: 2.20 EUR', 'price: 2.20 EUR/kg, sell-by: weighed');
    const slackOf = (line: string) => {
      const { receipts, slackGrams } = runOf(weighed.replace('ben: { tea: 1 }', `ben: { tea: ${line} }`)).expect;
      return [receipts['ben'], slackGrams];
    };
    expect(slackOf('120')).toEqual([{ tea: 120 }, { ben: { tea: 5 } }]);
    expect(slackOf('{ weight: 1.2kg }')).toEqual([{ tea: 1200 }, { ben: { tea: 5 } }]);
    expect(slackOf('{ weight: 120g, within: 12g }')).toEqual([{ tea: 120 }, { ben: { tea: 12 } }]);
    expect(runOf(SMALL).expect.slackGrams).toBe(undefined);
  });
});

describe('overrides', () => {
  const scenario = parsed(SMALL);

  test('replace values, and a given seed wins', () => {
    const run = resolve(scenario, undefined, {
      'run.seed': 9,
      'shoppers.ana.height': '1.9m',
      'store.planogram.G1.2.0.stock': 1,
    });
    expect(run.seed).toBe(9);
    expect(run.shoppers[0]!.heightM).toBe(1.9);
    expect(run.store.slots.find(({ id }) => id === 'G1.2.1')!.contents).toEqual([{ sku: 'cola', count: 1 }]);
    expect(resolve(scenario, 3, { 'run.seed': 9 }).seed).toBe(3);
  });

  test('are checked again', () => {
    expect(() => resolve(scenario, 1, { 'shoppers.ana.do.0.take': 'cole' })).toThrow(ScenarioFailure);
    expect(() => resolve(scenario, 1, { 'shoppers.ana.hight': 2 })).toThrow(/did you mean "height"/);
    expect(() => resolve(scenario, 1, { 'shoppers.ana.do.7': 2 })).toThrow(/a path of keys and list indices/);
  });
});
