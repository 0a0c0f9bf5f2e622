import { createRequire } from 'node:module';
import { buffer } from 'node:stream/consumers';
import PDFDocument from 'pdfkit';
import QRCode from 'qrcode';
import type { ReceiptView } from './receipt-view.ts';

const fonts = createRequire(import.meta.url);
const REGULAR = fonts.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');
const BOLD = fonts.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf');

/** A till roll of 80 mm, in points. */
const WIDTH = 227;
const MARGIN = 14;
const INNER = WIDTH - 2 * MARGIN;
const SIZE = 8;
const QR_SIZE = 90;
/** PDF allows no page longer than this; a receipt beyond it goes on on the next. */
const MAX_HEIGHT = 14_400;

/** A receipt as a PDF of one long page with the font embedded; the same receipt gives the same bytes. */
export async function receiptPdf(view: ReceiptView, issuedAtMs: number): Promise<Buffer> {
  // Set once to learn its length, then on a page of that length.
  const height = Math.min(Math.ceil((await set(view, issuedAtMs, MAX_HEIGHT)).height + MARGIN), MAX_HEIGHT);
  return (await set(view, issuedAtMs, height)).pdf;
}

async function set(view: ReceiptView, issuedAtMs: number, height: number): Promise<{ pdf: Buffer; height: number }> {
  const document = new PDFDocument({
    size: [WIDTH, height],
    margins: { top: MARGIN, bottom: 0, left: MARGIN, right: MARGIN },
    lang: view.language,
    displayTitle: true,
    info: {
      Title: view.title,
      Author: view.retailer,
      CreationDate: new Date(issuedAtMs),
      ModDate: new Date(issuedAtMs),
    },
  });
  document.registerFont('regular', REGULAR).registerFont('bold', BOLD);
  const qr = view.fiscal?.qr ?? null;
  const picture = qr === null ? null : await QRCode.toBuffer(qr, { margin: 1, width: QR_SIZE * 4 });
  write(document, view, picture);
  const end = document.y;
  document.end();
  return { pdf: await buffer(document), height: end };
}

function write(document: PDFKit.PDFDocument, view: ReceiptView, picture: Buffer | null): void {
  const { words, total, deposits, fiscal } = view;
  const plain = (text: string) =>
    document.font('regular').fontSize(SIZE).text(text, MARGIN, document.y, { width: INNER });
  const bold = (text: string, size = SIZE) =>
    document.font('bold').fontSize(size).text(text, MARGIN, document.y, { width: INNER });
  const rule = () => {
    document
      .moveTo(MARGIN, document.y + 3)
      .lineTo(WIDTH - MARGIN, document.y + 3)
      .lineWidth(0.5)
      .stroke();
    document.y += 7;
  };
  bold(view.retailer, 11);
  plain(view.store);
  bold(view.title, 9);
  for (const fact of view.facts) row(document, 'regular', fact);
  rule();
  if (view.lines.length === 0) plain(words.nothing);
  for (const line of view.lines) {
    row(document, 'regular', [line.name, `${line.total} ${line.rate}`]);
    for (const text of [line.quantity, ...line.notes]) plain(`   ${text}`);
  }
  rule();
  row(document, 'bold', total);
  if (deposits !== null) row(document, 'regular', deposits);
  rule();
  for (const { rate, net, tax, gross } of view.taxes) {
    row(document, 'regular', [`${words.tax} ${rate}`, `${words.net} ${net}`]);
    row(document, 'regular', [`   ${words.tax} ${tax}`, `${words.gross} ${gross}`]);
  }
  if (fiscal === null) return;
  plain(`${words.fiscal}: ${fiscal.provider}`);
  plain(fiscal.signature);
  if (picture === null) return;
  document.image(picture, MARGIN, document.y + 3, { width: QR_SIZE });
  document.y += QR_SIZE + 6;
}

/** A text at the left, wrapped where it is long, and one at the right. */
function row(document: PDFKit.PDFDocument, font: 'regular' | 'bold', [left, right]: readonly [string, string]): void {
  document.font(font).fontSize(SIZE);
  const rightWidth = document.widthOfString(right) + 2;
  const top = document.y;
  document.text(right, MARGIN, top, { width: INNER, align: 'right' });
  const below = document.y;
  document.text(left, MARGIN, top, { width: INNER - rightWidth - 6 });
  document.y = Math.max(document.y, below);
}
