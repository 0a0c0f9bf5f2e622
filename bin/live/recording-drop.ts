import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyRequest } from 'fastify';
import { RecordedStore } from './recorded-store.ts';

/** An hour of a busy shop without pictures is about 200 MB. */
const MOST_BYTES = 2 ** 30;

/** A recording that somebody dropped onto the page: kept in a folder of its own until it is closed. */
export interface DroppedRecording {
  readonly store: RecordedStore;
  close(): Promise<void>;
}

/**
 * Whether a request comes from a page of this very server, on this machine. A page of somebody else's in the same browser
 * tells its own origin; a name that was bent to this address shows as the host.
 */
export function isOwnPage({ ip, headers }: Pick<FastifyRequest, 'ip' | 'headers'>): boolean {
  const host = headers.host ?? '';
  const isHere = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host);
  const isNear = ip === '127.0.0.1' || ip === '::1' || ip === '::ffff:127.0.0.1';
  return isHere && isNear && headers.origin === `http://${host}`;
}

/** Whether a request is a program's own, or comes from a page of the server it goes to: others have no business here. */
export function isSameOrigin({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  const { origin, host } = headers;
  return origin === undefined || origin.replace(/^https?:\/\//, '') === host;
}

/** Keeps a body and opens it as a recording. Throws what `RecordedStore.open` does, and a `RangeError` beyond 1 GB. */
export async function takeRecording(body: Readable, mostBytes = MOST_BYTES): Promise<DroppedRecording> {
  const folder = await mkdtemp(join(tmpdir(), 'aisle-view-'));
  const close = () => rm(folder, { recursive: true, force: true });
  try {
    const path = join(folder, 'dropped.mcap');
    await pipeline(body, bounded(mostBytes), createWriteStream(path, { mode: 0o600 }));
    return { store: await RecordedStore.open(path), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function bounded(mostBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.byteLength;
      const isTooMuch = bytes > mostBytes;
      done(
        isTooMuch ? new RangeError(`recording: found more than ${mostBytes} bytes, expected at most that`) : null,
        chunk,
      );
    },
  });
}
