import type { Transaction } from './store/database.ts';
import type { EventType } from './webhooks/catalogue.ts';
import type { NewEvent } from './webhooks/event.ts';

/** Where state changes tell the world, inside their own transaction; the outbox stands behind it. */
export interface Announcer {
  append<T extends EventType>(tx: Transaction, event: NewEvent<T>): Promise<unknown>;
}
