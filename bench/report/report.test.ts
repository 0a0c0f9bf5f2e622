import { describe, expect, test } from 'vitest';
import { type RunResult, shopperCameraFramesPerSecond, summary } from '../score/run-result.ts';
import { scoreRun } from '../score/score.ts';
import { cart, claim, lines, moved, SECOND_US, shelfChange, testRun, truthCart } from '../score/test-run.ts';
import { judge } from '../verdict.ts';
import { clock, percent, plain } from './figures.ts';
import { type ReportedRun, reportHtml } from './html.ts';
import { junitXml } from './junit.ts';
import { delayPlot, reliabilityPlot, riskCoveragePlot, weightPlot } from './plots.ts';
import { skippedLines } from './skipped-lines.ts';

/** ana took a cola and is charged two, on the evidence of one change; ben's cart is right. */
function sample(seed: number, attribution = 'published', key = 'ana'): ReportedRun {
  const change = shelfChange('1', 'A.1', 21 * SECOND_US, -590);
  const evidence = {
    ...{ changeId: '1', timeUs: change.fromUs, shelfId: 'A.1', slotId: 'A.1.1', scaleIds: ['p'], deltaGrams: -590 },
    ...{
      quantity: 2,
      handDistanceM: 0.12,
      rivals: [{ tripId: null, prob: 0.25 }],
      products: [{ sku: 'cola', count: -2, prob: 0.7 }],
    },
  };
  const carts = [
    cart(key, {}, { lines: [{ ...lines({ cola: 2 }, 0.71)[0], evidence: [evidence] }] }),
    cart('ben', { soup: 1 }, { finalAtUs: 63.5 * SECOND_US, status: 'review' }),
  ];
  const score = scoreRun({
    run: testRun([key, 'ben']),
    outputs: [claim(change, key, 'cola', 2), ...carts.map((one) => ({ kind: 'cart' as const, cart: one }))],
    truth: [moved(key, 'cola', 'A.1.1', key, 20 * SECOND_US, 1)],
    poses: [],
    truthCarts: [truthCart(key, { cola: 1 }), truthCart('ben', { soup: 1 })],
  });
  const receipts = { [key]: { cola: 1 } };
  const verdict = judge({ receipts, metrics: [], never: [], review: [] }, score.scores, score.cartOf, score.violations);
  const { scores, counts, trips, wrongLines } = score;
  const speed = { simulatedSeconds: 90, wallSeconds: 1.5, realTimeFactor: 60, frames: 900, framesPerSecond: 600 };
  const result: RunResult = {
    ...{ scenario: 'lunch', file: 'scenarios/lunch.yaml', seed, cameras: 'detections', attribution },
    ...{ ...verdict, carts: score.carts, scores, trips, counts, skipped: [] },
    ...{ speed: { ...speed, scaleSamples: 5400, peakMemoryBytes: 1e8 }, hashes: { readings: 'r', carts: 'c' } },
  };
  const seriesUs = Array.from({ length: 600 }, (_, i) => 16 * SECOND_US + (i * SECOND_US) / 60);
  const grams = seriesUs.map((timeUs, i) => (timeUs < 20 * SECOND_US ? 3000 : 2410) + 3 * Math.sin(i));
  const marks = [{ timeUs: 20 * SECOND_US, label: `${key} takes 1 × cola` }];
  return { result, report: { wrongLines, traces: [{ title: 'A.1 around 0:20', seriesUs, grams, marks }] } };
}

/** Tag names in order, with every opened one closed; throws where they do not nest. */
function checkNesting(markup: string): void {
  const open: string[] = [];
  for (const [, close, name, self] of markup
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .matchAll(/<(\/?)([a-z0-9]+)[^>]*?(\/?)>/g)) {
    if (close) expect(open.pop()).toBe(name);
    else if (!self && name !== 'meta') open.push(name);
  }
  expect(open).toEqual([]);
}

test('shows runs that could not be made on the HTML page, with their errors', () => {
  const problem = 'bad.yaml:7:1 <falts>: found unknown key';
  const page = reportHtml([sample(1)], [{ file: 'bad.yaml', seed: 4, problem }]);
  checkNesting(page);
  expect(page).toContain('0 of 2 runs pass');
  expect(page).toContain('1 could not be made');
  expect(page).toContain('bad.yaml:7:1 &lt;falts&gt;: found unknown key');
  const nothing = reportHtml([], [{ file: 'bad.yaml', seed: null, problem }]);
  checkNesting(nothing);
  expect(nothing).toContain('0 of 1 runs pass');
  expect(nothing).not.toMatch(/NaN|undefined|null/);
});

describe('the HTML page', () => {
  const page = reportHtml([sample(1), sample(2), sample(1, 'nearest')]);

  test('is one well-formed file that fetches nothing and runs nothing', () => {
    checkNesting(page);
    expect(page).not.toMatch(/https?:|url\(|<script|<link|@import|src=/);
    expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });

  test('shows verdicts, carts beside the truth, one score row per attribution, and why a line is wrong', () => {
    expect(page).toContain('0 of 3 runs pass');
    expect(page.match(/<th scope="row">(published|nearest)<\/th>/g)).toHaveLength(2);
    expect(page).toContain('ana: cola expected 1, got 2');
    expect(page).toContain('charged 2, took 1');
    expect(page).toContain('nobody 25.0 %');
    expect(page).toContain('-2 × cola 70.0 %');
    expect(page).toContain('A.1 around 0:20');
  });

  test('escapes whatever a scenario or a recording may carry', () => {
    const evil = '<script>alert("1")</script>&\u0000';
    const hurt = reportHtml([sample(1, evil, evil)]);
    expect(hurt).not.toContain('<script');
    expect(hurt).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;\ufffd');
    checkNesting(hurt);
  });

  test('survives a run in which nothing happened', () => {
    const { scores, counts } = scoreRun({ run: testRun(), outputs: [], truth: [], poses: [], truthCarts: [] });
    const { result } = sample(1);
    const empty = reportHtml([{ result: { ...result, carts: [], trips: [], scores, counts }, report: null }]);
    checkNesting(empty);
    expect(empty).not.toMatch(/NaN|Infinity/);
    expect(reportHtml([])).toContain('0 of 0 runs pass');
  });
});

describe('plots', () => {
  const numbers = (markup: { text: string }, name: string) =>
    [...markup.text.matchAll(new RegExp(`class="${name}"[^>]*? cy="([\\d.]+)"`, 'g'))].map((match) => Number(match[1]));

  test('put a promise kept on the diagonal and a broken one off it', () => {
    const bins = [
      { count: 4, meanProb: 0.5, rightShare: 0.5 },
      { count: 4, meanProb: 0.9, rightShare: 0.25 },
    ];
    const [kept, broken] = numbers(reliabilityPlot(bins), 'dot');
    // The plot is 170 px high over 0..1, its foot at y = 192.
    expect(kept).toBeCloseTo(192 - 170 * 0.5, 1);
    expect(broken).toBeCloseTo(192 - 170 * 0.25, 1);
  });

  test('count every delay in one bar', () => {
    const titles = [...delayPlot([2, 2.1, 4, 30, -1]).text.matchAll(/<title>(\d+) carts/g)].map((match) =>
      Number(match[1]),
    );
    expect(titles.reduce((sum, count) => sum + count, 0)).toBe(5);
  });

  test('keep the peaks of a long trace', () => {
    // 60,000 samples with one spike of a single sample: it must still reach the top of the frame.
    const seriesUs = Array.from({ length: 60_000 }, (_, i) => i * 16_667);
    const grams = seriesUs.map((_, i) => (i === 31_234 ? 500 : 100));
    const { text } = weightPlot({ title: 'spike', seriesUs, grams, marks: [] });
    const heights = [...text.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map((match) => Number(match[1]));
    // Margin is 8 % of 400 g on either side: 22 + 170 · 32 / 464.
    expect(Math.min(...heights)).toBeCloseTo(22 + (170 * 32) / 464, 0);
    expect(heights.length).toBeLessThan(1300);
  });

  test('draw without points', () => {
    expect(riskCoveragePlot([], []).text).not.toContain('NaN');
    expect(delayPlot([]).text).not.toContain('NaN');
    expect(weightPlot({ title: '', seriesUs: [], grams: [], marks: [] }).text).toContain('No samples');
  });
});

test('says which actions of a script were not done, and counts those of populations', () => {
  const skip = { timeUs: 61_500_000, action: 0, verb: 'take', reason: 'found 6 of 9 tea at G1.2' };
  const lines = skippedLines([
    { ...skip, shopper: 'ana' },
    { ...skip, shopper: 'lunch/3' },
  ]);
  expect(lines).toEqual([
    'not as written: ana, action 1 (take) at 1:01.5: found 6 of 9 tea at G1.2',
    '1 actions of populations could not be done in full',
  ]);
  const run = sample(1);
  const page = reportHtml([{ ...run, result: { ...run.result, skipped: [{ ...skip, shopper: 'ana' }] } }]);
  expect(page).toContain(lines[0]);
});

describe('JUnit', () => {
  test('has a suite per file, a case per run and a failure per failed run', () => {
    const failed = sample(1).result;
    const passed: RunResult = { ...failed, seed: 2, verdict: 'pass', failures: [] };
    const other: RunResult = { ...passed, file: 'scenarios/a&b.yaml' };
    const xml = junitXml([failed, passed, other]);
    checkNesting(xml.replace(/<\?[^>]*\?>/, ''));
    expect(xml).toContain('<testsuites name="aisle" tests="3" failures="1" errors="0" time="4.500">');
    expect(xml).toContain('<testsuite name="scenarios/a&amp;b.yaml" tests="1" failures="0"');
    expect(xml.match(/<testcase /g)).toHaveLength(3);
    expect(xml).toContain('<failure message="ana: cola expected 1, got 2">ana: cola expected 1, got 2</failure>');
  });

  test('has an error for each run that could not be made', () => {
    const made: RunResult = { ...sample(1).result, verdict: 'pass', failures: [] };
    const xml = junitXml([made], [{ file: made.file, seed: 7, problem: 'disk <full>\nat the end' }]);
    checkNesting(xml.replace(/<\?[^>]*\?>/, ''));
    expect(xml).toContain('<testsuites name="aisle" tests="2" failures="0" errors="1" time="1.500">');
    expect(xml).toContain('<error message="disk &lt;full&gt;">disk &lt;full&gt;\nat the end</error>');
    expect(xml).toContain(`name="${made.file} seed 7"`);
  });
});

test('sums up runs from pooled counts', () => {
  const runs = [sample(1).result, sample(2).result];
  // Per run: charged 2 cola + 1 soup, took 1 + 1: TP 2, F1 = 4/5; pooled the same.
  expect(summary(runs).summary).toMatchObject({
    runs: 2,
    passed: 0,
    scores: { itemF1: 4 / 5, caseF1: 4 / 5, overchargedUnits: 2 },
  });
  // 3 shoppers × 900 frames in 1.5 s.
  expect(shopperCameraFramesPerSecond(3, runs[0].speed)).toBe(1800);
});

test('writes figures for people', () => {
  expect([percent(0.8443), percent(null), plain(1234), plain(0.123456)]).toEqual(['84.4 %', '–', '1234', '0.123']);
  expect([clock(0), clock(65_440_000), clock(59_960_000), clock(null)]).toEqual(['0:00.0', '1:05.4', '1:00.0', '–']);
});
