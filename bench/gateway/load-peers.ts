/** What a gateway under load talks to, in a process of its own: the payment provider and a webhook endpoint. */
import { createServer } from 'node:http';
import { systemClock } from '../../api/clock.ts';
import { TestStripe } from '../../api/payments/test-provider/stripe-server.ts';
import { listening, textOf } from './unruly-provider.ts';

export interface PeersMessage {
  readonly providerPort: number;
  readonly hookUrl: string;
}

/** Trips whose `order.completed` came, with the time of this machine's clock. */
export type CompletedMessage = readonly (readonly [tripId: string, atMs: number])[];

const now = () => performance.timeOrigin + performance.now();
const provider = new TestStripe({ clock: systemClock, apiKey: 'sk_test', webhookSecret: 'whsec_t', webhookUrl: null });
let completed: [string, number][] = [];
const hook = createServer(async (request, response) => {
  const body = await textOf(request);
  response.writeHead(204).end();
  if (!body.includes('order.completed')) return;
  const { data } = JSON.parse(body) as { data: { tripId: string } };
  completed.push([data.tripId, now()]);
});
const { port } = new URL(await provider.server.listen());
const hookUrl = `http://127.0.0.1:${await listening(hook)}/hook`;
process.send!({ providerPort: Number(port), hookUrl } satisfies PeersMessage);
setInterval(() => {
  if (completed.length > 0) process.send!(completed satisfies CompletedMessage);
  completed = [];
}, 20);
process.on('disconnect', () => process.exit(0));
