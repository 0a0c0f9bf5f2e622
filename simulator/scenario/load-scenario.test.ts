import { describe, expect, test } from 'vitest';
import { loadScenario } from './load-scenario.ts';
import { errorsOf, lunchText, parsed, SCENARIOS, SMALL } from './test-scenario.ts';

/** The small scenario with one text replaced; `§` in the new text marks where the error must stand. */
function broken(from: string, to: string): { text: string; place: string } {
  expect(SMALL).toContain(from);
  const marked = SMALL.replace(from, to);
  const before = marked.slice(0, marked.indexOf('§')).split('\n');
  const place = `small.yaml:${before.length}:${before.at(-1)!.length + 1}`;
  return { text: marked.replace('§', ''), place };
}

const cases: readonly (readonly [what: string, from: string, to: string, complaint: string])[] = [
  // Text, keys and values.
  [
    'a misspelt key',
    'duration: 5min',
    '§durations: 5min',
    'run.durations: found unknown key "durations", expected one of seed, start, duration, tick, warmup, noise, knowledge (did you mean "duration"?)',
  ],
  ['an unknown key at the top', 'faults:', '§fault:', 'fault: found unknown key "fault", expected one of'],
  ['a wrong version', 'version: 1', 'version: §2', 'version: found 2, expected version: 1, the one this program reads'],
  [
    'a missing version',
    'scenario: small\nversion: 1',
    '§scenario: small',
    'version: found nothing, expected version: 1',
  ],
  [
    'a length with a mass',
    'length: 1.8m',
    'length: §1.8kg',
    'store.fixtures.F1.length: found "1.8kg", expected a length such as 1.2m',
  ],
  [
    'a point of three',
    'size: [8m, 6m]',
    'size: §[8m, 6m, 2m]',
    'store.size: found a list of 3, expected [x, y], two lengths',
  ],
  ['a bad coordinate', 'at: [3m, 3m]', 'at: [3m, §3q]', 'store.fixtures.G1.at.1: found "3q", expected a length'],
  [
    'a word that is not one',
    'type: gondola',
    'type: §gondla',
    'store.fixtures.G1.type: found "gondla", expected gondola, fridge, endcap, table, rack, counter, ledge (did you mean "gondola"?)',
  ],
  [
    'a map where a list belongs',
    'shelves: [1m]',
    'shelves: §{ a: 1m }',
    'store.fixtures.F1.shelves: found a map with a, expected a list',
  ],
  [
    'a weight in kilograms by mistake',
    'weight: 185g',
    'weight: §185',
    'catalog.04012345678901.weight: found 185, expected a mass such as 352g, at most 50kg (a bare number is in kilograms)',
  ],
  [
    'an unknown distribution',
    '{ normal: [352g, 2g] }',
    '§{ norml: [352g, 2g] }',
    'catalog.cola.weight: found a map with norml, expected a distribution: one of normal, lognormal, uniform, geometric, poisson (did you mean "normal"?)',
  ],
  [
    'a distribution of one figure',
    '{ normal: [352g, 2g] }',
    '{ normal: §[352g] }',
    'catalog.cola.weight.normal: found a list of 1, expected normal [mean, sd], two figures',
  ],
  [
    'a negative spread',
    '{ normal: [352g, 2g] }',
    '{ normal: [352g, §-2g] }',
    'catalog.cola.weight.normal.1: found "-2g", expected a standard deviation of at least 0',
  ],
  [
    'a price in another currency',
    'price: 2.20 EUR',
    'price: §2.20 USD',
    'catalog.tea.price: found "2.20 USD", expected a price in EUR, as the catalog\'s others',
  ],
  [
    'a weight on the receipt of what is counted',
    'ana: { cola: 1 }',
    'ana: { cola: §{ weight: 350g } }',
    'expect.receipts.ana.cola: found a map with weight, expected a count: the product is not sold by weight',
  ],
  [
    'a price without currency',
    'price: 2.20 EUR',
    'price: §2.20',
    'catalog.tea.price: found "2.20", expected a price such as 1.50 EUR',
  ],
  [
    'a clock time that is none',
    'start: 12:00',
    'start: §25:00',
    'run.start: found "25:00", expected a clock time such as 12:00',
  ],
  [
    'years of simulation',
    'duration: 5min',
    'duration: §99999h',
    'run.duration: found "99999h", expected a duration such as 30s, from 1s to 7 days (168h)',
  ],
  // Store.
  [
    'shelves out of order',
    'shelves: [0.3m, 1.2m]',
    'shelves: [1.3m, §1.2m]',
    'store.fixtures.G1.shelves.1: found "1.2m", expected shelves from the bottom up',
  ],
  [
    'a planogram of no fixture',
    'F1.1: [',
    '§F2.1: [',
    'store.planogram.F2.1: found "F2", expected a fixture: one of G1, F1',
  ],
  [
    'a planogram of no shelf',
    'F1.1: [',
    '§F1.2: [',
    'store.planogram.F1.2: found shelf 2, expected a shelf of F1 from 1 to 1',
  ],
  [
    'a slot of an unknown product',
    'sku: tea',
    'sku: §teaa',
    'store.planogram.G1.1.0.sku: found "teaa", expected a product of the catalog: one of cola, cola-zero, tea, 04012345678901 (did you mean "tea"?)',
  ],
  [
    'a slot deeper than the shelf',
    '{ sku: tea, facings: 4, depth: 3 }',
    '§{ sku: tea, facings: 4, depth: 9 }',
    "store.planogram.G1.1.0: found 9 × 0.06m of tea, expected a depth that fits the shelf's 0.47m",
  ],
  [
    'facings wider than their plates',
    '{ sku: tea, facings: 4, depth: 3 }',
    '§{ sku: tea, facings: 4, depth: 3, plates: [2] }',
    "store.planogram.G1.1.0: found 4 × 0.08m of tea, expected facings that fit the slot's 0.2m",
  ],
  [
    'a plate that is not there',
    'facings: 4, depth: 3',
    'facings: 4, depth: 3, plates: [12, §13]',
    'store.planogram.G1.1.0.plates.1: found 13, expected a plate from 1 to 12',
  ],
  [
    'a door outside',
    'out: { at: [0m, 1m]',
    'out: { at: §[0m, 9m]',
    'store.doors.out.at: found [0, 9], expected a place inside the store of 8m × 6m',
  ],
  [
    'a fixture outside',
    'at: [6m, 2m]',
    'at: §[80m, 2m]',
    'store.fixtures.F1.at: found [80, 2], expected a place inside the store of 8m × 6m',
  ],
  [
    'a store larger than a hall',
    'size: [8m, 6m]',
    'size: §[10000m, 6m]',
    'store.size: found 10000m × 6m, expected a floor of at most 20000 m²',
  ],
  [
    'a camera that looks at itself',
    'look: [4m, 3m, 1m]',
    'look: §[0.3m, 0.3m, 2.8m]',
    'sensors.c1.look: found [0.3, 0.3, 2.8], expected another point than the camera itself',
  ],
  // Sensors and faults.
  [
    'a sensor of no type',
    'type: entry',
    'type: §gate',
    'sensors.gate.type: found "gate", expected camera, weight or entry',
  ],
  [
    'an entry sensor on no door',
    'type: entry, on: in',
    'type: entry, on: §inn',
    'sensors.gate.on: found "inn", expected a door: one of in, out (did you mean "in"?)',
  ],
  [
    'scales on no shelf',
    'on: "G1.*"',
    'on: §"G2.*"',
    'sensors.scales.on: found "G2.*", expected shelves: one of G1.1, G1.2, F1.1',
  ],
  [
    'a fault on no sensor',
    'type: blackout, on: c1',
    'type: blackout, on: §c2',
    'faults.0.on: found "c2", expected sensors: one of c1, scales/G1.1, scales/G1.2, gate (did you mean "c1"?)',
  ],
  ['a fault of no type', 'type: blackout', 'type: §blackot', 'faults.0.type: found "blackot", expected blackout,'],
  [
    'a spike on a camera',
    'type: blackout, on: c1, at: 4min, for: 30s',
    'type: spike, on: §c1, rate: 1/min, size: 10g',
    'faults.0.on: found "c1", expected sensors of type weight for a fault of type spike',
  ],
  [
    'dropout without a rate',
    '{ type: blackout, on: c1, at: 4min, for: 30s }',
    '§{ type: dropout, on: c1 }',
    'faults.0: found neither, expected either share or rate',
  ],
  // Shoppers.
  [
    'a misspelt verb',
    '{ take: cola, from: G1.2, sync: reach }',
    '§{ tak: cola, from: G1.2, sync: reach }',
    'shoppers.ana.do.0: found "tak", expected one verb of walk, look, take,',
  ],
  [
    'two verbs',
    '{ take: cola, from: G1.2, sync: reach }',
    '§{ take: cola, drop: cola, from: G1.2, sync: reach }',
    'shoppers.ana.do.0: found 2 verbs (take, drop), expected exactly one verb',
  ],
  [
    'an unknown product',
    '{ take: cola,',
    '{ take: §cole,',
    'shoppers.ana.do.0.take: found "cole", expected a product of the catalog: one of cola, cola-zero, tea, 04012345678901 (did you mean "cola"?)',
  ],
  [
    'an address without a shelf',
    'from: G1.2',
    'from: §G1',
    'shoppers.ana.do.0.from: found "G1", expected an address: fixture.shelf or fixture.shelf.slot',
  ],
  [
    'an unknown fixture',
    'from: G1.2',
    'from: §G2.2',
    'shoppers.ana.do.0.from: found "G2", expected a place of the store: one of G1, F1',
  ],
  [
    'an unknown shelf',
    'from: G1.2',
    'from: §G1.3',
    'shoppers.ana.do.0.from: found "G1.3", expected a place of the store: one of G1.1, G1.2',
  ],
  [
    'an unknown slot',
    'from: G1.2',
    'from: §G1.2.3',
    'shoppers.ana.do.0.from: found "G1.2.3", expected a place of the store: one of G1.2.1, G1.2.2',
  ],
  [
    'goods where they never stand',
    'from: G1.2',
    'from: §G1.1',
    'shoppers.ana.do.0.from: found G1.1, which never holds it, expected a place where cola stands or is put',
  ],
  [
    'an unknown door',
    '{ leave: out }] }\n  ben',
    '{ leave: §ou }] }\n  ben',
    'shoppers.ana.do.1.leave: found "ou", expected a door: one of in, out (did you mean "out"?)',
  ],
  [
    'an unknown shopper',
    '{ leave: out }] }\n  ben',
    '{ give: cola, to: §bob }, { leave: out }] }\n  ben',
    'shoppers.ana.do.1.to: found "bob", expected a shopper: one of ana, ben',
  ],
  [
    'work for staff only',
    '{ leave: out }] }\n  ben',
    '§{ restock: cola, to: G1.2 }, { leave: out }] }\n  ben',
    'shoppers.ana.do.1: found a shopper, expected role: staff for this action',
  ],
  [
    'an arrival in the warm-up',
    'at: 40s',
    'at: §4s',
    'shoppers.ana.at: found "4s", expected a time not before run.warmup (10s)',
  ],
  [
    'tailgating oneself',
    'at: 42s',
    'tailgates: §ben, at: 42s',
    'shoppers.ben.tailgates: found "ben", expected another shopper',
  ],
  [
    'carrying in a circle',
    'at: 42s',
    'carried-by: §ben, at: 42s',
    'shoppers.ben.carried-by: found "ben", expected another shopper',
  ],
  // Expectations.
  [
    'a bound that is none',
    'item-f1: ">= 99%"',
    'item-f1: §99%',
    'expect.metrics.item-f1: found "99%", expected a bound such as ">= 97%"',
  ],
];

describe('errors', () => {
  test.each(cases.filter(([, , to]) => to.split('§').length === 2))('say where: %s', (_, from, to, complaint) => {
    const { text, place } = broken(from, to);
    expect(errorsOf(text).join('\n')).toContain(`${place} ${complaint}`);
  });

  test('name what is missing at the map it is missing from', () => {
    expect(errorsOf(SMALL.replace('facing: 0deg, ', ''))).toContain(
      'small.yaml:9:9 store.fixtures.F1.facing: found nothing, expected an angle such as 90deg',
    );
  });

  test('find a barrier that waits for nobody', () => {
    const text = SMALL.replace('{ take: tea, from: G1.1, sync: reach }', '{ take: tea, from: G1.1 }');
    expect(errorsOf(text)).toEqual([
      'small.yaml:26:56 shoppers.ana.do.0.sync: found "reach" for ana alone, expected two shoppers or more at a barrier',
    ]);
  });

  test('find barriers that wait for each other', () => {
    const text = SMALL.replace('{ leave: out }] }\n  ben', '{ look: 1s, sync: b }, { leave: out }] }\n  ben').replace(
      'do: [{ take: tea',
      'do: [{ look: 1s, sync: b }, { take: tea',
    );
    expect(errorsOf(text).join('\n')).toContain('which waits for itself');
  });

  test('miss a way in or out', () => {
    const doors = (use: string) =>
      SMALL.replace('gate: card }', `gate: card, use: ${use} }`).replace(
        'at: [0m, 1m] }',
        `at: [0m, 1m], use: ${use} }`,
      );
    expect(errorsOf(doors('entry')).join('\n')).toContain('found only entries, expected a door to leave by');
    expect(errorsOf(doors('exit')).join('\n')).toContain('found only exits, expected a door to come in by');
    expect(
      errorsOf(SMALL.replace('gate: card', 'gate: none').replace('  gate: { type: entry, on: in }\n', '')),
    ).toEqual([]);
  });

  test('come all at once and in order', () => {
    const text = SMALL.replace('tea, facings', 'tee, facings')
      .replace('type: entry', 'typ: entry')
      .replace('seed: 7', 'seed: x');
    const errors = errorsOf(text);
    expect(errors.map((error) => error.split(' ')[1])).toEqual([
      'run.seed:',
      'store.planogram.G1.1.0.sku:',
      'sensors.gate.type:',
    ]);
    const lines = errors.map((error) => Number(error.split(':')[1]));
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
  });

  test('do not follow from a mistake already told', () => {
    expect(errorsOf(SMALL.replace('weight: 120g', 'weight: 120'))).toHaveLength(1);
    expect(errorsOf(SMALL.replace('type: gondola', 'type: gondla'))).toHaveLength(1);
  });

  test('do not blame an address for a shelf whose slots could not be read', () => {
    const slots = SMALL.replace('facings: 3, depth: 6 }', 'facing: 3, depth: 6 }').replace(
      'from: G1.2,',
      'from: G1.2.1,',
    );
    expect(errorsOf(slots)).toEqual([expect.stringContaining('found unknown key "facing"')]);
    expect(errorsOf(slots.replace('from: G1.2.1,', 'from: G1.2,'))).toHaveLength(1);
  });

  test('list each name once', () => {
    expect(errorsOf(SMALL.replace('ben: { tea: 1 }', 'bern: { tea: 1 }'))[0]).toContain(
      'one of ana, ben (did you mean',
    );
  });

  test('tell of a file that is not there', () => {
    const loaded = loadScenario('/nowhere/x.yaml');
    expect('errors' in loaded && loaded.errors[0]).toMatchObject({ file: '/nowhere/x.yaml', found: 'no such file' });
  });

  test.each([
    ['a billion shoppers', 'ana: {', 'crowd: { arrive: { poisson: 1000/s } }\n  ana: {', 'about 378000 shoppers'],
    ['baskets without end', 'ana: {', 'a: { arrive: { count: 90000 }, basket: 900 }\n  ana: {', 'items taken'],
    ['a range of a billion', 'version: 1', 'version: 1\nsweep: { run.seed: 1..1000000000 }', 'at most 10000 integers'],
    [
      'a sweep of a million',
      'version: 1',
      'version: 1\nsweep: { run.seed: 1..1000, run.tick: 20..200 }',
      '181000 runs',
    ],
  ])('refuse %s', (_, from, to, complaint) => {
    const text = SMALL.replace(from, to).replace('duration: 5min', 'duration: 310s');
    expect(errorsOf(text).join('\n')).toContain(complaint);
  });
});

describe('valid files', () => {
  test('pass without errors or warnings', () => {
    expect(parsed(SMALL).warnings).toEqual([]);
  });

  test('keep a GTIN as it is written, in keys and in values', () => {
    const text = SMALL.replace('sku: "04012345678901"', 'sku: 04012345678901').replace(
      '{ take: tea, from: G1.1, sync: reach }',
      '{ take: 04012345678901, from: F1.1, sync: reach }',
    );
    expect(parsed(text).spec.catalog.has('04012345678901')).toBe(true);
    expect(errorsOf(text)).toEqual([]);
  });

  test('may put a door into the middle of the floor, with a warning', () => {
    const { warnings } = parsed(SMALL.replace('at: [0m, 1m]', 'at: [4m, 1m]'));
    expect(warnings.map(({ path, expected }) => [path, expected])).toEqual([
      ['store.doors.out.at', 'a place in a wall of the store'],
    ]);
  });

  test('may put a fixture through a wall, with a warning', () => {
    const loaded = loadScenario(`${SCENARIOS}/lunch.shop.yaml`);
    if ('errors' in loaded) throw new Error('lunch.shop.yaml does not load');
    expect(loaded.scenario.warnings.map(({ path }) => path)).toEqual(['store.fixtures.F1']);
    expect(lunchText()).toContain(`scenario: ${loaded.scenario.name}`);
  });
});
