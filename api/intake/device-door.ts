import type { Clock } from '../clock.ts';
import { DeviceClock } from './device-clock.ts';
import type { StoreSession } from './store-session.ts';
import { fromWire, wireReadingSchema } from './wire-reading.ts';

/** How one device is doing. */
export interface DeviceHealth {
  readonly device: string;
  readonly sensors: readonly string[];
  readonly lastSeenMs: number;
  /** What is added to its stamps to get the store's time, the shortest way through the network included. */
  readonly offsetUs: number;
  readonly taken: number;
  readonly refused: number;
}

interface Device {
  readonly clock: DeviceClock;
  readonly sensors: Set<string>;
  lastSeenMs: number;
  taken: number;
  refused: number;
}

/** What became of a message; `error` says where, what was found and what was expected. */
export interface Taken {
  readonly taken: number;
  readonly error: string | null;
}

const MAX_BATCH = 1_000;

/** Where readings of real sensors come in, whatever carried them. A sensor belongs to the first device that sends for it. */
export class DeviceDoor {
  readonly #session: StoreSession;
  readonly #clock: Clock;
  readonly #trustsStamps: boolean;
  /** Arrival of the newest message, session time. */
  #newestUs = 0;
  readonly #devices = new Map<string, Device>();
  readonly #owners = new Map<string, string>();

  /** `trustsStamps`: time is what the devices say, for recordings that are played faster than they were made. */
  constructor(session: StoreSession, clock: Clock, trustsStamps = false) {
    this.#session = session;
    this.#clock = clock;
    this.#trustsStamps = trustsStamps;
  }

  /** Takes a message: one reading or a list. Settles once the engine has heard it; nothing of a bad message is taken. */
  async take(deviceId: string, text: string): Promise<Taken> {
    const device = this.#device(deviceId);
    device.lastSeenMs = this.#clock.nowMs();
    const found = readingsOf(text);
    const problem = typeof found === 'string' ? found : this.#claim(deviceId, device, found);
    if (problem !== null || typeof found === 'string') {
      device.refused++;
      return { taken: 0, error: problem };
    }
    const startUs = this.#session.startedAtMs * 1000;
    const stampUs = found.reduce((newest, { timeUs }) => Math.max(newest, timeUs), 0);
    const nowUs = this.#trustsStamps ? stampUs - startUs : device.lastSeenMs * 1000 - startUs;
    // A clock of this machine that is set back must not make readings arrive before others.
    this.#newestUs = Math.max(this.#newestUs, nowUs);
    if (found.length > 0) device.clock.note(stampUs, this.#newestUs);
    const offsetUs = this.#trustsStamps ? -startUs : device.clock.offsetUs;
    const arrivalUs = this.#newestUs;
    await this.#session.push(found.map((wire) => fromWire(wire, offsetUs, arrivalUs)));
    device.taken += found.length;
    return { taken: found.length, error: null };
  }

  health(): DeviceHealth[] {
    const startUs = this.#session.startedAtMs * 1000;
    return [...this.#devices].map(([device, { clock, sensors, lastSeenMs, taken, refused }]) => ({
      ...{ device, sensors: [...sensors], lastSeenMs, taken, refused },
      offsetUs: taken === 0 ? 0 : clock.offsetUs + startUs,
    }));
  }

  #device(deviceId: string): Device {
    let device = this.#devices.get(deviceId);
    if (device === undefined) {
      device = { clock: new DeviceClock(), sensors: new Set(), lastSeenMs: 0, taken: 0, refused: 0 };
      this.#devices.set(deviceId, device);
    }
    return device;
  }

  #claim(deviceId: string, device: Device, readings: readonly { readonly sensorId: string }[]): string | null {
    const foreign = readings.find(({ sensorId }) => (this.#owners.get(sensorId) ?? deviceId) !== deviceId);
    if (foreign) return `sensorId: found ${foreign.sensorId}, which another device sends, expected one of your own`;
    for (const { sensorId } of readings) {
      this.#owners.set(sensorId, deviceId);
      device.sensors.add(sensorId);
    }
    return null;
  }
}

function readingsOf(text: string) {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'found a message that is not JSON, expected a reading or a list of them';
  }
  const list = Array.isArray(value) ? value : [value];
  if (list.length > MAX_BATCH) return `found ${list.length} readings, expected at most ${MAX_BATCH}`;
  const readings = [];
  for (const [i, one] of list.entries()) {
    const read = wireReadingSchema.safeParse(one);
    if (read.success) readings.push(read.data);
    else {
      const [issue] = read.error.issues;
      return `[${i}].${issue!.path.join('.')}: ${issue!.message}`.slice(0, 300);
    }
  }
  return readings;
}
