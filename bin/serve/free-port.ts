import { once } from 'node:events';
import { createServer } from 'node:net';

/** Ports tried one after another before giving up. */
const TRIES = 20;

/** The port asked for, or the next one that nobody listens on; 0 stays 0. Throws when 20 in a row are taken. */
export async function freePort(host: string, port: number): Promise<number> {
  if (port === 0) return 0;
  for (let tried = port; ; tried++) {
    try {
      const server = createServer().listen(tried, host);
      await once(server, 'listening');
      await new Promise((resolve) => server.close(resolve));
      return tried;
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!isTaken || tried + 1 >= Math.min(port + TRIES, 65_536)) throw error;
    }
  }
}
