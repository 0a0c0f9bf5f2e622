import { Worker } from 'node:worker_threads';
import { LiveStore } from '../../bin/live/live-store.ts';
import { serveViewer } from '../../bin/live/viewer-server.ts';
import type { Run } from '../../simulator/scenario/run.ts';

/** Pages of a machine of their own: they fetch everything and look at none of it. */
const WATCHERS = `
const { workerData, parentPort } = require('node:worker_threads');
let open = 0;
for (let i = 0; i < workerData.count; i++) {
  const socket = new WebSocket(workerData.address.replace('http', 'ws') + '/live');
  socket.onopen = () => { if (++open === workerData.count) parentPort.postMessage('open'); };
}`;

/** CPU seconds of this thread, the engine's, per second of the store, while so many watch. */
export async function watchingCost(run: Run, bundle: string, watchers: number, speed: number): Promise<number> {
  const live = new LiveStore(run);
  live.setPace(speed, false);
  const { server, address } = await serveViewer(live, bundle, 4820);
  const worker = watchers > 0 ? await openWatchers(address, watchers) : null;
  const before = process.threadCpuUsage();
  await live.play();
  const { user, system } = process.threadCpuUsage(before);
  await worker?.terminate();
  await server.close();
  return (user + system) / live.feed.nowUs;
}

async function openWatchers(address: string, count: number): Promise<Worker> {
  const worker = new Worker(WATCHERS, { eval: true, workerData: { address, count } });
  await new Promise((resolve) => worker.once('message', resolve));
  return worker;
}
