import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { afterEach, expect, test } from 'vitest';
import type { Database } from '../store/database.ts';
import { describeOnBoth } from '../store/test-databases.ts';
import { TestClock } from '../test-clock.ts';
import { AddressGuard } from './address-guard.ts';
import { attemptsOf, listDeliveries, recover, resend } from './deliveries.ts';
import { Dispatcher, type DispatcherOptions } from './dispatcher.ts';
import { Endpoints, type NewEndpoint } from './endpoints.ts';
import { webhookMigrations } from './migrations.ts';
import { listEvents, Outbox } from './outbox.ts';
import { Poster } from './post.ts';
import { sampleData } from './sample-event.ts';
import { aesSeal } from './seal.ts';
import { newSecret } from './signature.ts';
import { TestReceiver } from './test-receiver.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const HOUR_MS = 3_600_000;

class World {
  readonly clock = new TestClock(Math.floor(Date.now() / 1000) * 1000);
  readonly outbox = new Outbox(this.clock, 'https://gateway.example');
  readonly guard = new AddressGuard({ allowPrivate: true });
  readonly poster = new Poster(this.guard, { timeoutMs: 3_000 });
  readonly endpoints: Endpoints;
  readonly database: Database;
  readonly dispatcher: Dispatcher;

  constructor(database: Database) {
    this.database = database;
    this.endpoints = new Endpoints({ ...this, seal: aesSeal(Buffer.alloc(32, 1)) });
    this.dispatcher = this.newDispatcher({});
    closers.push(() => this.poster.close());
  }

  newDispatcher(options: Partial<DispatcherOptions>): Dispatcher {
    return new Dispatcher({ ...this, draw: () => 0 }, options);
  }

  async receiver(asked: Partial<NewEndpoint> = {}, retailerId = 'r1') {
    const receiver = await TestReceiver.start();
    closers.push(() => receiver.stop());
    const made = await this.endpoints.create(retailerId, { url: receiver.url, ...asked });
    return { receiver, ...made };
  }

  /** Appends one event of a trip; its text tells its place in the trip. */
  append(tripId: string, n: number, retailerId = 'r1'): Promise<string> {
    const data = { ...sampleData('review.requested'), tripId, reason: String(n) };
    return this.database.transaction((tx) =>
      this.outbox.append(tx, { type: 'review.requested', retailerId, tripId, data }),
    );
  }
}

const placesOf = (receiver: TestReceiver, tripId: string) =>
  receiver.received
    .filter(({ event }) => event.subject === `trip/${tripId}`)
    .map(({ event }) => Number((event.data as { reason: string }).reason));

const status =
  (code: number, headers: Record<string, string> = {}): TestReceiver['answer'] =>
  (_, response) =>
    void response.writeHead(code, headers).end();

describeOnBoth('the dispatcher', webhookMigrations, (open) => {
  test('sends each event once, signed as the standardwebhooks and svix packages want it', async () => {
    const world = new World(await open());
    const { receiver, secret } = await world.receiver();
    const id = await world.append('t1', 0);
    await world.dispatcher.drain();
    await world.dispatcher.drain();
    expect(receiver.received).toHaveLength(1);
    const { body, headers } = receiver.received[0]!;
    expect(new Webhook(secret).verify(body, headers)).toMatchObject({
      id,
      specversion: '1.0',
      type: 'review.requested',
    });
    new SvixWebhook(secret).verify(body, headers);
    expect(headers['content-type']).toBe('application/cloudevents+json');
    expect(headers['webhook-id']).toBe(id);
  });

  test('sends nothing of a transaction that was undone', async () => {
    const world = new World(await open());
    const { receiver } = await world.receiver();
    const undone = world.database.transaction(async (tx) => {
      await world.outbox.append(tx, {
        type: 'trip.ended',
        retailerId: 'r1',
        tripId: 't1',
        data: sampleData('trip.ended'),
      });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await world.dispatcher.drain();
    expect(receiver.received).toEqual([]);
  });

  test('appends the same key once', async () => {
    const world = new World(await open());
    const { receiver } = await world.receiver();
    const event = {
      type: 'trip.ended',
      retailerId: 'r1',
      tripId: 't1',
      data: sampleData('trip.ended'),
      key: 't1',
    } as const;
    const append = () => world.database.transaction((tx) => world.outbox.append(tx, event));
    expect(await append()).toBe(await append());
    await world.dispatcher.drain();
    expect(receiver.received).toHaveLength(1);
  });

  test('keeps to the kinds, the clearance and the retailer of an endpoint', async () => {
    const world = new World(await open());
    const carts = (await world.receiver({ types: ['cart.*'] })).receiver;
    const cleared = (await world.receiver({ clearance: 'internal' })).receiver;
    const other = (await world.receiver({}, 'r2')).receiver;
    await world.append('t1', 0);
    await world.database.transaction(async (tx) => {
      const common = { retailerId: 'r1', tripId: null };
      await world.outbox.append(tx, { ...common, type: 'planogram.alert', data: sampleData('planogram.alert') });
      await world.outbox.append(tx, { ...common, type: 'cart.updated', data: sampleData('cart.updated') });
    });
    await world.dispatcher.drain();
    const kinds = (receiver: TestReceiver) => receiver.received.map(({ event }) => event.type);
    expect(kinds(carts)).toEqual(['cart.updated']);
    expect(kinds(cleared)).toEqual(['planogram.alert']);
    expect(kinds(other)).toEqual([]);
  });

  test('keeps the order of each trip whatever fails, and lets no trip wait for another', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 5, maxLength: 25 }), async (failures) => {
        const world = new World(await open());
        const { receiver } = await world.receiver();
        const taken: Record<string, number[]> = { a: [], b: [], c: [] };
        receiver.answer = ({ event }, response) => {
          const data = event.data as { tripId: string; reason: string };
          const fails = data.tripId !== 'c' && (failures.pop() ?? false);
          if (!fails) taken[data.tripId]!.push(Number(data.reason));
          response.writeHead(fails ? 500 : 200).end();
        };
        for (let n = 0; n < 4; n++) for (const trip of ['a', 'b', 'c']) await world.append(trip, n);
        await world.dispatcher.drain();
        expect(taken['c']).toEqual([0, 1, 2, 3]);
        for (let round = 0; round < 30; round++) {
          world.clock.advance(24 * HOUR_MS);
          await world.dispatcher.drain();
        }
        expect(taken).toEqual({ a: [0, 1, 2, 3], b: [0, 1, 2, 3], c: [0, 1, 2, 3] });
      }),
      { numRuns: 6 },
    );
  });

  test('does not look again and again at what waits behind a failed delivery, and sends it once that is taken', async () => {
    const world = new World(await open());
    const { receiver } = await world.receiver();
    receiver.answer = status(500);
    for (let n = 0; n < 3; n++) await world.append('t1', n);
    await world.dispatcher.drain();
    await world.append('t1', 3);
    const due = `SELECT id FROM webhook_deliveries WHERE state = 'pending' AND due_at_ms <= ?`;
    expect(await world.database.query(due, [world.clock.nowMs()])).toEqual([]);
    receiver.answer = status(200);
    const deliveries = await listDeliveries(world.database, 'r1', { endpointId: null, limit: 9 });
    await resend(world.database, world.clock, 'r1', deliveries.find(({ attempts }) => attempts === 1)!.id);
    await world.dispatcher.drain();
    expect(placesOf(receiver, 't1')).toEqual([0, 0, 1, 2, 3]);
  });

  test("tries again on the specification's schedule, then gives the event up and disables the endpoint", async () => {
    const world = new World(await open());
    const { receiver, endpoint } = await world.receiver();
    const watcher = (await world.receiver({ types: ['endpoint.disabled'] })).receiver;
    receiver.answer = status(500);
    await world.append('t1', 0);
    const startMs = world.clock.nowMs();
    const triedAtS: number[] = [];
    for (const stepMs of [5_000, ...Array(76 * 12).fill(300_000)]) {
      const before = receiver.received.length;
      await world.dispatcher.drain();
      if (receiver.received.length > before) triedAtS.push((world.clock.nowMs() - startMs) / 1000);
      world.clock.advance(stepMs);
    }
    expect(receiver.received).toHaveLength(10);
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1);
    expect(triedAtS.slice(0, 3)).toEqual([0, 5, 305]);
    expect(triedAtS.at(-1)! / 3600).toBeCloseTo(75.6, 0);
    const deliveries = await listDeliveries(world.database, 'r1', { endpointId: endpoint.id, limit: 9 });
    const delivery = deliveries.find(({ type }) => type === 'review.requested');
    expect(delivery).toMatchObject({ state: 'failed', attempts: 10 });
    expect((await attemptsOf(world.database, 'r1', delivery!.id))!.map(({ status }) => status)).toEqual(
      Array(10).fill(500),
    );
    expect((await world.endpoints.get('r1', endpoint.id))!.disabledReason).toMatch(/whole retry schedule/);
    await world.dispatcher.drain();
    expect(watcher.received.map(({ event }) => event.data)).toMatchObject([{ endpointId: endpoint.id }]);
  });

  test('does not disable an endpoint for one event that it cannot take', async () => {
    const world = new World(await open());
    const { receiver, endpoint } = await world.receiver();
    receiver.answer = ({ event }, response) => void response.writeHead(event.subject === 'trip/bad' ? 400 : 200).end();
    await world.append('bad', 0);
    await world.append('bad', 1);
    for (let day = 0; day < 10; day++) {
      await world.append('good', day);
      await world.dispatcher.drain();
      world.clock.advance(24 * HOUR_MS);
    }
    expect((await world.endpoints.get('r1', endpoint.id))!.disabledAtMs).toBeNull();
    expect(placesOf(receiver, 'good')).toHaveLength(10);
    // The second event of the trip is tried once the first has been given up.
    expect(placesOf(receiver, 'bad')).toEqual([...Array(10).fill(0), 1]);
  });

  test('disables an endpoint that says it is gone, and delivers what piled up when it is back', async () => {
    const world = new World(await open());
    const { receiver, endpoint } = await world.receiver();
    receiver.answer = status(410);
    await world.append('t1', 0);
    await world.dispatcher.drain();
    await world.append('t1', 1);
    world.clock.advance(48 * HOUR_MS);
    await world.dispatcher.drain();
    expect(receiver.received).toHaveLength(1);
    receiver.answer = status(200);
    expect(await world.endpoints.enable('r2', endpoint.id)).toBe(false);
    expect(await world.endpoints.enable('r1', endpoint.id)).toBe(true);
    await world.dispatcher.drain();
    expect(placesOf(receiver, 't1')).toEqual([0, 0, 1]);
  });

  test('sends an endpoint nothing at all for as long as it asks with 429 and Retry-After', async () => {
    const world = new World(await open());
    const { receiver } = await world.receiver();
    receiver.answer = status(429, { 'retry-after': '60' });
    await world.append('t1', 0);
    await world.dispatcher.drain();
    receiver.answer = status(200);
    await world.append('t2', 0);
    world.clock.advance(59_000);
    await world.dispatcher.drain();
    expect(receiver.received).toHaveLength(1);
    world.clock.advance(1_000);
    await world.dispatcher.drain();
    expect(receiver.received).toHaveLength(3);
  });

  test('takes a redirect for a failure', async () => {
    const world = new World(await open());
    const { receiver } = await world.receiver();
    receiver.answer = status(307, { location: receiver.url });
    await world.append('t1', 0);
    await world.dispatcher.drain();
    expect(receiver.received).toHaveLength(1);
    expect(await listDeliveries(world.database, 'r1', { endpointId: null, limit: 9 })).toMatchObject([
      { state: 'pending', attempts: 1 },
    ]);
  });

  test('shares the work with other dispatchers without sending anything twice', async () => {
    const world = new World(await open());
    const { receiver } = await world.receiver();
    for (let n = 0; n < 30; n++) await world.append(`t${n % 5}`, n);
    const others = [1, 2, 3].map((n) => world.newDispatcher({ owner: `d${n}`, perEndpoint: 2 }));
    for (let round = 0; round < 8; round++) await Promise.all(others.map((dispatcher) => dispatcher.drain()));
    expect(receiver.received).toHaveLength(30);
    for (let trip = 0; trip < 5; trip++) {
      const places = placesOf(receiver, `t${trip}`);
      expect(places).toEqual([...places].sort((a, b) => a - b));
    }
  });

  test('resends under the same id without holding up what came later, and logs every attempt', async () => {
    const world = new World(await open());
    const { receiver } = await world.receiver();
    const id = await world.append('t1', 0);
    await world.dispatcher.drain();
    const [delivery] = await listDeliveries(world.database, 'r1', { endpointId: null, limit: 9 });
    expect(await resend(world.database, world.clock, 'r2', delivery!.id)).toBe(false);
    expect(await attemptsOf(world.database, 'r2', delivery!.id)).toBeNull();
    expect(await resend(world.database, world.clock, 'r1', delivery!.id)).toBe(true);
    receiver.answer = ({ id: got }, response) => void response.writeHead(got === id ? 500 : 200).end();
    await world.append('t1', 1);
    await world.dispatcher.drain();
    expect(placesOf(receiver, 't1').sort()).toEqual([0, 0, 1]);
    expect((await attemptsOf(world.database, 'r1', delivery!.id))!.map(({ status }) => status)).toEqual([204, 500]);
  });

  test('takes up failed deliveries again in their order', async () => {
    const world = new World(await open());
    const { receiver, endpoint } = await world.receiver();
    receiver.answer = status(500);
    await world.append('t1', 0);
    await world.append('t1', 1);
    for (let day = 0; day < 12; day++) {
      await world.dispatcher.drain();
      world.clock.advance(25 * HOUR_MS);
    }
    receiver.answer = status(200);
    receiver.received.splice(0);
    await recover(world.database, world.clock, { retailerId: 'r1', endpointId: endpoint.id, sinceMs: 0 });
    await world.endpoints.enable('r1', endpoint.id);
    await world.dispatcher.drain();
    expect(placesOf(receiver, 't1')).toEqual([0, 1]);
  });

  test('signs with the new and the old secret after a rotation, and keeps neither readable on disk', async () => {
    const world = new World(await open());
    const { receiver, endpoint, secret } = await world.receiver();
    const newer = (await world.endpoints.rotate('r1', endpoint.id))!;
    expect(await world.endpoints.rotate('r2', endpoint.id)).toBeNull();
    await world.append('t1', 0);
    await world.dispatcher.drain();
    const { body, headers } = receiver.received[0]!;
    for (const one of [secret, newer]) new Webhook(one).verify(body, headers);
    expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow();
    const rows = JSON.stringify(await world.database.query('SELECT * FROM webhook_endpoints'));
    for (const one of [secret, newer]) expect(rows).not.toContain(one.slice(6, 30));
  });

  test('lets a slow endpoint hold up nobody else, and ends cleanly', async () => {
    const world = new World(await open());
    const slow = (await world.receiver()).receiver;
    const quick = (await world.receiver()).receiver;
    const held: (() => void)[] = [];
    slow.answer = (_, response) => void held.push(() => response.end());
    for (let n = 0; n < 40; n++) await world.append(`t${n}`, n);
    const drained = world.dispatcher.drain();
    await expect.poll(() => [slow.received.length, quick.received.length], { timeout: 5_000 }).toEqual([16, 16]);
    slow.answer = status(200);
    for (const release of held) release();
    await drained;
    expect(slow.received).toHaveLength(40);
    expect(quick.received).toHaveLength(40);
  });

  test('lists events page by page for who asks instead of listening, and forgets a trip', async () => {
    const world = new World(await open());
    await world.receiver();
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) {
      ids.push(await world.append(n < 3 ? 't1' : 't2', n));
      world.clock.advance(1);
    }
    await world.append('t9', 9, 'r2');
    const first = await listEvents(world.database, 'r1', { sinceMs: 0, afterId: null, limit: 2 });
    const last = first.at(-1)!;
    const rest = await listEvents(world.database, 'r1', { sinceMs: last.createdAtMs, afterId: last.id, limit: 9 });
    expect([...first, ...rest].map(({ id }) => id)).toEqual(ids);
    await world.database.transaction((tx) => world.outbox.forgetTrip(tx, 'r1', 't1'));
    const left = await listEvents(world.database, 'r1', { sinceMs: 0, afterId: null, limit: 9 });
    expect(left.map(({ id }) => id)).toEqual(ids.slice(3));
    expect(await listDeliveries(world.database, 'r1', { endpointId: null, limit: 9 })).toHaveLength(2);
    await world.dispatcher.drain();
    await world.database.transaction((tx) => world.outbox.purge(tx, world.clock.nowMs() + 1));
    expect(await listEvents(world.database, 'r1', { sinceMs: 0, afterId: null, limit: 9 })).toEqual([]);
    expect(await world.database.query('SELECT * FROM webhook_attempts')).toEqual([]);
  });
});
