import { fromDecimal } from '../money.ts';
import { type CatalogueItem, catalogueItemSchema } from './catalogue.ts';

/** What a file held: items that fit, and a line each for those that do not. */
export interface CatalogueImport {
  readonly items: readonly CatalogueItem[];
  readonly rejected: readonly { readonly line: number; readonly problem: string }[];
}

const COLUMNS = ['sku', 'name', 'price', 'sell_by', 'deposit', 'tax_percent', 'restriction', 'sold_from', 'sold_until'];
const NEEDED = ['sku', 'name', 'price'];

/** A file that cannot be read at all. */
export class CsvError extends Error {
  override readonly name = 'CsvError';
}

/**
 * Reads items from RFC 4180 with a header. `price` and `deposit` are decimals in the retailer's currency (1.99), tax is a
 * percentage that is inside the price. Throws `CsvError` for a header without `sku`, `name` and `price` or with more.
 */
export function importCsv(text: string, currency: string): CatalogueImport {
  const [header, ...rows] = parseCsv(text);
  const names = header?.cells.map((cell) => cell.trim()) ?? [];
  const unknown = names.filter((name) => !COLUMNS.includes(name));
  const missing = NEEDED.filter((name) => !names.includes(name));
  if (unknown.length > 0 || missing.length > 0 || new Set(names).size !== names.length)
    throw new CsvError(
      `header: found ${names.join(',').slice(0, 200)}, expected ${NEEDED.join(',')} and any of ${COLUMNS.slice(3).join(',')}`,
    );
  const items = new Map<string, CatalogueItem>();
  const rejected: { line: number; problem: string }[] = [];
  for (const { line, cells } of rows) {
    const item = itemOf(names, cells, currency);
    if (typeof item === 'string') rejected.push({ line, problem: item });
    else if (items.has(item.sku)) rejected.push({ line, problem: `sku: found ${item.sku} again` });
    else items.set(item.sku, item);
  }
  return { items: [...items.values()], rejected };
}

function itemOf(names: readonly string[], cells: readonly string[], currency: string): CatalogueItem | string {
  if (cells.length !== names.length) return `found ${cells.length} columns, expected ${names.length}`;
  const of = (name: string) => cells[names.indexOf(name)]?.trim() ?? '';
  try {
    const minor = (name: string) => (of(name) === '' ? 0 : fromDecimal(of(name), currency).amountMinor);
    const hours = of('sold_from') === '' && of('sold_until') === '' ? null : [of('sold_from'), of('sold_until')];
    const read = catalogueItemSchema.safeParse({
      ...{ sku: of('sku'), name: of('name'), priceMinor: of('price') === '' ? undefined : minor('price') },
      ...{ depositMinor: minor('deposit'), taxPpm: ppmOf(of('tax_percent')) },
      ...(of('sell_by') === '' ? {} : { sellBy: of('sell_by') }),
      ...(of('restriction') === '' ? {} : { restriction: of('restriction') }),
      ...(hours === null ? {} : { soldBetween: hours }),
    });
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    return `${issue!.path.join('.')}: ${issue!.message}`;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Millionths of a percentage with up to four decimals; NaN, which no schema takes, for anything else. */
function ppmOf(text: string): number {
  if (text === '') return 0;
  if (!/^\d{1,3}(\.\d{1,4})?$/.test(text)) return Number.NaN;
  const [whole, rest = ''] = text.split('.');
  return Number(`${whole}${rest.padEnd(4, '0')}`);
}

/** Rows with the line that each begins on; empty lines are skipped. */
function parseCsv(text: string): { line: number; cells: string[] }[] {
  const rows: { line: number; cells: string[] }[] = [];
  const source = text.replace(/^\uFEFF/, '');
  let [cells, cell, quoted, line, began]: [string[], string, boolean, number, number] = [[], '', false, 1, 1];
  const endRow = () => {
    cells.push(cell);
    if (cells.length > 1 || cell !== '') rows.push({ line: began, cells });
    [cells, cell] = [[], ''];
  };
  for (let i = 0; i < source.length; i++) {
    const char = source[i]!;
    if (char === '\n') line++;
    if (quoted) {
      if (char !== '"') cell += char;
      else if (source[i + 1] === '"') cell += source[++i];
      else quoted = false;
    } else if (char === '"' && cell === '') quoted = true;
    else if (char === ',') {
      cells.push(cell);
      cell = '';
    } else if (char === '\n') {
      endRow();
      began = line;
    } else if (char !== '\r') cell += char;
  }
  if (quoted) throw new CsvError(`line ${began}: found a quote that does not end`);
  if (cells.length > 0 || cell !== '') endRow();
  return rows;
}
