import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testReceipt } from '../sinks/test-receipt.ts';
import { receiptHtml } from './receipt-html.ts';
import { receiptPdf } from './receipt-pdf.ts';
import { receiptText } from './receipt-text.ts';
import { type ReceiptStyle, receiptView } from './receipt-view.ts';

const english: ReceiptStyle = { language: 'en', timeZone: 'Europe/Berlin', correctsNumber: null };
const viewOf = (change = {}, style = english) => receiptView(testReceipt(change), style);

/** The visible text of a PDF: glyphs of each font turned back by the font's own table of characters. */
function pdfText(pdf: Buffer): string {
  const objects = new Map<string, string>();
  for (const match of pdf.toString('latin1').matchAll(/(\d+) 0 obj\n([\s\S]*?)\nendobj/g))
    objects.set(match[1]!, match[2]!);
  const stream = (body: string) => {
    const bytes = Buffer.from(/stream\n([\s\S]*?)\nendstream/.exec(body)![1]!, 'latin1');
    return body.includes('/FlateDecode') ? inflateSync(bytes).toString('latin1') : bytes.toString('latin1');
  };
  const characters = new Map<string, string[]>();
  for (const body of objects.values()) {
    for (const [, font, id] of body.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const table = /\/ToUnicode (\d+) 0 R/.exec(objects.get(id!)!)![1]!;
      const codes = /\[([^\]]*)\]/.exec(stream(objects.get(table)!))![1]!;
      const hex = [...codes.matchAll(/<([\da-f ]*)>/gi)].map(([, code]) => code!.replaceAll(' ', ''));
      characters.set(
        font!,
        hex.map((code) => Buffer.from(code, 'hex').swap16().toString('utf16le')),
      );
    }
  }
  const content = [...objects.values()]
    .filter((body) => body.includes('stream'))
    .map(stream)
    .find((text) => text.includes(' Tf'))!;
  let text = '';
  let font = '';
  for (const match of content.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ|(\bET\b)/g)) {
    if (match[1]) font = match[1];
    else if (match[3]) text += '\n';
    else
      for (const [, glyphs] of match[2]!.matchAll(/<([\da-f]+)>/gi))
        for (const glyph of glyphs!.match(/.{4}/g)!) text += characters.get(font)![Number.parseInt(glyph, 16)];
  }
  return text;
}

test('says the same in HTML, text and PDF', async () => {
  const view = viewOf({ fiscal: { provider: 'TSE', signature: 'c2lnbmF0dXJl', qr: 'V0;1;signed' } });
  const html = await receiptHtml(view);
  const pdf = pdfText(await receiptPdf(view, Date.UTC(2026, 2, 1)));
  for (const text of [html, receiptText(view), pdf]) {
    for (const part of ['s1-000042', '€5.75', '€0.50', '0.347 kg × €2.48', '19%', 'c2lnbmF0dXJl'])
      expect(text).toContain(part);
  }
  expect(html).toContain('<svg');
  expect(pdf).toContain('Müller & Söhne <Märkte>');
});

test('prints amounts exactly, in every currency', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1_000_000_000 }),
      fc.constantFrom('EUR', 'JPY', 'KWD'),
      (totalMinor, currency) => {
        const receipt = testReceipt({}, [{ sku: 'a', count: 1, totalMinor, taxPpm: 0 }], currency);
        const digits = receiptView(receipt, english).total[1].replaceAll(/[^\d]/g, '');
        expect(Number(digits)).toBe(totalMinor);
      },
    ),
  );
});

test('breaks VAT down by rate so that net and tax make up the total', () => {
  const receipt = testReceipt();
  const grossMinor = receipt.taxes.reduce((sum, { netMinor, taxMinor }) => sum + netMinor + taxMinor, 0);
  expect(grossMinor).toBe(receipt.prices.totalMinor);
  const { taxes, lines, deposits } = viewOf();
  expect(taxes.map(({ rate }) => rate)).toEqual(['A  7%', 'B  19%']);
  expect(lines.map(({ rate }) => rate)).toEqual(['B', 'A', 'A']);
  expect(lines[1]!.notes).toEqual(['Discount -€0.50']);
  expect(deposits).toEqual(['Deposits included', '€0.50']);
});

test('says of a credit note what it corrects, in the language and time zone asked for', () => {
  const style: ReceiptStyle = { language: 'de', timeZone: 'Asia/Tokyo', correctsNumber: 's1-000007' };
  const view = viewOf({ kind: 'credit-note', correctsId: 'x' }, style);
  expect(view.title).toBe('Gutschrift s1-000042');
  expect(view.facts[0]).toEqual(['berichtigt', 's1-000007']);
  expect(view.facts[1]![1]).toContain('21:05');
  expect(view.total[0]).toBe('Erstattet');
});

test('shows a trip without purchases', async () => {
  const view = receiptView(testReceipt({}, []), english);
  expect(await receiptHtml(view)).toContain('Nothing was taken');
  expect(pdfText(await receiptPdf(view, 0))).toContain('Nothing was taken');
});

test('lets no name become markup', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), async (name) => {
      const receipt = testReceipt({ retailerName: `<script>${name}`, storeName: `"><img onerror=x>${name}` });
      const html = await receiptHtml(receiptView(receipt, english));
      expect(html.match(/<[a-z]+/gi)!.map((tag) => tag.slice(1))).not.toContain('script');
      expect(html).not.toContain('<img');
    }),
    { numRuns: 50 },
  );
});

test('makes the same PDF of the same receipt, however long', async () => {
  const many = Array.from({ length: 120 }, (_, i) => ({
    sku: `sku-${i}`,
    count: 1,
    totalMinor: 100 + i,
    taxPpm: 70_000,
  }));
  const view = receiptView(testReceipt({}, many), english);
  const pdf = await receiptPdf(view, 0);
  expect(pdf.equals(await receiptPdf(view, 0))).toBe(true);
  expect(pdf.toString('latin1').match(/\/Type \/Page\b/g)).toHaveLength(1);
  expect(pdfText(pdf)).toContain('sku-119');
});
