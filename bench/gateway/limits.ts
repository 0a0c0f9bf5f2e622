import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import fastify from 'fastify';
import type { Database } from '../../api/store/database.ts';

/** What a disk and a bare server allow: a gateway that is exact can only be slower. */
export interface Limits {
  /** Appends of 300 bytes, each on disk before the next. */
  readonly syncsPerSecond: number;
  /** Requests to a route that inserts one row and nothing else, `clients` at a time. */
  readonly insertsPerSecond: number;
}

export async function measureLimits(folder: string, database: Database, clients: number): Promise<Limits> {
  return { syncsPerSecond: syncs(join(folder, 'syncs'), 1_000), insertsPerSecond: await inserts(database, clients) };
}

function syncs(path: string, forMs: number): number {
  const file = openSync(path, 'w');
  const line = Buffer.alloc(300, 0x61);
  const startMs = performance.now();
  let count = 0;
  while (performance.now() - startMs < forMs) {
    writeSync(file, line);
    fdatasyncSync(file);
    count++;
  }
  const seconds = (performance.now() - startMs) / 1000;
  closeSync(file);
  return count / seconds;
}

async function inserts(database: Database, clients: number): Promise<number> {
  await database.query('CREATE TABLE bare (id BIGINT PRIMARY KEY, body TEXT NOT NULL)');
  const app = fastify();
  let id = 0;
  app.post('/', async (request) => {
    await database.query('INSERT INTO bare (id, body) VALUES (?, ?)', [++id, JSON.stringify(request.body)]);
    return { id };
  });
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const startMs = performance.now();
  let count = 0;
  const client = async () => {
    while (performance.now() - startMs < 2_000) {
      const response = await fetch(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"sku":"cola","quantity":2}',
      });
      await response.arrayBuffer();
      count++;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - startMs) / 1000;
  await app.close();
  await database.query('DROP TABLE bare');
  return count / seconds;
}
