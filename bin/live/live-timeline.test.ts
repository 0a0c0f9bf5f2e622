import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeLive, type LiveMessage, unpackLive } from '../../api/live.ts';
import { LiveTimeline } from './live-timeline.ts';

function scene(timeUs: number, size: number): Uint8Array {
  return encodeLive({ kind: 'scene', timeUs, bytes: new Uint8Array(size) });
}

function timesOf(body: Uint8Array): number[] {
  return unpackLive(body).map((message: LiveMessage) => message.timeUs);
}

test('gives what happened in a stretch, its beginning included and its end not', () => {
  const timeline = new LiveTimeline();
  for (const timeUs of [0, 10, 20, 30]) timeline.keep(timeUs, scene(timeUs, 4), false);
  expect(timesOf(timeline.between(10, 30))).toEqual([10, 20]);
});

test('keeps news when scenes have pushed older scenes out', () => {
  const timeline = new LiveTimeline(1000, 1000);
  timeline.keep(
    0,
    encodeLive({ kind: 'news', timeUs: 0, news: { type: 'alert', timeUs: 0, about: 'a', text: 'b' } }),
    true,
  );
  for (let timeUs = 0; timeUs < 100; timeUs++) timeline.keep(timeUs, scene(timeUs, 84), false);
  expect(timesOf(timeline.news())).toEqual([0]);
  expect(timeline.fromUs).toBe(90);
});

test('holds the newest messages that fit, whatever their sizes', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 500, max: 4000 }), (all, maxBytes) => {
      const timeline = new LiveTimeline(maxBytes, 1);
      for (const [i, size] of all.entries()) timeline.keep(i, scene(i, size), false);
      const kept = timesOf(timeline.between(0, all.length));
      const bytes = kept.reduce((sum, i) => sum + scene(i, all[i]).byteLength, 0);
      expect(kept).toEqual(all.map((_, i) => i).slice(-kept.length));
      expect(kept.length === 1 || bytes <= maxBytes).toBe(true);
      const next = all.length - kept.length - 1;
      if (next >= 0) expect(bytes + scene(next, all[next]).byteLength).toBeGreaterThan(maxBytes);
    }),
  );
});

test('forgets thousands of old messages without losing order', () => {
  const timeline = new LiveTimeline(64 * 1024, 1);
  for (let i = 0; i < 20_000; i++) timeline.keep(i, scene(i, 16), false);
  const kept = timesOf(timeline.between(0, 20_000));
  expect(kept.length).toBe(Math.floor((64 * 1024) / 32));
  expect(kept[0]).toBe(timeline.fromUs);
  expect(kept.at(-1)).toBe(19_999);
});
