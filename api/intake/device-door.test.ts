import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import fc from 'fast-check';
import { connectAsync } from 'mqtt';
import { expect, test } from 'vitest';
import type { Reading } from '../../engine/index.ts';
import { TestClock } from '../test-clock.ts';
import { DeviceDoor } from './device-door.ts';
import { openMqttDoor } from './mqtt-door.ts';
import type { StoreSession } from './store-session.ts';
import { fromWire, toWire, wireReadingSchema } from './wire-reading.ts';

const startMs = Date.UTC(2026, 0, 15, 12);

/** A door whose session only remembers. */
function testDoor(trustsStamps = false) {
  const heard: Reading[] = [];
  const clock = new TestClock(startMs);
  const session = {
    startedAtMs: startMs,
    push: async (readings: readonly Reading[]) => {
      heard.push(...readings);
    },
  } as unknown as StoreSession;
  return { heard, clock, door: new DeviceDoor(session, clock, trustsStamps) };
}

const gate = (sequence: number, timeUs: number, sensorId = 'gate') => ({
  ...{ kind: 'gate', sensorId, sequence, timeUs, event: 'entry', credential: 'c', admits: 1 },
});

test('brings the stamps of a device with a wrong clock onto the store’s time', async () => {
  const { door, heard, clock } = testDoor();
  const wrongUs = 3_600_000_000;
  for (let i = 0; i < 5; i++) {
    clock.advance(1_000);
    const delayMs = i === 2 ? 0 : 40;
    const sentUs = (clock.nowMs() - delayMs) * 1000;
    expect(await door.take('d', JSON.stringify(gate(i, sentUs + wrongUs)))).toEqual({ taken: 1, error: null });
  }
  expect(heard.at(-1)).toMatchObject({ timeUs: 4_960_000, arrivalUs: 5_000_000 });
  expect(door.health()).toMatchObject([{ device: 'd', sensors: ['gate'], taken: 5, refused: 0, offsetUs: -wrongUs }]);
});

test('takes nothing of a message that is wrong, and says what and where', async () => {
  const { door, heard } = testDoor();
  const bad = ['', 'x', '{}', '[[]]', JSON.stringify([gate(1, 1), { ...gate(2, 2), admits: 0 }])];
  const answers = await Promise.all(bad.map((text) => door.take('d', text)));
  expect(answers.every(({ taken, error }) => taken === 0 && error !== null)).toBe(true);
  expect(answers.at(-1)!.error).toContain('[1].admits');
  expect(heard).toEqual([]);
  await fc.assert(
    fc.asyncProperty(fc.json(), async (text) => {
      expect((await door.take('d', text)).taken).toBe(0);
    }),
  );
});

test('lets no device speak for the sensors of another', async () => {
  const { door, heard } = testDoor();
  await door.take('one', JSON.stringify(gate(1, startMs * 1000)));
  const { error } = await door.take('two', JSON.stringify([gate(2, startMs * 1000), gate(1, startMs * 1000, 'mine')]));
  expect(error).toContain('another device');
  expect(heard.length).toBe(1);
});

test('carries every kind of reading there and back through JSON', () => {
  const small = fc.float({ min: 0, max: 100, noNaN: true });
  const scale = fc
    .record({ count: fc.integer({ min: 1, max: 20 }), holes: fc.array(fc.nat(19)) })
    .map(({ count, holes }) => {
      const grams = Float32Array.from({ length: count }, (_, i) => (holes.includes(i) ? Number.NaN : i * 1.5));
      return { kind: 'scale' as const, sensorId: 's', timeUs: 5, arrivalUs: 9, sequence: 1, periodUs: 1000, grams };
    });
  const detection = fc.tuple(fc.array(small, { minLength: 1, maxLength: 3 }), fc.nat(5)).map(([depths, sequence]) => {
    const n = depths.length;
    const detections = {
      ...{ headsInImagePx: Float32Array.from({ length: 2 * n }, (_, i) => i), headDepthM: Float32Array.from(depths) },
      ...{
        headScore: new Float32Array(n).fill(0.5),
        handsInImagePx: Float32Array.of(1, 2),
        handDepthM: Float32Array.of(3),
      },
      ...{ handScore: Float32Array.of(0.25), handOwner: Int16Array.of(-1) },
    };
    return { kind: 'detection' as const, sensorId: 'c', timeUs: 5, arrivalUs: 9, sequence, detections };
  });
  fc.assert(
    fc.property(fc.oneof(scale, detection), (reading) => {
      const text = JSON.stringify(toWire(reading, 1_000));
      expect(fromWire(wireReadingSchema.parse(JSON.parse(text)), -1_000, 9)).toEqual(reading);
    }),
  );
});

test('takes readings from an MQTT broker and tells a device of its mistakes', async () => {
  const broker = await Aedes.createBroker();
  const server = createServer((socket) => broker.handle(socket as never)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { door, heard } = testDoor();
  const mqtt = await openMqttDoor(url, 'store-1', door);
  const device = await connectAsync(url);
  await device.subscribeAsync('aisle/store-1/cam-7/errors');
  const told = new Promise<[string, Buffer]>((resolve) => {
    device.once('message', (topic, payload) => resolve([topic, payload]));
  });
  await device.publishAsync('aisle/store-1/cam-7/readings', JSON.stringify(gate(1, startMs * 1000)), { qos: 1 });
  await device.publishAsync('aisle/store-1/cam-7/readings', '{"kind":"frame"}', { qos: 1 });
  const [topic, payload] = await told;
  expect(topic).toBe('aisle/store-1/cam-7/errors');
  expect(JSON.parse(String(payload)).error).toContain('kind');
  expect(heard).toMatchObject([{ kind: 'gate', sensorId: 'gate' }]);
  expect(door.health()[0]!.device).toBe('mqtt:cam-7');
  await device.endAsync();
  await mqtt.close();
  await new Promise<void>((resolve) => broker.close(() => resolve()));
  server.close();
});
