import type { App } from '../server.ts';
import { paymentNoticeRoutes } from './notice-routes.ts';
import type { PaymentDesk } from './payment-desk.ts';

/** The address of payment providers' notices, on the gateway's server. */
export function noticeRoutes(payments: PaymentDesk, isRetailer: (retailerId: string) => boolean) {
  const mount = paymentNoticeRoutes({ notices: payments.notices, isRetailer });
  return (app: App): void => {
    app.register(async (own) => mount(own as never));
  };
}
