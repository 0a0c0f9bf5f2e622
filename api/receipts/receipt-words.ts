/** The words on a receipt, by language. */
export const RECEIPT_WORDS = {
  en: {
    receipt: 'Receipt',
    creditNote: 'Credit note',
    corrects: 'corrects',
    date: 'Date',
    entered: 'Entered',
    left: 'Left',
    discount: 'Discount',
    deposit: 'incl. deposit',
    deposits: 'Deposits included',
    total: 'Total',
    refund: 'Refunded',
    tax: 'VAT',
    net: 'Net',
    gross: 'Gross',
    fiscal: 'Fiscal signature',
    nothing: 'Nothing was taken; nothing was charged.',
  },
  de: {
    receipt: 'Kassenbon',
    creditNote: 'Gutschrift',
    corrects: 'berichtigt',
    date: 'Datum',
    entered: 'Betreten',
    left: 'Verlassen',
    discount: 'Rabatt',
    deposit: 'davon Pfand',
    deposits: 'Enthaltenes Pfand',
    total: 'Summe',
    refund: 'Erstattet',
    tax: 'MwSt.',
    net: 'Netto',
    gross: 'Brutto',
    fiscal: 'Fiskalsignatur',
    nothing: 'Nichts entnommen, nichts berechnet.',
  },
} as const;

export type Language = keyof typeof RECEIPT_WORDS;
export type ReceiptWords = (typeof RECEIPT_WORDS)[Language];
