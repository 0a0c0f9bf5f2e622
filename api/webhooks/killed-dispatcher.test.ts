import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { migrate } from '../store/migrate.ts';
import { openSqlite } from '../store/sqlite.ts';
import { AddressGuard } from './address-guard.ts';
import { Endpoints } from './endpoints.ts';
import { webhookMigrations } from './migrations.ts';
import { Outbox } from './outbox.ts';
import { aesSeal } from './seal.ts';
import { TestReceiver } from './test-receiver.ts';

const TRIPS = 30;
const EVENTS_PER_TRIP = 10;
const KILLS = 8;

/** The same numbers every time, in [0, 1): where the kills fall in the run still differs with the machine. */
function draws(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}

test('delivers every event, in the order of its trip, by a dispatcher that is killed again and again', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'aisle-outbox-'));
  const file = join(dir, 'gateway.db');
  const receiver = await TestReceiver.start();
  receiver.answer = (_, response) => void setTimeout(() => response.writeHead(204).end(), 3);
  const database = openSqlite(file);
  try {
    await migrate(database, webhookMigrations, systemClock);
    const guard = new AddressGuard({ allowPrivate: true });
    const endpoints = new Endpoints({ database, clock: systemClock, guard, seal: aesSeal(Buffer.alloc(32, 1)) });
    await endpoints.create('r1', { url: receiver.url });
    const outbox = new Outbox(systemClock, 'https://gateway.example');
    const expected = new Map<string, string[]>();
    await database.transaction(async (tx) => {
      for (let n = 0; n < TRIPS * EVENTS_PER_TRIP; n++) {
        const tripId = `t${n % TRIPS}`;
        const event = { type: 'trip.ended', retailerId: 'r1', tripId, data: { storeId: 's1', tripId } } as const;
        const id = await outbox.append(tx, event);
        expected.set(tripId, [...(expected.get(tripId) ?? []), id]);
      }
    });

    const draw = draws(42);
    const child = () =>
      spawn(process.execPath, [join(import.meta.dirname, 'test-dispatcher-process.ts'), file], { stdio: 'inherit' });
    let kills = 0;
    while (kills < KILLS) {
      const running = child();
      const before = receiver.received.length;
      const ended = once(running, 'exit');
      // Killed somewhere between its first posts and the writing of what came of them.
      await expect.poll(() => receiver.received.length, { timeout: 20_000, interval: 1 }).toBeGreaterThan(before);
      await sleep(draw() * 60);
      running.kill('SIGKILL');
      await ended;
      kills++;
    }
    const last = child();
    const waiting = async () => {
      const [row] = await database.query<{ n: number }>(
        `SELECT COUNT(*) AS n FROM webhook_deliveries WHERE state = 'pending'`,
      );
      return row!.n;
    };
    await expect.poll(waiting, { timeout: 30_000 }).toBe(0);
    last.kill('SIGKILL');
    await once(last, 'exit');

    const got = new Map<string, string[]>();
    for (const { id, event } of receiver.received) {
      const tripId = event.subject!.slice('trip/'.length);
      const ids = got.get(tripId) ?? [];
      // A receiver that drops ids it knows sees exactly the trip's events, once each and in order.
      if (!ids.includes(id)) got.set(tripId, [...ids, id]);
    }
    expect(got).toEqual(expected);
    expect(receiver.received.length).toBeGreaterThan(TRIPS * EVENTS_PER_TRIP);
  } finally {
    receiver.stop();
    await database.close();
    rmSync(dir, { recursive: true });
  }
});
