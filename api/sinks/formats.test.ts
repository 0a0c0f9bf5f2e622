import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MoneyError } from '../money.ts';
import type { OrderLine, Receipt } from '../orders/order.ts';
import { csvFormat } from './csv.ts';
import { epcisDocument } from './epcis.ts';
import { gtin14 } from './gtin.ts';
import { poslogFormat } from './poslog.ts';
import { testReceipt } from './test-receipt.ts';
import { elementPaths } from './test-xml.ts';

const DATA = process.env['AISLE_DATA'] ?? resolve(import.meta.dirname, '../../../shared/data');
const poslogSample = join(DATA, 'retail/poslog/SMALL.xml');
const epcisSchema = join(DATA, 'retail/epcis/EPCIS-JSON-Schema.json');

function isThere(file: string): boolean {
  const found = existsSync(file);
  if (!found) console.info(`not compared with ${file}: it is not there (set AISLE_DATA)`);
  return found;
}

/** RFC 4180, read by other rules than it was written with. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  const row: string[] = [];
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    if (match === null) throw new Error('CSV: found a broken cell');
    row.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] === '\r\n') rows.push(row.splice(0));
  }
  return rows;
}

test('writes CSV that reads back to the same cells, whatever stands in the names', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      const receipt = testReceipt();
      const lines = receipt.prices.lines.map((line) => ({ ...line, name }));
      const { text, records } = csvFormat.write({ ...receipt, prices: { ...receipt.prices, lines } });
      const [head, ...rows] = readCsv(text);
      expect(rows).toHaveLength(records);
      for (const row of rows) expect(row[head!.indexOf('name')]).toBe(name);
      const totals = rows.map((row) => Number(row[head!.indexOf('total_minor')]));
      expect(totals.reduce((a, b) => a + b, 0)).toBe(receipt.prices.totalMinor);
    }),
  );
});

test('writes well-formed POSLog whatever stands in the names', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const receipt = testReceipt();
      const lines = receipt.prices.lines.map((line) => ({ ...line, name }));
      elementPaths(poslogFormat.write({ ...receipt, prices: { ...receipt.prices, lines } }).text);
    }),
  );
});

test('notices XML that is not well-formed', () => {
  for (const bad of [
    '<a><b></a>',
    '<a>&</a>',
    '<a/><b/>',
    '<a',
    '<a x="1" x="2"/>',
    'a',
    '<a></a>b',
    '<a>\u0001</a>',
  ]) {
    expect(() => elementPaths(bad), bad).toThrow(/XML/);
  }
});

test.runIf(isThere(poslogSample))("lays POSLog out as a real till's log does", () => {
  const theirs = new Set(elementPaths(readFileSync(poslogSample, 'utf8')));
  const ours = new Set(elementPaths(poslogFormat.write(testReceipt()).text));
  const ourOwn = [...ours].filter((path) => !theirs.has(path));
  const sale = 'POSLog/Transaction/RetailTransaction/LineItem/Sale';
  // The sample's store sells without VAT and deposits.
  expect(ourOwn).toEqual(
    [`${sale}/Deposit`, ...['', '/TaxableAmount', '/Amount', '/Percent'].map((part) => `${sale}/Tax${part}`)].toSorted(
      (a, b) => ourOwn.indexOf(a) - ourOwn.indexOf(b),
    ),
  );
  for (const path of ['LineItem/Sale/ExtendedAmount', 'LineItem/Tender/Amount', 'Total']) {
    expect(ours).toContain(`POSLog/Transaction/RetailTransaction/${path}`);
  }
});

test('writes amounts in POSLog with the digits of the currency', () => {
  const text = poslogFormat.write(testReceipt()).text;
  expect(text).toContain('<Total TotalType="TransactionGrandAmount">5.75</Total>');
  expect(text).toContain('<Quantity>0.347</Quantity>');
  const yen = poslogFormat.write(testReceipt({}, undefined, 'JPY')).text;
  expect(yen).toContain('<Total TotalType="TransactionGrandAmount">575</Total>');
});

test('refuses receipts in major units, with fractions, or whose sums are off', () => {
  const receipt = testReceipt();
  const changed = (line: Partial<OrderLine>): Receipt => ({
    ...receipt,
    prices: { ...receipt.prices, lines: [{ ...receipt.prices.lines[0]!, ...line }, ...receipt.prices.lines.slice(1)] },
  });
  for (const format of [csvFormat, poslogFormat]) {
    expect(() => format.write(changed({ totalMinor: 2.9 }))).toThrow(MoneyError);
    expect(() => format.write(changed({ totalMinor: 29_000 }))).toThrow(/line l0: found 290, expected 29000/);
    expect(() => format.write({ ...receipt, prices: { ...receipt.prices, totalMinor: 5 } })).toThrow(
      /total: found 575, expected 5/,
    );
    expect(() => format.write({ ...receipt, prices: { ...receipt.prices, currency: 'eur' } })).toThrow(MoneyError);
  }
});

test.runIf(isThere(epcisSchema))('writes EPCIS that the official schema accepts, for sales and returns', () => {
  const schema = JSON.parse(readFileSync(epcisSchema, 'utf8'));
  const ajv = String(schema.$schema).includes('2020') ? new Ajv2020({ strict: false }) : new Ajv({ strict: false });
  formats.default(ajv);
  const options = { idBase: 'https://retailer.example' };
  for (const kind of ['receipt', 'credit-note'] as const) {
    const document = epcisDocument(testReceipt({ kind }), options);
    expect(ajv.validate(schema, document), ajv.errorsText()).toBe(true);
    const wrong = JSON.parse(JSON.stringify(document).replaceAll('"OBSERVE"', '"SOLD"'));
    expect(ajv.validate(schema, wrong)).toBe(false);
  }
});

test('names products in EPCIS by their GTIN where they have one, and weighs in kilograms', () => {
  const document = JSON.stringify(epcisDocument(testReceipt(), { idBase: 'https://retailer.example' }));
  expect(document).toContain('{"epcClass":"https://id.gs1.org/01/04006381333931","quantity":2}');
  expect(document).toContain('{"epcClass":"https://retailer.example/products/apples","quantity":0.347,"uom":"KGM"}');
  expect(document).toBe(JSON.stringify(epcisDocument(testReceipt(), { idBase: 'https://retailer.example' })));
});

test('tells GTINs from other numbers by their check digit', () => {
  expect(gtin14('4006381333931')).toBe('04006381333931');
  expect(gtin14('96385074')).toBe('00000096385074');
  for (const wrong of ['4006381333932', '123', 'bread', '40063813339310']) expect(gtin14(wrong)).toBeNull();
});
