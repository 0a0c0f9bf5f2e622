import { toDecimal } from '../money.ts';
import type { OrderLine, Receipt } from '../orders/order.ts';
import { checkReceipt } from './check-receipt.ts';
import type { FileFormat } from './drop.ts';
import { element, type Xml } from './xml.ts';

const NAMESPACE = 'http://www.nrf-arts.org/IXRetail/namespace/';

/** POSLog-shaped XML after ARTS' data dictionary, laid out as real tills write it; no schema was there to validate against. */
export const poslogFormat: FileFormat = {
  extension: 'xml',
  write(receipt) {
    checkReceipt(receipt);
    const root = element('POSLog', { xmlns: NAMESPACE }, [transaction(receipt)]);
    return { text: `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`, records: 1 };
  },
};

function transaction(receipt: Receipt): Xml {
  const { storeId, number, issuedAtMs, prices } = receipt;
  return element('Transaction', {}, [
    element('RetailStoreID', {}, [storeId]),
    element('WorkstationID', {}, ['gate']),
    element('SequenceNumber', {}, [number.replace(/^.*-/, '')]),
    element('BusinessDayDate', {}, [localTime(issuedAtMs).slice(0, 10)]),
    element('EndDateTime', {}, [localTime(issuedAtMs)]),
    element('CurrencyCode', {}, [prices.currency]),
    retailTransaction(receipt),
  ]);
}

function retailTransaction(receipt: Receipt): Xml {
  const { prices, issuedAtMs, kind, id } = receipt;
  const total = (type: string, minor: number) => element('Total', { TotalType: type }, [decimal(receipt, minor)]);
  const tender = lineItem(
    prices.lines.length,
    element('Tender', { TenderType: 'CreditDebit', TypeCode: kind === 'receipt' ? 'Sale' : 'Refund' }, [
      element('Amount', {}, [decimal(receipt, prices.totalMinor)]),
      element('Authorization', { HostAuthorized: 'true' }, [element('ReferenceNumber', {}, [id])]),
    ]),
  );
  return element('RetailTransaction', { Version: '2.1' }, [
    element('ReceiptDateTime', {}, [localTime(issuedAtMs)]),
    ...prices.lines.map((line, i) => lineItem(i, sale(receipt, line))),
    tender,
    total('TransactionGrandAmount', prices.totalMinor),
    total('TransactionTaxAmount', prices.taxMinor),
  ]);
}

function lineItem(i: number, content: Xml): Xml {
  return element('LineItem', {}, [element('SequenceNumber', {}, [String(i + 1)]), content]);
}

function sale(receipt: Receipt, line: OrderLine): Xml {
  const isGtin = /^\d{8}$|^\d{12,14}$/.test(line.sku);
  const amount = (name: string, minor: number) => element(name, {}, [decimal(receipt, minor)]);
  return element(receipt.kind === 'receipt' ? 'Sale' : 'Return', { ItemType: 'Stock' }, [
    ...(isGtin ? [element('POSIdentity', { POSIDType: 'GTIN' }, [element('POSItemID', {}, [line.sku])])] : []),
    element('ItemID', {}, [line.sku]),
    element('Description', {}, [line.name]),
    amount('RegularSalesUnitPrice', line.unitPriceMinor),
    amount('ExtendedAmount', line.totalMinor),
    amount('DiscountAmount', line.discountMinor),
    // Goods sold by weight are counted in the unit of their price: kilograms.
    element('Quantity', {}, [
      line.quantity.unit === 'g' ? (line.quantity.value / 1000).toString() : String(line.quantity.value),
    ]),
    ...(line.depositMinor > 0 ? [amount('Deposit', line.depositMinor)] : []),
    element('Tax', { TaxType: 'VAT' }, [
      element('TaxableAmount', {}, [decimal(receipt, line.netMinor)]),
      amount('Amount', line.taxMinor),
      element('Percent', {}, [(line.taxPpm / 10_000).toString()]),
    ]),
  ]);
}

function decimal({ prices }: Receipt, amountMinor: number): string {
  return toDecimal({ amountMinor, currency: prices.currency });
}

/** `2026-03-01T12:05:00`, UTC without its letter, as tills write it. */
function localTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19);
}
