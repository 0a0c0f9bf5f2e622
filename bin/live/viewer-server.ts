import fastify, { type FastifyInstance } from 'fastify';
import { viewerRoutes } from './viewer-routes.ts';
import type { WatchedStore } from './watched-store.ts';

/** Ports tried one after another before giving up. */
const PORTS_TRIED = 20;

/** A server of the viewer alone, on this machine only; takes the next free port where the one asked for is taken. */
export async function serveViewer(
  live: WatchedStore,
  bundle: string,
  port: number,
): Promise<{ readonly server: FastifyInstance; readonly address: string }> {
  for (let tried = port; ; tried++) {
    const server = fastify();
    await server.register(viewerRoutes, { live, bundle, takesRecordings: true });
    try {
      return { server, address: await server.listen({ host: '127.0.0.1', port: tried }) };
    } catch (error) {
      await server.close();
      const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!isTaken || tried >= port + PORTS_TRIED) throw error;
    }
  }
}
