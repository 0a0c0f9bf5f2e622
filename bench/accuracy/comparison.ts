import { pairedDifference, ratioInterval, TwoWayDraws } from '../statistics/bootstrap.ts';
import { holm } from '../statistics/holm.ts';
import { poissonAtMost } from '../statistics/rare-events.ts';
import type { CaseRow } from './case-row.ts';
import { cellsOf, FIGURES, type FigureKey, type WholeFigures, wholeFigures } from './figures.ts';
import { champion, type Method } from './method.ts';

/** A value with its 95 % interval. */
export interface Bounded {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** All figures of one method on one suite. */
export interface MethodFigures {
  readonly method: Method;
  readonly cases: number;
  readonly ratios: Readonly<Record<FigureKey, Bounded | null>>;
  readonly whole: WholeFigures;
  /**
   * One-sided 95 % upper bound of units overcharged per 1,000 auto-approved carts: the larger of the bootstrap's and that of
   * as many independent events (3 per n where none was seen).
   */
  readonly overAtMost: number | null;
}

/** How far the champion is ahead of another method, on the same readings. */
export interface Lead {
  readonly method: Method;
  readonly key: FigureKey;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly p: number;
  /** Corrected for as many ablations of the champion as there are; null for methods of their own. */
  readonly holmP: number | null;
}

export interface SuiteFigures {
  readonly suite: string;
  readonly seeds: readonly number[];
  readonly files: number;
  readonly figures: readonly MethodFigures[];
  readonly champion: string;
  readonly leads: readonly Lead[];
}

/** What leads are stated for. */
const LEAD_KEYS: readonly FigureKey[] = ['caseF1', 'exactCarts'];

/** Compares methods on the rows of one suite; rows of each method in the same order of cases and seeds. */
export function compare(
  suite: string,
  methods: readonly Method[],
  rowsOf: (method: Method) => readonly CaseRow[],
): SuiteFigures {
  const first = rowsOf(methods[0]!);
  const draws = new TwoWayDraws(first.map((row) => ({ seed: row.seed, case: row.file })));
  const best = champion(methods);
  const leads = LEAD_KEYS.flatMap((key) => leadsOf(key, best, methods, rowsOf, draws));
  return {
    suite,
    seeds: [...new Set(first.map((row) => row.seed))].sort((a, b) => a - b),
    files: new Set(first.map((row) => row.file)).size,
    figures: methods.map((method) => methodFigures(method, rowsOf(method), draws)),
    champion: best.name,
    leads,
  };
}

function methodFigures(method: Method, rows: readonly CaseRow[], draws: TwoWayDraws): MethodFigures {
  const ratios = Object.fromEntries(
    FIGURES.map(({ key }) => [key, ratioInterval(cellsOf(key, rows), draws)]),
  ) as unknown as MethodFigures['ratios'];
  const whole = wholeFigures(rows);
  const over = ratioInterval(cellsOf('over', rows), draws);
  const units = rows.reduce(
    (sum, row) => sum + row.carts.reduce((n, cart) => n + (cart.status === 'final' ? cart.over : 0), 0),
    0,
  );
  const overAtMost = over ? Math.max(over.atMost, (1000 * poissonAtMost(units)) / whole.autoCarts) : null;
  return { method, cases: rows.length, ratios, whole, overAtMost };
}

function leadsOf(
  key: FigureKey,
  best: Method,
  methods: readonly Method[],
  rowsOf: (method: Method) => readonly CaseRow[],
  draws: TwoWayDraws,
): Lead[] {
  const found = methods.flatMap((method) => {
    if (method === best) return [];
    const lead = pairedDifference(cellsOf(key, rowsOf(best)), cellsOf(key, rowsOf(method)), draws);
    return lead ? [{ method, key, ...lead }] : [];
  });
  const ablations = found.filter(({ method }) => method.partOf === best.name);
  const corrected = holm(ablations.map(({ p }) => p));
  return found.map(({ method, value, low, high, p }) => {
    const at = ablations.findIndex((one) => one.method === method);
    return { method, key, value, low, high, p, holmP: at < 0 ? null : corrected[at]! };
  });
}
