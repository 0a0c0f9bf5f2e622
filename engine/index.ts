export { ABLATIONS, ATTRIBUTIONS } from './attribution/choose-attribution.ts';
export type {
  Cart,
  CartLine,
  CartStatus,
  Claim,
  EngineOutput,
  Evidence,
  IngestCounters,
  Rival,
  ShelfChange,
  TrackSnapshot,
} from './cart.ts';
export { ENGINE_DEFAULTS, Engine, type EngineOptions } from './engine.ts';
export { cartsHash } from './ledger/carts-hash.ts';
export { Journal, JournalError, type JournalRecord } from './ledger/journal.ts';
export type { Account, Entry } from './ledger/ledger.ts';
export type { Reading, ReadingKind, Stamp } from './readings.ts';
export { parseStore, type Store } from './store.ts';
