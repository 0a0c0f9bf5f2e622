import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Clock } from '../../api/clock.ts';
import {
  type BankDispute,
  type BankPayment,
  type BankRefund,
  BankRefusal,
} from '../../api/payments/test-provider/bank.ts';
import { TestStripe } from '../../api/payments/test-provider/stripe-server.ts';

interface Kept {
  readonly payments: (Omit<BankPayment, 'error'> & { readonly error: { code: string; message: string } | null })[];
  readonly refunds: BankRefund[];
  readonly disputes: BankDispute[];
}

/** Starts the built-in test provider; what it knows is kept in a file, so that it outlives the process like a real one. */
export async function startTestProvider(
  path: string,
  clock: Clock,
): Promise<{ readonly port: number; readonly apiKey: string; readonly webhookSecret: string; stop(): Promise<void> }> {
  const apiKey = 'sk_test_built_in';
  const webhookSecret = 'whsec_built_in';
  const provider = new TestStripe({ clock, apiKey, webhookSecret, webhookUrl: null });
  const { bank } = provider;
  if (existsSync(path)) {
    const kept = JSON.parse(readFileSync(path, 'utf8')) as Kept;
    for (const payment of kept.payments) {
      const error = payment.error && new BankRefusal(payment.error.code, payment.error.message);
      bank.payments.set(payment.id, { ...payment, error } as BankPayment);
    }
    for (const refund of kept.refunds) bank.refunds.set(refund.id, refund);
    for (const dispute of kept.disputes) bank.disputes.set(dispute.id, dispute);
    // Ids already given are not given again.
    const ids = [...bank.payments.keys(), ...bank.refunds.keys(), ...bank.disputes.keys()];
    const last = Math.max(0, ...ids.map((id) => Number(/\d+$/.exec(id)?.[0] ?? 0)));
    for (let i = 0; i < last; i++) bank.newId('kept');
  }
  bank.onNews(() => {
    const error = (one: BankPayment['error']) => one && { code: one.code, message: one.message };
    const kept = {
      payments: [...bank.payments.values()].map((payment) => ({ ...payment, error: error(payment.error) })),
      refunds: [...bank.refunds.values()],
      disputes: [...bank.disputes.values()],
    };
    writeFileSync(`${path}.part`, JSON.stringify(kept));
    renameSync(`${path}.part`, path);
  });
  const { port } = new URL(await provider.server.listen());
  return { port: Number(port), apiKey, webhookSecret, stop: () => provider.server.close() };
}
