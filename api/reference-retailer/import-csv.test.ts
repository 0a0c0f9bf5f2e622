import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CsvError, importCsv } from './import-csv.ts';

test('reads items with quotes, hours and percentages, and tells each line that does not fit', () => {
  const text = [
    '\uFEFFsku,name,price,sell_by,deposit,tax_percent,restriction,sold_from,sold_until',
    'cola,"Cola, ""big""",1.99,each,0.25,19,,,',
    'beer,Beer,2,,,19,alcohol,08:00,22:00',
    '',
    'apples,Apples,2.49,g,,7.5,,,',
    'half,Half a cent,0.005,,,,,,',
    'cola,Again,1,,,,,,',
    'short,Short',
    'none,No price,,,,,,,',
    'late,Late,1,,,,,25:00,26:00',
    'tax,Tax,1,,,x,,,',
  ].join('\r\n');
  const { items, rejected } = importCsv(text, 'EUR');
  expect(items).toEqual([
    { sku: 'cola', name: 'Cola, "big"', priceMinor: 199, sellBy: 'each', depositMinor: 25, taxPpm: 190_000 },
    {
      ...{ sku: 'beer', name: 'Beer', priceMinor: 200, sellBy: 'each', depositMinor: 0, taxPpm: 190_000 },
      ...{ restriction: 'alcohol', soldBetween: ['08:00', '22:00'] },
    },
    { sku: 'apples', name: 'Apples', priceMinor: 249, sellBy: 'g', depositMinor: 0, taxPpm: 75_000 },
  ]);
  expect(rejected.map(({ line }) => line)).toEqual([6, 7, 8, 9, 10, 11]);
  expect(rejected[0]!.problem).toContain('0.005');
  expect(importCsv('sku,name,price\na,A,150', 'JPY').items[0]!.priceMinor).toBe(150);
});

test('refuses a file whose header or quotes cannot be', () => {
  for (const text of ['', 'sku,name', 'sku,name,price,colour', 'sku,name,price,sku', 'sku,name,price\na,"b,1'])
    expect(() => importCsv(text, 'EUR')).toThrow(CsvError);
});

test('reads back whatever a file may hold between quotes', () => {
  const name = fc.string({ minLength: 1, maxLength: 30 }).filter((text) => text.trim() === text && text !== '');
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 6 }), (names) => {
      const rows = names.map((one, i) => `s${i},"${one.replaceAll('"', '""')}",1.50`);
      const { items, rejected } = importCsv(`sku,name,price\n${rows.join('\n')}`, 'EUR');
      expect([items.map((item) => item.name), rejected]).toEqual([names, []]);
    }),
  );
});
