/**
 * Loaded before a program (`node --import`): its calendar clock jumps by as many milliseconds as a file says. What
 * measures durations (`performance.now`, timers) goes on as it was, as on a machine whose clock is set.
 */
import { readFileSync, watchFile } from 'node:fs';

/** Names the file; nothing happens without it. */
export const JUMP_FILE = 'AISLE_BENCH_CLOCK_JUMP';

const path = process.env[JUMP_FILE];
if (path !== undefined) {
  const RealDate = Date;
  let offsetMs = 0;
  const read = () => {
    offsetMs = Number(readFileSync(path, 'utf8')) || 0;
  };
  read();
  watchFile(path, { interval: 50, persistent: false }, read);
  const nowMs = () => RealDate.now() + offsetMs;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given, newTarget) =>
      Reflect.construct(target, given.length === 0 ? [nowMs()] : given, newTarget),
    get: (target, name, receiver) => (name === 'now' ? nowMs : Reflect.get(target, name, receiver)),
  });
}
