import { jwoRoutes } from '../connectors/jwo/mount-jwo.ts';
import { disputeRoutes } from '../disputes/dispute-routes.ts';
import type { RunningGateway } from '../open-gateway.ts';
import { noticeRoutes } from '../payments/mount-notices.ts';
import { paymentRoutes } from '../payments/payment-routes.ts';
import { Kiosk } from '../receipts/kiosk.ts';
import { receiptRoutes } from '../receipts/receipt-routes.ts';
import type { App } from '../server.ts';
import { webhookRoutes } from '../webhooks/routes.ts';
import { adminRoutes } from './admin-routes.ts';
import { analyticsRoutes } from './analytics-routes.ts';
import { deviceRoutes } from './device-routes.ts';
import { entryRoutes } from './entry-routes.ts';
import { liveRoutes } from './live-routes.ts';
import { orderRoutes } from './order-routes.ts';
import { privacyRoutes } from './privacy-routes.ts';
import { refundRoutes } from './refund-routes.ts';
import { tripRoutes } from './trip-routes.ts';

/** Every route of the gateway, in the order of its documentation. */
export function allRoutes({
  gateway,
  endpoints,
  dispatcher,
  payments,
  retention,
}: RunningGateway): readonly ((app: App) => void)[] {
  return [
    entryRoutes(gateway),
    liveRoutes(gateway),
    tripRoutes(gateway),
    orderRoutes(gateway),
    receiptRoutes({ ...gateway, kiosk: new Kiosk(gateway.vault, gateway.clock) }),
    refundRoutes(gateway),
    disputeRoutes(gateway),
    analyticsRoutes(gateway),
    paymentRoutes(gateway, payments),
    adminRoutes(gateway),
    webhookRoutes({ ...gateway, endpoints, wake: () => dispatcher.wake() }),
    noticeRoutes(payments, (retailerId) => gateway.tenants.find(retailerId) !== null),
    jwoRoutes(gateway, payments),
    privacyRoutes(gateway, retention),
    deviceRoutes(gateway),
  ];
}
