import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TestClock } from '../test-clock.ts';
import { AdyenPayments, adyenSettingsSchema } from './adyen.ts';
import type { PaymentNotice, PaymentPort } from './payment-port.ts';
import { StripePayments, stripeSettingsSchema } from './stripe.ts';
import type { Bank } from './test-provider/bank.ts';
import { TestStripe } from './test-provider/stripe-server.ts';
import { TestAdyen } from './test-provider/test-adyen.ts';
import type { WireServer } from './test-provider/wire-server.ts';

/** A provider on a free port, an adapter that talks to it, and a webhook receiver: all real servers. */
export interface Rig {
  readonly port: PaymentPort;
  readonly bank: Bank;
  readonly server: WireServer;
  readonly clock: TestClock;
  readonly url: string;
  /** Bodies as they came in, with their headers. */
  readonly received: { readonly body: string; readonly headers: Readonly<Record<string, string | undefined>> }[];
  /** Settles when everything that was set off has been told. */
  told(): Promise<void>;
  /** Everything told so far, verified. */
  notices(): Promise<PaymentNotice[]>;
  play(what: string, id: string): Promise<void>;
  close(): Promise<void>;
}

const SLOW_MS = 1_500;
const TIMEOUT_MS = 600;

export async function stripeRig(clock = new TestClock()): Promise<Rig> {
  const options = { clock, apiKey: 'sk_test_1', webhookSecret: 'whsec_test', webhookUrl: null, slowMs: SLOW_MS };
  const provider = new TestStripe(options);
  const url = await provider.server.listen();
  const { hostname, port } = new URL(url);
  const settings = stripeSettingsSchema.parse({
    ...{ kind: 'stripe', apiKey: 'sk_test_1', webhookSecrets: ['whsec_old', 'whsec_test'], host: hostname },
    ...{ port: Number(port), protocol: 'http', timeoutMs: TIMEOUT_MS },
  });
  return rig(provider, new StripePayments(settings, clock), url, clock);
}

export async function adyenRig(clock = new TestClock()): Promise<Rig> {
  const ids = { clock, apiKey: 'key', merchantAccount: 'OpenAisle', hmacKey: 'ab'.repeat(32) };
  const provider = new TestAdyen({ ...ids, webhookUrl: null, slowMs: SLOW_MS });
  const url = await provider.server.listen();
  const settings = adyenSettingsSchema.parse({
    ...{ kind: 'adyen', apiKey: 'key', merchantAccount: 'OpenAisle', baseUrl: `${url}/v71` },
    ...{ hmacKeys: ['ab'.repeat(32)], timeoutMs: TIMEOUT_MS },
  });
  return rig(provider, new AdyenPayments(settings, clock), url, clock);
}

async function rig(provider: TestStripe | TestAdyen, port: PaymentPort, url: string, clock: TestClock): Promise<Rig> {
  const received: Rig['received'] = [];
  const receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push({ body: Buffer.concat(chunks).toString(), headers: flat(request.headers) });
    response.end('ok');
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  provider.webhookUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const told = async () => {
    // Two turns: what a request set off may itself set something off.
    for (let turn = 0; turn < 2; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      await provider.server.notified();
    }
  };
  return {
    ...{ port, bank: provider.bank, server: provider.server, clock, url, received, told },
    async notices() {
      await told();
      return received.flatMap(({ body, headers }) => port.readNotification(body, headers));
    },
    async play(what, id) {
      const answer = await fetch(`${url}/test/${what}/${id}`, { method: 'POST' });
      if (!answer.ok) throw new Error(await answer.text());
    },
    async close() {
      await provider.server.close();
      receiver.closeAllConnections();
      await new Promise((resolve) => receiver.close(resolve));
    },
  };
}

function flat(headers: IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
