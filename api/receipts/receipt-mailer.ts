import { createTransport } from 'nodemailer';
import type { Receipt } from '../orders/order.ts';
import { receiptHtml } from './receipt-html.ts';
import { receiptPdf } from './receipt-pdf.ts';
import { receiptText } from './receipt-text.ts';
import { type ReceiptStyle, receiptView } from './receipt-view.ts';

export interface MailOptions {
  readonly host: string;
  readonly port: number;
  /** True: TLS from the start (port 465). Otherwise STARTTLS is demanded unless `allowPlain`. */
  readonly secure: boolean;
  /** For mail servers on this machine only. */
  readonly allowPlain?: boolean;
  readonly user?: string;
  readonly password?: string;
  /** `Shop <receipts@shop.example>` */
  readonly from: string;
  readonly timeoutMs?: number;
}

/** A mail that was refused for good: a wrong address, most often. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused';
}

/** Sends mail over SMTP; nothing of a mail is ever logged. */
export class Mailer {
  readonly #options: MailOptions;
  readonly #transport: ReturnType<typeof createTransport>;

  constructor(options: MailOptions) {
    this.#options = options;
    const { host, port, secure, user, password = '', timeoutMs = 15_000 } = options;
    this.#transport = createTransport({
      ...{ host, port, secure, requireTLS: !secure && !options.allowPlain, logger: false },
      ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs },
      // Texts of ours only: a template must not make the mailer read files or fetch addresses.
      ...{ disableFileAccess: true, disableUrlAccess: true },
      ...(user === undefined ? {} : { auth: { user, pass: password } }),
    });
  }

  /** Sends a receipt as text, HTML and PDF. Its Message-ID derives from its id, so a repeat is recognised as one. Throws `MailRefused` or a passing error. */
  async sendReceipt(to: string, receipt: Receipt, style: ReceiptStyle): Promise<void> {
    const view = receiptView(receipt, style);
    await this.#send({
      to,
      id: receipt.id,
      subject: `${receipt.retailerName}: ${view.title}`,
      text: receiptText(view),
      html: await receiptHtml(view),
      attachments: [
        {
          filename: `${receipt.number.replaceAll(/[^\w-]/g, '_')}.pdf`,
          contentType: 'application/pdf',
          content: await receiptPdf(view, receipt.issuedAtMs),
        },
      ],
    });
  }

  /** Sends a short text, to operators. Throws as `sendReceipt` does. */
  async sendNote(to: string, id: string, subject: string, text: string): Promise<void> {
    await this.#send({ to, id, subject, text });
  }

  close(): void {
    this.#transport.close();
  }

  async #send({
    to,
    id,
    ...mail
  }: {
    to: string;
    id: string;
    subject: string;
    text: string;
    html?: string;
    attachments?: object[];
  }): Promise<void> {
    // Only one address, and nothing that could be read as more than one.
    if (!/^[^\s<>,;:"()[\]\\@]+@[^\s<>,;:"()[\]\\@]+$/.test(to)) throw new MailRefused('found no mail address');
    const messageId = `<${id}@${this.#options.from.replace(/^.*@|>.*$/g, '')}>`;
    try {
      await this.#transport.sendMail({ ...mail, to, from: this.#options.from, messageId });
    } catch (error) {
      const code = (error as { responseCode?: number }).responseCode ?? 0;
      // 5xx of the recipient or the content; 530, 534 and 535 are about our own login and may be mended.
      if (code >= 550 && code < 560) throw new MailRefused(`the mail server answered ${code}`);
      throw error;
    }
  }
}
