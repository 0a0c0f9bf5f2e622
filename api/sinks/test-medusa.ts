import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Order {
  readonly id: string;
  readonly email: string;
  readonly total: number;
  readonly currency_code: string;
  payment_status: string;
}

/**
 * Answers as the admin routes of Medusa 2 are published to, with prices of its own; written by us, not recorded: it shows
 * that the sink keeps to what is published, not that Medusa does.
 */
export async function startTestMedusa(prices: Readonly<Record<string, number>>) {
  const drafts = new Map<string, Order>();
  const orders = new Map<string, Order>();
  const collections = new Map<string, number>();
  /** Calls until one whose effect happens and whose answer is a 503. */
  let untilBroken: number | null = null;
  let last = 0;
  const answer = (method: string, url: URL, body: Record<string, unknown>): [number, unknown] => {
    const [, , kind, id, action] = url.pathname.split('/');
    const byEmail = (some: Map<string, Order>) =>
      [...some.values()].filter(({ email }) => email === url.searchParams.get('q'));
    if (method === 'GET' && kind === 'product-variants') {
      const sku = url.searchParams.get('sku')!;
      return [200, { variants: Object.hasOwn(prices, sku) ? [{ id: `variant_${sku}` }] : [] }];
    }
    if (method === 'GET' && kind === 'orders') return [200, { orders: byEmail(orders) }];
    if (method === 'GET' && kind === 'draft-orders') return [200, { draft_orders: byEmail(drafts) }];
    if (method === 'POST' && kind === 'draft-orders' && id === undefined) {
      const items = body['items'] as { variant_id: string; quantity: number }[];
      const cents = items.reduce(
        (sum, item) => sum + item.quantity * Math.round(100 * prices[item.variant_id.slice(8)]!),
        0,
      );
      const draft = { id: `order_${++last}`, email: String(body['email']), total: cents / 100, currency_code: 'eur' };
      drafts.set(draft.id, { ...draft, payment_status: 'not_paid' });
      return [200, { draft_order: drafts.get(draft.id) }];
    }
    if (method === 'POST' && action === 'convert-to-order') {
      const draft = drafts.get(id!);
      if (draft === undefined) return [404, { type: 'not_found' }];
      drafts.delete(id!);
      orders.set(id!, draft);
      return [200, { order: draft }];
    }
    if (method === 'DELETE' && kind === 'draft-orders') return [drafts.delete(id!) ? 200 : 404, { id, deleted: true }];
    if (method === 'POST' && kind === 'payment-collections' && id === undefined) {
      collections.set(`pay_col_${++last}`, Number(body['amount']));
      return [200, { payment_collection: { id: `pay_col_${last}` } }];
    }
    if (method === 'POST' && action === 'mark-as-paid') {
      const order = orders.get(String(body['order_id']));
      if (order === undefined || collections.get(id!) !== order.total) return [400, { type: 'invalid_data' }];
      order.payment_status = 'captured';
      return [200, { payment_collection: { id } }];
    }
    return [404, { type: 'not_found' }];
  };
  const server = createServer(async (request, response) => {
    const isKnown = request.headers.authorization === `Basic ${Buffer.from('sk_1:').toString('base64')}`;
    const body = await read(request);
    const given: [number, unknown] = isKnown
      ? answer(request.method!, new URL(request.url!, 'http://medusa'), body)
      : [401, {}];
    const [status, said]: [number, unknown] = untilBroken === 0 ? [503, {}] : given;
    if (untilBroken !== null) untilBroken--;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    ...{ drafts, orders, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    break(afterCalls: number | null) {
      untilBroken = afterCalls;
    },
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

async function read(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}
