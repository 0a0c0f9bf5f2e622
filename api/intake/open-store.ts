import { Engine, type EngineOutput, Journal, type Store } from '../../engine/index.ts';
import type { Gateway } from '../gateway.ts';
import { idFrom } from '../ids.ts';
import { LiveProjection } from '../live-feed/live-projection.ts';
import { storeOf } from '../retailer/tenants.ts';
import { Projection } from '../trips/projection.ts';
import { openSession, type Session } from '../trips/session.ts';
import { ReadingLog } from './reading-log.ts';
import { StoreSession } from './store-session.ts';

export interface OpenStoreOptions {
  readonly retailerId: string;
  readonly storeId: string;
  /** What the engine is told of the store. */
  readonly store: Store;
  /** Names the source of the readings: only the same source goes on with a session that was cut short. */
  readonly source: string;
  /** Path of the journal of a session with this number. */
  readonly journalPath: (sessionNumber: number) => string;
  /** Path of the log of readings of a session with this number, for sources that cannot be read again. */
  readonly logPath?: (sessionNumber: number) => string;
  /** See `SessionParts.onAnswer`. */
  readonly onAnswer?: (credential: string, tripId: string | null) => void;
  readonly watch?: (outputs: readonly EngineOutput[]) => void;
}

/** Alerts come again when a session is run again: each is told once. */
async function tellAlert(
  { database, outbox }: Gateway,
  { id, retailerId, storeId }: Session,
  { timeUs, about, text }: Extract<EngineOutput, { kind: 'alert' }>,
): Promise<void> {
  const type = text.startsWith('scale') ? ('sensor.alert' as const) : ('planogram.alert' as const);
  const data = { storeId, about, text };
  const key = idFrom(id, String(timeUs), about, text);
  await database
    .transaction((tx) => outbox.append(tx, { type, retailerId, tripId: null, data, key }))
    // A lost alert is worth less than a stopped store.
    .catch(() => undefined);
}

/** Opens a store's session in this process, new or where it was cut short. */
export async function openStore(
  gateway: Gateway,
  options: OpenStoreOptions,
): Promise<{ readonly session: StoreSession; readonly sessionId: string; readonly isResumed: boolean }> {
  const { database, clock, desk, outbox: announcer, orders, metrics, live } = gateway;
  const { retailerId, storeId, source, store } = options;
  const opened = await database.transaction((tx) =>
    openSession(tx, { retailerId, storeId, source, nowMs: clock.nowMs() }),
  );
  const restrictions = new Map(
    store.products.flatMap(({ sku, restriction }) => (restriction === undefined ? [] : [[sku, restriction] as const])),
  );
  const timeZone = storeOf(gateway.tenants.get(retailerId).retailer, storeId)?.timeZone ?? 'UTC';
  const engine = new Engine(store);
  const drafts = () => engine.drafts();
  const shown = new LiveProjection({ database, announcer, live, restrictions, session: opened.session, drafts });
  const session = await StoreSession.open({
    session: opened.session,
    engine,
    journal: Journal.open(options.journalPath(opened.session.number)),
    projection: new Projection(opened.session, { database, announcer, orders, clock, restrictions, timeZone }),
    desk,
    database,
    ...(options.logPath ? { log: ReadingLog.open(options.logPath(opened.session.number)) } : {}),
    staffCredentials: new Set(store.staffCredentials),
    onTrouble: () => metrics.troubles.inc({ store: storeId }),
    ...(options.onAnswer ? { onAnswer: options.onAnswer } : {}),
    watch: (outputs) => {
      for (const output of outputs) if (output.kind === 'cart') metrics.carts.inc({ status: output.cart.status });
      for (const output of outputs) if (output.kind === 'alert') void tellAlert(gateway, opened.session, output);
      shown.see(outputs);
      options.watch?.(outputs);
    },
  });
  gateway.sessions.set(opened.session.id, session);
  return { session, sessionId: opened.session.id, isResumed: opened.isResumed };
}
