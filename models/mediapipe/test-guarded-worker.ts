/** Finds people and hands in pictures while every way out of the machine is shut and counted. */
import dgram from 'node:dgram';
import dns from 'node:dns';
import http2 from 'node:http2';
import net from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import type { RgbPicture } from '../picture/crop.ts';
import { Landmarker } from './landmarkers.ts';

const { pictures, isTold } = workerData as { pictures: RgbPicture[]; isTold: boolean };
const attempts: string[] = [];
const shut = (name: string) =>
  function refuse(...args: unknown[]): never {
    attempts.push(`${name} ${String(args[0])}`);
    throw new Error(`${name}: the way out is shut`);
  };
net.Socket.prototype.connect = shut('socket');
dgram.Socket.prototype.send = shut('datagram');
http2.connect = shut('http2');
for (const name of ['lookup', 'resolve'] as const) Object.assign(dns, { [name]: shut(`dns.${name}`) });
for (const name of ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource'])
  Object.assign(globalThis, { [name]: shut(name) });
Object.assign(globalThis.navigator, { sendBeacon: shut('sendBeacon') });

const poses = await Landmarker.ofPoses({ most: 2, task: null });
const hands = await Landmarker.ofHands({ most: 2, task: null });
const found = pictures.map((picture) => ({ poses: poses.find(picture), hands: hands.find(picture) }));
poses.close();
hands.close();
// The guard must see what it is there to see.
if (isTold)
  await Promise.resolve()
    .then(() => fetch('https://example.org/'))
    .catch(() => {});
parentPort!.postMessage({ found, attempts });
