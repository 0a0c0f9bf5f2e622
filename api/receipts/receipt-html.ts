import { createHash } from 'node:crypto';
import QRCode from 'qrcode';
import { escaped } from '../sinks/xml.ts';
import type { ReceiptView } from './receipt-view.ts';

const STYLE = `body{font:15px/1.4 system-ui,sans-serif;max-width:26rem;margin:1rem auto;padding:0 1rem;color:#111;background:#fff}
h1{font-size:1.1rem;margin:.5rem 0}table{width:100%;border-collapse:collapse}th,td{padding:.15rem 0;text-align:left;vertical-align:top}
.n{text-align:right;white-space:nowrap;padding-left:.5rem}.s{color:#555;font-size:.85em}.t td{border-top:1px solid #111;font-weight:700}
dl{display:grid;grid-template-columns:auto 1fr;gap:0 1rem}dd{margin:0}svg{width:9rem;height:9rem}code{word-break:break-all}`;

/** A page's `Content-Security-Policy` under which a receipt shows and nothing else runs. */
export const RECEIPT_CSP = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

/** A receipt as one page: no script, nothing loaded, every text escaped. */
export async function receiptHtml(view: ReceiptView): Promise<string> {
  const { words, lines } = view;
  const body = [
    `<h1>${escaped(view.retailer)}</h1><p>${escaped(view.store)}</p><h2>${escaped(view.title)}</h2>`,
    `<dl>${view.facts.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join('')}</dl>`,
    lines.length === 0 ? `<p>${escaped(words.nothing)}</p>` : table(view),
    view.taxes.length === 0 ? '' : taxTable(view),
    await fiscal(view),
  ];
  return `<!doctype html><html lang="${view.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(view.title)}</title><style>${STYLE}</style></head><body><main>${body.join('')}</main></body></html>`;
}

function table({ lines, total, deposits }: ReceiptView): string {
  const rows = lines.map(({ name, quantity, notes, total: amount, rate }) => {
    const small = [quantity, ...notes].map((text) => `<div class="s">${escaped(text)}</div>`).join('');
    return `<tr><td>${escaped(name)}${small}</td><td class="n">${escaped(amount)} ${rate}</td></tr>`;
  });
  const row = ([name, value]: readonly [string, string], kind: string) =>
    `<tr class="${kind}"><td>${escaped(name)}</td><td class="n">${escaped(value)}</td></tr>`;
  return `<table>${rows.join('')}${row(total, 't')}${deposits === null ? '' : row(deposits, 's')}</table>`;
}

function taxTable({ words, taxes }: ReceiptView): string {
  const cell = (text: string) => `<td class="n">${escaped(text)}</td>`;
  const rows = taxes.map(
    ({ rate, net, tax, gross }) => `<tr><td>${escaped(rate)}</td>${[net, tax, gross].map(cell).join('')}</tr>`,
  );
  const head = [words.net, words.tax, words.gross].map((name) => `<th class="n">${escaped(name)}</th>`).join('');
  return `<table class="s"><tr><th>${escaped(words.tax)}</th>${head}</tr>${rows.join('')}</table>`;
}

async function fiscal({ fiscal: signed, words }: ReceiptView): Promise<string> {
  if (signed === null) return '';
  const picture = signed.qr === null ? '' : await QRCode.toString(signed.qr, { type: 'svg', margin: 2 });
  return `<section class="s"><p>${escaped(words.fiscal)}: ${escaped(signed.provider)}</p><code>${escaped(signed.signature)}</code>${picture}</section>`;
}
