import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { Taken } from '../../api/intake/device-door.ts';
import { toWire, type WireReading } from '../../api/intake/wire-reading.ts';
import { openRecording } from '../../engine/recording/replay.ts';
import { parseSpeed } from '../serve/serve-gateway.ts';
import { UserError } from '../user-error.ts';

interface PlayOptions {
  readonly to: string;
  readonly key: string;
  readonly storeId: string;
  readonly speed: string;
  readonly cards?: string;
}

/** Readings of this much time go in one message. */
const BATCH_US = 100_000;
/** Messages sent and not yet answered. */
const MAX_UNDER_WAY = 16;

export function playCommand(): Command {
  return new Command('play')
    .description('Publish the readings of a recording to a running gateway, through the door that sensors use')
    .argument('<file>', 'recording made with --record')
    .requiredOption('--to <url>', 'address of the gateway')
    .requiredOption('--key <key>', 'API key with the scope device:readings')
    .option('--store-id <id>', 'store at the gateway', 'store-1')
    .option(
      '--speed <factor>',
      'recorded seconds per second; other than 1x only for a gateway with --trust-stamps',
      '1x',
    )
    .option('--cards <token>', "make every credential of the recording a card with this provider's token first")
    .action(play);
}

async function play(file: string, options: PlayOptions): Promise<void> {
  const recording = await openRecording(file);
  const speed = parseSpeed(options.speed);
  const door = await openDoor(options);
  const known = new Set<string>();
  const startMs = Date.now();
  let batch: WireReading[] = [];
  let batchEndUs = 0;
  let sent = 0;
  const flush = async () => {
    // Devices stamp with their own clocks: here the recording's time, laid onto now, at the speed it is played.
    const dueMs = startMs + batchEndUs / 1000 / speed;
    if (dueMs > Date.now()) await sleep(dueMs - Date.now());
    if (batch.length > 0) await door.send(batch);
    sent += batch.length;
    batch = [];
  };
  for await (const reading of recording.readings()) {
    if (reading.arrivalUs >= batchEndUs) {
      await flush();
      batchEndUs = (Math.floor(reading.arrivalUs / BATCH_US) + 1) * BATCH_US;
    }
    if (reading.kind === 'gate' && reading.credential !== null && options.cards && !known.has(reading.credential)) {
      known.add(reading.credential);
      await makeCard(options, reading.credential);
    }
    const wire = toWire(reading, startMs * 1000);
    if (wire !== null) batch.push(wire);
  }
  await flush();
  await door.close();
  console.log(`${sent} readings sent`);
}

async function openDoor({ to, key, storeId }: PlayOptions) {
  const url = `${to.replace(/^http/, 'ws')}/v1/stores/${storeId}/readings`;
  // Node's own WebSocket takes headers as an option beyond the standard.
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${key}` } } as never);
  let underWay = 0;
  let problem: string | null = null;
  socket.addEventListener('message', ({ data }) => {
    underWay--;
    problem ??= (JSON.parse(String(data)) as Taken).error;
  });
  socket.addEventListener('error', () => {
    problem ??= `${url}: found no gateway that lets this key in, expected one`;
  });
  await Promise.race([once(socket, 'open'), once(socket, 'error')]);
  const settled = async (most: number) => {
    while (underWay > most && problem === null && socket.readyState === WebSocket.OPEN) await sleep(2);
    if (problem !== null) throw new UserError(problem);
    if (socket.readyState !== WebSocket.OPEN) throw new UserError(`${url}: the gateway closed the door`);
  };
  return {
    async send(batch: readonly WireReading[]) {
      await settled(MAX_UNDER_WAY);
      underWay++;
      socket.send(JSON.stringify(batch));
    },
    async close() {
      await settled(0);
      socket.close();
    },
  };
}

async function makeCard({ to, key, cards }: PlayOptions, credential: string): Promise<void> {
  const response = await fetch(`${to}/v1/cards/${encodeURIComponent(credential)}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ paymentMethod: cards, customer: null }),
  });
  if (!response.ok)
    throw new UserError(`${to}: found ${response.status} for a card, expected a key with shoppers:write`);
}
