import { toDecimal } from '../money.ts';
import type { OrderLine, Receipt } from '../orders/order.ts';
import { type Language, RECEIPT_WORDS, type ReceiptWords } from './receipt-words.ts';

/** How a receipt is to be read. */
export interface ReceiptStyle {
  readonly language: Language;
  /** IANA name of the store's time zone. */
  readonly timeZone: string;
  /** Number of the receipt that a credit note corrects. */
  readonly correctsNumber: string | null;
}

export interface ViewLine {
  readonly name: string;
  /** `2 × €1.20`, `0.347 kg × €2.49` */
  readonly quantity: string;
  readonly total: string;
  /** Letter of the tax rate. */
  readonly rate: string;
  /** Discount and deposit, where there are any. */
  readonly notes: readonly string[];
}

/** A receipt as texts, ready to be set in any medium. */
export interface ReceiptView {
  readonly language: Language;
  readonly words: ReceiptWords;
  readonly title: string;
  readonly retailer: string;
  readonly store: string;
  readonly facts: readonly (readonly [string, string])[];
  readonly lines: readonly ViewLine[];
  readonly total: readonly [string, string];
  readonly deposits: readonly [string, string] | null;
  readonly taxes: readonly {
    readonly rate: string;
    readonly net: string;
    readonly tax: string;
    readonly gross: string;
  }[];
  readonly fiscal: Receipt['fiscal'];
}

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-IE', de: 'de-DE' };

/** Texts of a receipt; amounts are printed from their minor units without passing through a fraction. */
export function receiptView(receipt: Receipt, style: ReceiptStyle): ReceiptView {
  const { prices, kind, number } = receipt;
  const words = RECEIPT_WORDS[style.language];
  const print = printers(style, prices.currency);
  const isCredit = kind === 'credit-note';
  const depositMinor = prices.lines.reduce((sum, line) => sum + line.depositMinor, 0);
  return {
    language: style.language,
    words,
    title: `${isCredit ? words.creditNote : words.receipt} ${number}`,
    retailer: receipt.retailerName,
    store: receipt.storeName,
    facts: [
      ...(isCredit && style.correctsNumber !== null ? [[words.corrects, style.correctsNumber] as const] : []),
      [words.date, print.time(receipt.issuedAtMs)],
      [words.entered, print.time(receipt.tripStartedAtMs)],
      ...(receipt.tripEndedAtMs === null ? [] : [[words.left, print.time(receipt.tripEndedAtMs)] as const]),
    ],
    lines: prices.lines.map((line) => viewLine(line, receipt, print, words)),
    total: [isCredit ? words.refund : words.total, print.amount(prices.totalMinor)],
    deposits: depositMinor === 0 ? null : [words.deposits, print.amount(depositMinor)],
    taxes: receipt.taxes.map(({ taxPpm, netMinor, taxMinor }, i) => ({
      rate: `${letter(i)}  ${print.percent(taxPpm)}`,
      net: print.amount(netMinor),
      tax: print.amount(taxMinor),
      gross: print.amount(netMinor + taxMinor),
    })),
    fiscal: receipt.fiscal,
  };
}

interface Printers {
  readonly amount: (minor: number) => string;
  readonly percent: (ppm: number) => string;
  readonly time: (ms: number) => string;
  readonly number: (value: number) => string;
}

function printers({ language, timeZone }: ReceiptStyle, currency: string): Printers {
  const locale = LOCALES[language];
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 4 });
  const time = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone });
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 });
  return {
    amount: (amountMinor) => money.format(toDecimal({ amountMinor, currency }) as `${number}`),
    percent: (ppm) => percent.format(ppm / 1_000_000),
    time: (ms) => time.format(ms),
    number: (value) => number.format(value),
  };
}

function viewLine(line: OrderLine, { taxes }: Receipt, print: Printers, words: ReceiptWords): ViewLine {
  const { value, unit } = line.quantity;
  const count = unit === 'g' ? `${print.number(value / 1000)} kg` : print.number(value);
  return {
    name: line.name,
    quantity: `${count} × ${print.amount(line.unitPriceMinor)}`,
    total: print.amount(line.totalMinor),
    rate: letter(taxes.findIndex(({ taxPpm }) => taxPpm === line.taxPpm)),
    notes: [
      ...(line.discountMinor === 0 ? [] : [`${words.discount} ${print.amount(-line.discountMinor)}`]),
      ...(line.depositMinor === 0 ? [] : [`${words.deposit} ${print.amount(line.depositMinor)}`]),
    ],
  };
}

function letter(i: number): string {
  return i < 0 ? '' : String.fromCharCode(65 + i);
}
