import { connectAsync } from 'mqtt';
import type { DeviceDoor } from './device-door.ts';

export interface MqttDoor {
  close(): Promise<void>;
}

/**
 * Takes readings from an MQTT broker: `aisle/{storeId}/{device}/readings`, answers to mistakes on `…/errors`. Who may
 * publish as which device is the broker's to say, with a key per device in its access list. Throws where the broker does
 * not answer.
 */
export async function openMqttDoor(url: string, storeId: string, door: DeviceDoor): Promise<MqttDoor> {
  const client = await connectAsync(url, {
    clean: false,
    clientId: `aisle-gateway-${storeId}`,
    connectTimeout: 10_000,
  });
  const topic = `aisle/${storeId}/`;
  client.on('message', (name, payload) => {
    const device = name.slice(topic.length).replace(/\/readings$/, '');
    void door.take(`mqtt:${device}`, payload.toString('utf8')).then(
      ({ error }) => {
        if (error !== null) client.publish(`${topic}${device}/errors`, JSON.stringify({ error }));
      },
      // The session is over; its readings have nowhere to go.
      () => undefined,
    );
  });
  await client.subscribeAsync(`${topic}+/readings`, { qos: 1 });
  return { close: () => client.endAsync() };
}
