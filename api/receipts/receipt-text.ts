import type { ReceiptView } from './receipt-view.ts';

const WIDTH = 42;

/** A receipt as plain text of 42 columns, for mail programs that show no HTML and for till printers. */
export function receiptText(view: ReceiptView): string {
  const { words, total, deposits, fiscal } = view;
  const rule = '-'.repeat(WIDTH);
  return [
    view.retailer,
    view.store,
    view.title,
    ...view.facts.map(([name, value]) => `${name}: ${value}`),
    rule,
    ...(view.lines.length === 0 ? [words.nothing] : []),
    ...view.lines.flatMap((line) => [
      apart(line.name, `${line.total} ${line.rate}`),
      ...[line.quantity, ...line.notes].map((text) => `  ${text}`),
    ]),
    rule,
    apart(...total),
    ...(deposits === null ? [] : [apart(...deposits)]),
    ...view.taxes.map(({ rate, net, tax }) => apart(`${words.tax} ${rate}`, `${words.net} ${net} ${words.tax} ${tax}`)),
    ...(fiscal === null ? [] : [`${words.fiscal}: ${fiscal.provider}`, fiscal.signature]),
    '',
  ].join('\n');
}

function apart(left: string, right: string): string {
  const room = WIDTH - right.length - 1;
  return `${left.length > room ? `${left.slice(0, Math.max(room - 1, 1))}…` : left.padEnd(room)} ${right}`;
}
