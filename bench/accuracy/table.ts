import type { SuiteFigures } from './comparison.ts';
import { type FigureKey, figureOf, type WholeFigures } from './figures.ts';

const NAME_WIDTH = 32;
const CELL_WIDTH = 12;

const SCORES: readonly FigureKey[] = [
  ...(['caseF1', 'caseF1One', 'caseF1Several', 'perfect', 'passed'] as const),
  ...(['itemP', 'itemR', 'itemF1', 'exactCarts'] as const),
];
const STAGES: readonly FigureKey[] = ['changeP', 'changeR', 'product', 'owner'];
const MONEY: readonly FigureKey[] = ['over', 'under', 'leaked', 'reviewed', 'autoExact'];

export const dash = (value: number | null, write: (value: number) => string): string =>
  value === null ? '–' : Number.isFinite(value) ? write(value) : 'late';

/** The figures that are no ratios, as columns. */
export const WHOLE: readonly { readonly title: string; readonly of: (whole: WholeFigures) => string }[] = [
  { title: 'lines', of: ({ lines }) => String(lines) },
  { title: 'ECE lines', of: ({ lineEce }) => dash(lineEce, (v) => v.toFixed(3)) },
  { title: 'contested', of: ({ contested }) => String(contested) },
  { title: 'their ECE', of: ({ contestedEce }) => dash(contestedEce, (v) => v.toFixed(3)) },
  { title: 'skill', of: ({ skill }) => dash(skill, (v) => v.toFixed(3)) },
  { title: 'receipt p50', of: ({ receiptP50 }) => dash(receiptP50, (v) => `${v.toFixed(1)} s`) },
  { title: 'p95', of: ({ receiptP95 }) => dash(receiptP95, (v) => `${v.toFixed(1)} s`) },
  { title: 'µs/change', of: ({ changeUsP50 }) => dash(changeUsP50, (v) => v.toFixed(0)) },
  { title: 'p99', of: ({ changeUsP99 }) => dash(changeUsP99, (v) => v.toFixed(0)) },
];

/** One suite as text: scores, stages and money, trust and time, and how far the champion leads. */
export function suiteTable(suite: SuiteFigures): string {
  const { figures, seeds, files } = suite;
  const ofFiles = (share: number) => `${(share * files).toFixed(1)}/${files}`;
  const ratioBlock = (keys: readonly FigureKey[]) =>
    block(
      keys.map((key) => figureOf(key).title),
      figures.map(({ method, ratios }) => ({
        name: method.label,
        cells: keys.map((key) => dash(ratios[key]?.value ?? null, key === 'perfect' ? ofFiles : figureOf(key).write)),
      })),
    );
  const money = block(
    [...[...STAGES, ...MONEY].map((key) => figureOf(key).title), 'over ≤ (95 %)', 'auto carts'],
    figures.map(({ method, ratios, overAtMost, whole }) => ({
      name: method.label,
      cells: [
        ...[...STAGES, ...MONEY].map((key) => dash(ratios[key]?.value ?? null, figureOf(key).write)),
        dash(overAtMost, (v) => v.toFixed(1)),
        String(whole.autoCarts),
      ],
    })),
  );
  const trust = block(
    WHOLE.map(({ title }) => title),
    figures.map(({ method, whole }) => ({ name: method.label, cells: WHOLE.map(({ of }) => of(whole)) })),
  );
  const head = `${suite.suite}: ${files} scenarios × ${seeds.length} seeds (${span(seeds)})`;
  return [head, ratioBlock(SCORES), money, trust, leadLines(suite)].join('\n\n');
}

const span = (seeds: readonly number[]) =>
  seeds.length === 0 ? 'none' : seeds.length === 1 ? String(seeds[0]) : `${seeds[0]} to ${seeds.at(-1)}`;

interface TableRow {
  readonly name: string;
  readonly cells: readonly string[];
}

function block(titles: readonly string[], rows: readonly TableRow[]): string {
  const widths = titles.map((title) => Math.max(CELL_WIDTH, title.length + 2));
  const line = (name: string, cells: readonly string[]) =>
    `${name.padEnd(NAME_WIDTH)}${cells.map((cell, i) => cell.padStart(widths[i]!)).join('')}`;
  return [line('', titles), ...rows.map(({ name, cells }) => line(name, cells))].join('\n');
}

/** Differences on the same readings with 95 % intervals; p two-sided. */
export function leadLines({ leads, champion }: SuiteFigures): string {
  if (leads.length === 0) return '';
  const signed = (value: number) => `${value >= 0 ? '+' : '−'}${Math.abs(value).toFixed(3)}`;
  const lines = leads.map(({ method, key, value, low, high, p, holmP }) => {
    const corrected = holmP === null ? '' : `, after Holm ${holmP.toFixed(4)}`;
    const title = figureOf(key).title.padEnd(9);
    return `  ${title}${method.name.padEnd(NAME_WIDTH)}${signed(value)}  [${signed(low)}, ${signed(high)}]  p ${p.toFixed(4)}${corrected}`;
  });
  return [`${champion} ahead of (paired by case and seed, bootstrap over both):`, ...lines].join('\n');
}
