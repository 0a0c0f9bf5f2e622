import { isoTime } from '../clock.ts';
import type { OrderLine, Receipt } from '../orders/order.ts';
import { checkReceipt } from './check-receipt.ts';
import type { FileFormat } from './drop.ts';

const COLUMNS: readonly (readonly [string, (receipt: Receipt, line: OrderLine) => string | number])[] = [
  ['receipt_id', (receipt) => receipt.id],
  ['receipt_number', (receipt) => receipt.number],
  ['kind', (receipt) => receipt.kind],
  ['corrects_id', (receipt) => receipt.correctsId ?? ''],
  ['order_id', (receipt) => receipt.orderId],
  ['store_id', (receipt) => receipt.storeId],
  ['issued_at', (receipt) => isoTime(receipt.issuedAtMs)],
  ['currency', (receipt) => receipt.prices.currency],
  ['line_id', (_, line) => line.lineId],
  ['sku', (_, line) => line.sku],
  ['name', (_, line) => line.name],
  ['quantity', (_, line) => line.quantity.value],
  ['unit', (_, line) => line.quantity.unit],
  ['unit_price_minor', (_, line) => line.unitPriceMinor],
  ['discount_minor', (_, line) => line.discountMinor],
  ['deposit_minor', (_, line) => line.depositMinor],
  ['tax_ppm', (_, line) => line.taxPpm],
  ['net_minor', (_, line) => line.netMinor],
  ['tax_minor', (_, line) => line.taxMinor],
  ['total_minor', (_, line) => line.totalMinor],
];

/** RFC 4180 with a header, one record per line of the receipt; amounts in minor units, as the column names say. */
export const csvFormat: FileFormat = {
  extension: 'csv',
  write(receipt) {
    checkReceipt(receipt);
    const rows = receipt.prices.lines.map((line) => COLUMNS.map(([, value]) => cell(value(receipt, line))));
    const text = [COLUMNS.map(([name]) => name), ...rows].map((row) => `${row.join(',')}\r\n`).join('');
    return { text, records: rows.length };
  },
};

function cell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
