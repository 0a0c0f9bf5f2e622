import { calibrationError, type Outcome, percentile } from '../score/calibration.ts';
import type { Cell } from '../statistics/bootstrap.ts';
import { logLossSkill } from '../statistics/log-loss.ts';
import type { CartRow, CaseRow, LineRow } from './case-row.ts';

export type FigureKey = (typeof FIGURES)[number]['key'];

/** A figure that is a sum over a sum, so that it can be resampled. */
interface RatioFigure {
  readonly key: string;
  readonly title: string;
  /** Which way is better. */
  readonly better: 'high' | 'low';
  readonly parts: (row: CaseRow) => readonly [num: number, den: number];
  readonly write: (value: number) => string;
}

const fraction = (value: number) => value.toFixed(3);
const oneDecimal = (value: number) => value.toFixed(1);

const auto = (row: CaseRow): CartRow[] => row.carts.filter((cart) => cart.status === 'final');
const sum = <T>(items: readonly T[], of: (item: T) => number) => items.reduce((total, item) => total + of(item), 0);
const caseF1 = (row: CaseRow, counts: boolean) => (row.caseF1 !== null && counts ? ([row.caseF1, 1] as const) : NONE);
const NONE = [0, 0] as const;

/** Every figure that is a ratio; scores are of the engine's best cart before any review, reviewed carts included. */
export const FIGURES = [
  { key: 'caseF1', title: 'case F1', better: 'high', parts: (row) => caseF1(row, true), write: fraction },
  { key: 'caseF1One', title: 'one', better: 'high', parts: (row) => caseF1(row, row.people === 1), write: fraction },
  {
    ...{ key: 'caseF1Several', title: 'several', better: 'high', write: fraction },
    parts: (row) => caseF1(row, row.people > 1),
  },
  { key: 'perfect', title: 'perfect', better: 'high', parts: (row) => [row.perfect ? 1 : 0, 1], write: fraction },
  { key: 'passed', title: 'passed', better: 'high', parts: (r) => [r.verdict === 'pass' ? 1 : 0, 1], write: fraction },
  { key: 'itemP', title: 'item P', better: 'high', parts: ({ units: u }) => [u.tp, u.predicted], write: fraction },
  { key: 'itemR', title: 'item R', better: 'high', parts: ({ units: u }) => [u.tp, u.truth], write: fraction },
  {
    ...{ key: 'itemF1', title: 'item F1', better: 'high', write: fraction },
    parts: ({ units: u }) => [2 * u.tp, u.predicted + u.truth],
  },
  {
    ...{ key: 'exactCarts', title: 'exact', better: 'high', write: fraction },
    parts: ({ carts, missing }) => [carts.filter((cart) => cart.exact).length, carts.length + missing],
  },
  {
    ...{ key: 'changeP', title: 'change P', better: 'high', write: fraction },
    parts: ({ changes: c }) => [c.matched, c.reported],
  },
  {
    ...{ key: 'changeR', title: 'change R', better: 'high', write: fraction },
    parts: ({ changes: c }) => [c.matched, c.truth],
  },
  {
    ...{ key: 'product', title: 'product', better: 'high', write: fraction },
    parts: ({ changes: c }) => [c.productRight, c.matched],
  },
  {
    ...{ key: 'owner', title: 'owner', better: 'high', write: fraction },
    parts: ({ changes: c }) => [c.ownerRight, c.productRight],
  },
  {
    ...{ key: 'over', title: 'over/1000', better: 'low', write: oneDecimal },
    parts: (row) => [1000 * sum(auto(row), (cart) => cart.over), auto(row).length],
  },
  {
    ...{ key: 'under', title: 'under/1000', better: 'low', write: oneDecimal },
    parts: (row) => [1000 * sum(auto(row), (cart) => cart.under), auto(row).length],
  },
  {
    ...{ key: 'leaked', title: 'leaked/1000', better: 'low', write: oneDecimal },
    parts: ({ units, carts, missing }) => [1000 * units.leaked, carts.length + missing],
  },
  {
    ...{ key: 'reviewed', title: 'review/1000', better: 'low', write: oneDecimal },
    parts: (row) => [1000 * (row.carts.length - auto(row).length), row.carts.length],
  },
  {
    ...{ key: 'autoExact', title: 'auto exact', better: 'high', write: fraction },
    parts: (row) => [auto(row).filter((cart) => cart.exact).length, auto(row).length],
  },
] as const satisfies readonly RatioFigure[];

export const figureOf = (key: FigureKey): RatioFigure => FIGURES.find((figure) => figure.key === key)!;

/** The cells of a figure, one per row, in the order of the rows; those without a denominator stay, as zeros. */
export function cellsOf(key: FigureKey, rows: readonly CaseRow[]): Cell[] {
  const { parts } = figureOf(key);
  return rows.map((row) => {
    const [num, den] = parts(row);
    return { seed: row.seed, case: row.file, num, den };
  });
}

/** Σ over Σ; null without a denominator. */
export function figure(key: FigureKey, rows: readonly CaseRow[]): number | null {
  const cells = cellsOf(key, rows);
  const den = sum(cells, (cell) => cell.den);
  return den > 0 ? sum(cells, (cell) => cell.num) / den : null;
}

const outcome = ({ confidence, right }: LineRow): Outcome => [confidence, right ? 1 : 0];
export const lineOutcomes = (rows: readonly CaseRow[]): Outcome[] => rows.flatMap((row) => row.lines.map(outcome));
export const contestedOutcomes = (rows: readonly CaseRow[]): Outcome[] =>
  rows.flatMap((row) => row.lines.filter((line) => line.contested).map(outcome));
export const cartOutcomes = (rows: readonly CaseRow[]): Outcome[] =>
  rows.flatMap((row) => row.carts.map((cart): Outcome => [cart.confidence, cart.exact ? 1 : 0]));

/** Delays of all receipts, seconds: one that waits for a review, or never came, is late without end. */
export const delays = (rows: readonly CaseRow[]): number[] =>
  rows.flatMap((row) => [
    ...row.carts.map((cart) =>
      cart.status === 'final' && cart.delaySeconds !== null ? cart.delaySeconds : Number.POSITIVE_INFINITY,
    ),
    ...Array.from({ length: row.missing }, () => Number.POSITIVE_INFINITY),
  ]);

/** Percentile where values may be infinite: infinite as soon as its upper neighbour is. */
function percentileOf(values: readonly number[], share: number): number | null {
  const finite = values.filter(Number.isFinite);
  if (values.length === 0) return null;
  if (Math.ceil(share * (values.length - 1)) >= finite.length) return Number.POSITIVE_INFINITY;
  return percentile(values, share);
}

/** Figures that are not ratios of sums. */
export interface WholeFigures {
  readonly lines: number;
  readonly contested: number;
  readonly autoCarts: number;
  readonly lineEce: number | null;
  readonly contestedEce: number | null;
  readonly skill: number | null;
  readonly cartEce: number | null;
  /** Infinite where reviews reach into the percentile. */
  readonly receiptP50: number | null;
  readonly receiptP95: number | null;
  readonly changeUsP50: number | null;
  readonly changeUsP99: number | null;
  readonly engineSeconds: number;
}

export function wholeFigures(rows: readonly CaseRow[]): WholeFigures {
  const lines = lineOutcomes(rows);
  const contested = contestedOutcomes(rows);
  const changeUs = rows.flatMap((row) => row.changeUs);
  const waits = delays(rows);
  return {
    lines: lines.length,
    contested: contested.length,
    autoCarts: sum(rows, (row) => auto(row).length),
    lineEce: calibrationError(lines),
    contestedEce: calibrationError(contested),
    skill: logLossSkill(lines),
    cartEce: calibrationError(cartOutcomes(rows)),
    receiptP50: percentileOf(waits, 0.5),
    receiptP95: percentileOf(waits, 0.95),
    changeUsP50: percentile(changeUs, 0.5),
    changeUsP99: percentile(changeUs, 0.99),
    engineSeconds: sum(rows, (row) => row.engineSeconds),
  };
}
