import { isoTime } from '../clock.ts';
import { idFrom } from '../ids.ts';
import type { OrderLine, Receipt } from '../orders/order.ts';
import { checkReceipt } from './check-receipt.ts';
import type { FileFormat } from './drop.ts';
import { gtin14 } from './gtin.ts';

export interface EpcisOptions {
  /** URI under which products without a GTIN, stores and receipts are named, without a slash at its end. */
  readonly idBase: string;
}

/**
 * An EPCIS 2.0 document with one ObjectEvent per line: what left the store (or, on a credit note, what came back), when
 * and where. It carries no prices: EPCIS tells of things. `eventID` derives from receipt and line, so a repeat is the same event.
 */
export function epcisDocument(receipt: Receipt, { idBase }: EpcisOptions): object {
  checkReceipt(receipt);
  return {
    '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: isoTime(receipt.issuedAtMs),
    epcisBody: { eventList: receipt.prices.lines.map((line) => objectEvent(receipt, line, idBase)) },
  };
}

function objectEvent(receipt: Receipt, line: OrderLine, idBase: string): object {
  const isSale = receipt.kind === 'receipt';
  const place = `${idBase}/stores/${encodeURIComponent(receipt.storeId)}`;
  return {
    type: 'ObjectEvent',
    eventID: `urn:uuid:${idFrom('epcis', receipt.id, line.lineId)}`,
    eventTime: isoTime(isSale ? (receipt.tripEndedAtMs ?? receipt.issuedAtMs) : receipt.issuedAtMs),
    eventTimeZoneOffset: '+00:00',
    action: 'OBSERVE',
    bizStep: isSale ? 'retail_selling' : 'receiving',
    disposition: isSale ? 'retail_sold' : 'returned',
    readPoint: { id: `${place}/exit` },
    bizLocation: { id: place },
    bizTransactionList: [{ type: 'inv', bizTransaction: `${idBase}/receipts/${encodeURIComponent(receipt.number)}` }],
    quantityList: [quantity(line, idBase)],
  };
}

function quantity({ sku, quantity: { value, unit } }: OrderLine, idBase: string): object {
  const gtin = gtin14(sku);
  const epcClass = gtin === null ? `${idBase}/products/${encodeURIComponent(sku)}` : `https://id.gs1.org/01/${gtin}`;
  // KGM is UN/CEFACT's code for the kilogram; without `uom` the quantity counts items.
  return unit === 'g' ? { epcClass, quantity: value / 1000, uom: 'KGM' } : { epcClass, quantity: value };
}

/** EPCIS documents as files. */
export function epcisFormat(options: EpcisOptions): FileFormat {
  return {
    extension: 'jsonld',
    write: (receipt) => ({
      text: `${JSON.stringify(epcisDocument(receipt, options), null, 2)}\n`,
      records: receipt.prices.lines.length,
    }),
  };
}
