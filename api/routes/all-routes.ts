import type { RunningGateway } from '../open-gateway.ts';
import type { App } from '../server.ts';
import { entryRoutes } from './entry-routes.ts';
import { liveRoutes } from './live-routes.ts';
import { orderRoutes } from './order-routes.ts';

/** Every route of the gateway, in the order of its documentation. */
export function allRoutes({ gateway }: RunningGateway): readonly ((app: App) => void)[] {
  return [entryRoutes(gateway), liveRoutes(gateway), orderRoutes(gateway)];
}
