import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import type { DeviceDoor } from '../intake/device-door.ts';
import { wireReadingSchema } from '../intake/wire-reading.ts';
import { principalOf, storeIdOf } from '../server/authorise.ts';
import { ProblemError, problemSchema } from '../server/problem.ts';
import type { App } from '../server.ts';

/** Messages of one device that may wait for the engine before its socket is held back. */
const MAX_WAITING = 32;

const healthSchema = z.object({
  device: z.string(),
  sensors: z.array(z.string()).readonly(),
  lastSeenMs: z.int(),
  offsetUs: z.number(),
  taken: z.int(),
  refused: z.int(),
});

/** Doors for sensors: readings over a WebSocket, their schema, and how the devices are doing. */
export function deviceRoutes(gateway: Gateway): (app: App) => void {
  return (app) => {
    app.get(
      '/v1/reading-schema',
      { config: { scope: 'public' }, schema: { summary: 'JSON Schema of one reading', tags: ['Devices'] } },
      async (_request, reply) =>
        reply.serializer(JSON.stringify).send(z.toJSONSchema(wireReadingSchema, { io: 'input' })),
    );
    app.get(
      '/v1/stores/:storeId/devices',
      {
        config: { scope: 'trips:read' },
        schema: {
          summary: 'Devices that send readings, with their clocks and losses',
          tags: ['Devices'],
          params: z.object({ storeId: z.string().max(255) }),
          response: { 200: z.object({ devices: z.array(healthSchema) }), 404: problemSchema },
        },
      },
      async (request) => ({ devices: doorOf(gateway, request, request.params.storeId).health() }),
    );
    app.get(
      '/v1/stores/:storeId/readings',
      {
        websocket: true,
        config: { scope: 'device:readings' },
        schema: {
          summary:
            'WebSocket: one reading or a list per text message; the answer says how many were taken, or what is wrong',
          tags: ['Devices'],
          params: z.object({ storeId: z.string().max(255) }),
        },
        // A request that is refused gets its problem before the socket opens.
        preHandler: async (request) => {
          doorOf(gateway, request, (request.params as { storeId: string }).storeId);
        },
      },
      (socket, request) => {
        const door = doorOf(gateway, request, (request.params as { storeId: string }).storeId);
        const device = `key:${principalOf(request).keyId}`;
        let waiting = 0;
        socket.on('message', (data) => {
          if (++waiting >= MAX_WAITING) socket.pause();
          void door
            .take(device, String(data))
            .then((answer) => socket.send(JSON.stringify(answer)))
            .catch(() => socket.close(1012, 'the store is closed'))
            .finally(() => {
              if (--waiting < MAX_WAITING) socket.resume();
            });
        });
      },
    );
  };
}

function doorOf(gateway: Gateway, request: Parameters<typeof principalOf>[0], storeId: string): DeviceDoor {
  const { retailerId } = principalOf(request);
  const door = gateway.doors.get(`${retailerId}/${storeIdOf(request, storeId)}`);
  if (door === undefined) throw new ProblemError('not-found', 'no such store, or it takes no readings');
  return door;
}
