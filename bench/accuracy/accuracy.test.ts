import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TruthPose } from '../../simulator/truth.ts';
import { scenariosIn } from '../splits.ts';
import { measureAccuracy, quickened, type Suite, suites } from './accuracy.ts';
import { plainJob } from './case-job.ts';
import type { CaseRow } from './case-row.ts';
import { ChangeClock } from './change-clock.ts';
import { compare } from './comparison.ts';
import { ContestKeeper } from './contest.ts';
import { figure, wholeFigures } from './figures.ts';
import { lockedLines } from './locked-log.ts';
import { champion, type Method, methods, methodsNamed } from './method.ts';
import { accuracyPage } from './report.ts';
import { RowCache } from './row-cache.ts';
import { suiteTable } from './table.ts';

const method = (name: string, partOf: string | null = null): Method => ({
  ...{ name, label: name, attribution: name, ablate: [], tracks: 'engine', partOf },
});

/** One receipt of 4 units, 3 of them right, by one shopper. */
function row(over: Partial<CaseRow> = {}): CaseRow {
  return {
    ...{ method: 'a', file: 'x.yaml', seed: 1, scenario: 'x', people: 1, verdict: 'pass', failures: [] },
    ...{ caseF1: 0.75, perfect: false, missing: 0, engineSeconds: 1, changeUs: [100, 300], wrongLines: [] },
    units: { tp: 3, predicted: 4, truth: 4, leaked: 1 },
    changes: { truth: 4, reported: 5, matched: 4, productRight: 3, ownerRight: 2 },
    carts: [{ status: 'final', confidence: 0.9, exact: false, over: 1, under: 1, delaySeconds: 1.5 }],
    lines: [
      { confidence: 0.9, right: true, contested: false },
      { confidence: 0.7, right: false, contested: true },
    ],
    ...over,
  };
}

describe('figures', () => {
  const rows = [row(), row({ seed: 2, people: 3, caseF1: 0.25, perfect: true })];

  test('are worked out by hand: means of cases, sums over sums', () => {
    expect(figure('caseF1', rows)).toBe(0.5);
    expect(figure('caseF1One', rows)).toBe(0.75);
    expect(figure('caseF1Several', rows)).toBe(0.25);
    expect(figure('perfect', rows)).toBe(0.5);
    expect(figure('itemP', rows)).toBe(6 / 8);
    expect(figure('changeP', rows)).toBe(8 / 10);
    expect(figure('product', rows)).toBe(6 / 8);
    expect(figure('owner', rows)).toBe(4 / 6);
    expect(figure('over', rows)).toBe(1000);
    expect(figure('leaked', rows)).toBe(1000);
    expect(figure('autoExact', rows)).toBe(0);
  });

  test('count a trip without a cart as inexact, and leave out what has no denominator', () => {
    expect(figure('exactCarts', [row({ carts: [], missing: 2 })])).toBe(0);
    expect(figure('over', [row({ carts: [], missing: 2 })])).toBeNull();
    expect(figure('caseF1Several', [row()])).toBeNull();
  });

  test('count reviews as late without end', () => {
    const cart = row().carts[0]!;
    const reviewed = { ...cart, status: 'review' as const };
    const whole = wholeFigures([row({ carts: [cart, cart, cart, reviewed] })]);
    expect([whole.receiptP50, whole.receiptP95]).toEqual([1.5, Number.POSITIVE_INFINITY]);
    expect(whole.autoCarts).toBe(3);
  });

  test('take contested lines by themselves', () => {
    const whole = wholeFigures(rows);
    expect([whole.lines, whole.contested]).toEqual([4, 2]);
    expect(whole.contestedEce).toBeCloseTo(0.7, 12);
  });
});

describe('contested lines', () => {
  const run = { shoppers: ['ana', 'ben', 'cem'].map((key) => ({ key, party: key === 'cem' ? 'ana' : key })) };
  const pose = (timeUs: number, places: readonly (readonly [number, number, number])[]): TruthPose => ({
    timeUs,
    shopperIndex: Int32Array.from(places.map(([index]) => index)),
    inWorldM: new Float32Array(9 * places.length),
    onFloorM: Float32Array.from(places.flatMap(([, x, y]) => [x, y])),
  });

  /** Whether a line that rests on a change at (1, 1) at 5 s is contested, with these people about at 5 s. */
  function contested(places: readonly (readonly [number, number, number])[], atUs = 5_000_000): boolean {
    const keeper = new ContestKeeper(run as never);
    for (let timeUs = 0; timeUs <= 10_000_000; timeUs += 100_000)
      keeper.pose(pose(timeUs, Math.abs(timeUs - atUs) < 50_000 ? places : []));
    keeper.output({ kind: 'change', change: { changeId: 'c', inWorldM: [1, 1, 1] } } as never);
    return keeper.isContested({ evidence: [{ changeId: 'c', timeUs: 5_000_000 }] } as never);
  }

  test('have two parties within reach', () => {
    expect(
      contested([
        [0, 1, 0.4],
        [1, 2, 1],
      ]),
    ).toBe(true);
  });

  test('are not those of one party, of people out of reach, or of another time', () => {
    expect(
      contested([
        [0, 1, 0.4],
        [2, 1, 1.5],
      ]),
    ).toBe(false);
    expect(
      contested([
        [0, 1, 0.4],
        [1, 2.3, 1],
      ]),
    ).toBe(false);
    expect(
      contested(
        [
          [0, 1, 0.4],
          [1, 2, 1],
        ],
        7_000_000,
      ),
    ).toBe(false);
  });
});

test('shares the extra time of a turn among its changes', () => {
  const clock = new ChangeClock();
  clock.turn(() => []);
  clock.turn(() => [{ kind: 'change' }, { kind: 'change' }] as never);
  expect(clock.changeUs).toHaveLength(1);
  expect(clock.seconds).toBeGreaterThanOrEqual(0);
});

describe('methods', () => {
  test('have names of their own, and parts name a method there is', () => {
    const all = methods();
    const names = all.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { partOf } of all) if (partOf !== null) expect(names).toContain(partOf);
    expect(names).toContain('published');
  });

  test('are compared with joint where there is one', () => {
    expect(champion([method('published'), method('joint')]).name).toBe('joint');
    expect(() => methodsNamed(['nothing'])).toThrow('expected one of published');
  });
});

describe('a comparison', () => {
  const [best, part, other] = [method('joint'), method('joint -revision', 'joint'), method('published')];
  const scoreOf = (name: string, seed: number) =>
    (name === 'joint' ? 0.9 : name === 'published' ? 0.5 : 0.9) + seed / 100;
  const rowsOf = ({ name }: Method) =>
    [1, 2, 3, 4].flatMap((seed) =>
      ['a', 'b', 'c'].map((file) => row({ method: name, seed, file, caseF1: scoreOf(name, seed) })),
    );
  const compared = compare('test', [best, part, other], rowsOf);

  test('finds the lead, and corrects only the parts of the champion', () => {
    const leads = compared.leads.filter(({ key }) => key === 'caseF1');
    expect(leads.map(({ value }) => Math.round(100 * value))).toEqual([0, 40]);
    expect(leads.map(({ holmP }) => holmP === null)).toEqual([false, true]);
  });

  test('bounds overcharging from above, by three per n at least', () => {
    const none = compare('test', [best], () => [row({ carts: [{ ...row().carts[0]!, over: 0 }] })]);
    expect(none.figures[0]!.overAtMost).toBeCloseTo(2995.7, 0);
  });

  test('is written as a table, a page and lines of the log', () => {
    const text = suiteTable(compared);
    expect(text).toContain('test: 3 scenarios × 4 seeds (1 to 4)');
    expect(text).toContain('joint ahead of');
    const page = accuracyPage(
      {
        suites: [compared],
        rows: new Map([['test', new Map([best, part, other].map((m) => [m.name, rowsOf(m)]))]]),
        interrupted: false,
      },
      'somewhere',
    );
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    expect(lockedLines(compared, '2026-01-02', 'abc').split('\n')[0]).toMatch(
      /^\| 2026-01-02 \| abc \| 1–4 \| joint \| 0\.925 \|/,
    );
  });
});

describe('played for real, small', () => {
  const files = scenariosIn('behaviours').slice(0, 2);
  const suite: Suite = { name: 'small', files, seeds: [1] };
  const some = methodsNamed(['published', 'nearest-person']);
  const quiet = { workers: 1, progress: () => {} };

  test('gives a row per case, seed and method, and the second time none is played', async () => {
    const root = mkdtempSync(join(tmpdir(), 'accuracy-'));
    try {
      const cache = new RowCache(root, 'state');
      const first = await measureAccuracy([suite], some, { ...quiet, cache });
      expect(first.suites[0]!.figures.map(({ cases }) => cases)).toEqual([2, 2]);
      for (const file of files)
        for (const { name } of some)
          expect(cache.get(plainJob(file, 1, []), name)).toMatchObject({ file, method: name });
      const labels: string[] = [];
      const again = await measureAccuracy([suite], some, {
        ...quiet,
        cache,
        progress: (_, label) => labels.push(label),
      });
      expect(labels).toEqual([]);
      expect(again.suites).toEqual(first.suites);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});

test('takes five seeds at most for behaviours and populations, as many as wished elsewhere', () => {
  const seeds = [1, 2, 3, 4, 5, 6, 7];
  const counts = suites(['thirty', 'behaviours', 'populations', 'money'], seeds).map((suite) => suite.seeds.length);
  expect(counts).toEqual([7, 5, 5, 7]);
});

test('makes suites small enough for a quick look', () => {
  const [thirty, behaviours, populations] = suites(['thirty', 'behaviours', 'populations'], [1, 2, 3]).map(quickened);
  expect(thirty).toMatchObject({ seeds: [1, 2] });
  expect(thirty!.files).toHaveLength(30);
  expect(behaviours!.files.length).toBeLessThan(20);
  expect(populations!.files.length).toBeGreaterThan(0);
});
