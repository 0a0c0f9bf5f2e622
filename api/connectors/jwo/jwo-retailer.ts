/**
 * A retailer met through the Just Walk Out connector format: we call its identity, fraud and ordering endpoints the way
 * that Amazon's cloud does. Bodies and answers are in `outbound-wire.ts`.
 */
import { z } from 'zod';
import { type Clock, isoTime } from '../../clock.ts';
import { idFrom, newId } from '../../ids.ts';
import type { CartItem, TripEntry } from '../../orders/order.ts';
import type {
  IdentityAnswer,
  IdentityRequest,
  PlaceAnswer,
  PlaceRequest,
  RetailerPort,
  RiskAnswer,
  RiskRequest,
} from '../../retailer/retailer-port.ts';
import { RetailerTrouble } from '../../retailer/retailer-port.ts';
import type { AddressGuard } from '../../webhooks/address-guard.ts';
import { Poster } from '../../webhooks/post.ts';
import { retryAfterMs } from '../../webhooks/retry-schedule.ts';
import { connectorAuthSchema, signedHeaders } from '../connector-auth.ts';
import {
  authorizationAnswerSchema,
  errorAnswerSchema,
  identityKeysAnswerSchema,
  PATHS,
  purchasesAnswerSchema,
  scanAnswerSchema,
  scanDetailsAnswerSchema,
} from './outbound-wire.ts';
import { ofRiskMoney, toRiskMoney } from './wire-money.ts';

export const jwoSettingsSchema = z.strictObject({
  kind: z.literal('jwo'),
  /** Where the retailer's connector listens; the operations' paths come after it. */
  baseUrl: z.url(),
  auth: connectorAuthSchema,
  /** How the retailer signs its own calls, where that is another key than ours. */
  inboundAuth: connectorAuthSchema.optional(),
  /** Ask the retailer's fraud connector before the gate opens. */
  assesses: z.boolean().default(false),
  /** How grams are called in a cart; no public page spells the weight units. */
  weightUnit: z.string().max(10).default('gram'),
  timeoutMs: z.int().min(100).max(60_000).default(10_000),
});
export type JwoSettings = z.infer<typeof jwoSettingsSchema>;

/** An answer larger than this is no answer to any of these calls. */
const MAX_ANSWER_BYTES = 64 * 1024;

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfterMs: number | null;
}

export class JwoRetailer implements RetailerPort {
  readonly #settings: JwoSettings;
  readonly #clock: Clock;
  readonly #poster: Poster;

  constructor(settings: JwoSettings, clock: Clock, guard: AddressGuard) {
    this.#settings = settings;
    this.#clock = clock;
    this.#poster = new Poster(guard, { timeoutMs: settings.timeoutMs, maxAnswerBytes: MAX_ANSWER_BYTES });
  }

  close(): void {
    this.#poster.close();
  }

  /** Cards are identified by whoever read them; codes and badges by the retailer. */
  async identify(request: IdentityRequest, signal: AbortSignal): Promise<IdentityAnswer | null> {
    const { credential, requestId, eventId, storeId, atMs } = request;
    if (credential.by === 'card') return { visitorId: idFrom('card', credential.value), visitorType: 'SHOPPER' };
    const identityKey = Buffer.from(credential.value, 'utf8').toString('base64');
    const authEvent = { id: eventId, timestamp: isoTime(atMs), location: 'ENTRY' };
    const body = { requestId, identityKey, storeId, authEvent, keyChannel: 'OPTICAL' };
    const answer = await this.#call(PATHS.identityKeys, body, signal);
    if (answer.status === 401) return null;
    const { visitorDetails } = read(answer, identityKeysAnswerSchema, PATHS.identityKeys);
    return { visitorId: visitorDetails.id, visitorType: visitorDetails.type };
  }

  /** A scan at the gate that is no entry code (loyalty): null where the retailer rejects it. */
  async resolveScan(request: IdentityRequest, signal: AbortSignal): Promise<IdentityAnswer | null> {
    const { requestId, storeId, eventId: id, atMs, credential } = request;
    const scanEvent = { id, timestamp: isoTime(atMs), location: 'ENTRY', value: credential.value, channel: 'OPTICAL' };
    const answer = await this.#call(PATHS.scan, { requestId, storeId, scanEvent }, signal);
    if (answer.status === 401) return null;
    const result = read(answer, scanAnswerSchema, PATHS.scan);
    return result.action === 'REJECT' ? null : { visitorId: result.id, visitorType: result.type };
  }

  /** Promotions that a loyalty scan entitles to; null where the retailer knows none. */
  async scanDetails(storeId: string, id: string, type: TripEntry['visitorType'], signal: AbortSignal) {
    const answer = await this.#call(PATHS.scanDetails, { storeId, scanResult: { id, type } }, signal);
    return answer.status === 404 ? null : read(answer, scanDetailsAnswerSchema, PATHS.scanDetails);
  }

  /** An associate finds a shopper who is to be helped; the answer's shape is not published and comes as it is. */
  async findShopper(storeId: string, key: string, kind: 'QR_CODE' | 'PHONE_NUMBER', signal: AbortSignal) {
    const shopperKey = Buffer.from(key, 'utf8').toString('base64');
    const body = {
      requestId: newId(),
      shopperKey,
      shopperKeyType: kind,
      storeId,
      timestamp: isoTime(this.#clock.nowMs()),
    };
    const answer = await this.#call(PATHS.shopper, body, signal);
    return answer.status === 401 || answer.status === 404 ? null : read(answer, z.looseObject({}), PATHS.shopper);
  }

  async assess(request: RiskRequest, signal: AbortSignal): Promise<RiskAnswer> {
    const { storeId, visitorId, hold, tripId, eventId, by, atMs } = request;
    if (!this.#settings.assesses) return { authorized: true, holdMinor: hold.amountMinor, risks: [] };
    const [type, interactionType] = by === 'card' ? ['CREDIT_CARD', 'TAP'] : ['QR_CODE', 'SCAN'];
    const gateAuthenticationEvent = { id: eventId, type, interactionType, timestamp: isoTime(atMs), location: 'ENTRY' };
    const body = {
      storeId,
      shopperIdentity: { id: visitorId },
      authorizedAmount: toRiskMoney(hold),
      shopperInteraction: { shoppingTripId: tripId, gateAuthenticationEvent },
    };
    const answer = read(
      await this.#call(PATHS.authorization, body, signal),
      authorizationAnswerSchema,
      PATHS.authorization,
    );
    const adjusted = answer.authorizationConditions.filter((condition) => condition.type === 'ADJUST');
    const amounts = adjusted.map(({ amount }) => ofRiskMoney(amount));
    const foreign = amounts.find(({ currency }) => currency !== hold.currency);
    if (foreign)
      throw new RetailerTrouble(`fraud connector: found ${foreign.currency}, expected ${hold.currency}`, false);
    // A condition may lower what is held, never raise it above what the shopper agreed to.
    const holdMinor = Math.min(hold.amountMinor, ...amounts.map(({ amountMinor }) => amountMinor));
    return { authorized: answer.shopperAuthorized, holdMinor, risks: answer.shopperRisks };
  }

  async place(request: PlaceRequest, signal: AbortSignal): Promise<PlaceAnswer> {
    const { requestId, tripId, storeId, startedAtMs, endedAtMs, entries, items } = request;
    const payer = entries.find(({ by, visitorId }) => by === 'card' && visitorId !== null);
    const body = {
      requestId,
      idempotentShoppingTripId: tripId,
      storeId,
      shoppingTrip: {
        startTime: isoTime(startedAtMs),
        endTime: isoTime(endedAtMs),
        authEvents: entries.length > 0 ? entries.map(authEvent) : [eventWithoutEntry(tripId, startedAtMs)],
      },
      cartItems: items.map((item) => this.#cartItem(item)),
      ...(payer ? { shopperIdentity: { id: payer.visitorId } } : {}),
    };
    const answer = read(await this.#call(PATHS.purchases, body, signal), purchasesAnswerSchema, PATHS.purchases);
    return { purchaseId: answer.purchaseId ?? tripId, prices: null };
  }

  #cartItem({ sku, lineId, quantity }: CartItem) {
    const value = quantityText(quantity.value);
    const unit = quantity.unit === 'each' ? 'unit' : this.#settings.weightUnit;
    return { id: sku, type: 'SKU', quantity: { value, unit }, lineItemId: lineId };
  }

  async #call(path: string, body: object, signal: AbortSignal): Promise<Answer> {
    const text = JSON.stringify(body);
    const url = new URL(this.#settings.baseUrl.replace(/\/$/, '') + path);
    const headers = signedHeaders(this.#settings.auth, url, text, this.#clock.nowMs());
    const outcome = await Promise.race([this.#poster.post(url.href, headers, text), aborted(signal)]);
    if (outcome === 'aborted') throw new RetailerTrouble(`${path}: no answer in time`, true);
    if (outcome.status === null) throw new RetailerTrouble(`${path}: ${outcome.error}`, true);
    const waitMs = retryAfterMs(outcome.retryAfter, this.#clock.nowMs());
    return { status: outcome.status, body: parsed(outcome.excerpt), retryAfterMs: waitMs };
  }
}

/** Throws `RetailerTrouble` unless the answer is a success that reads as it should. */
function read<S extends z.ZodType>({ status, body, retryAfterMs }: Answer, schema: S, path: string): z.infer<S> {
  if (status >= 200 && status < 300) {
    const answer = schema.safeParse(body);
    if (answer.success) return answer.data;
    // It may be repaired, and asking again has no further effect.
    throw new RetailerTrouble(`${path}: answered ${status}, unreadable: ${z.prettifyError(answer.error)}`, true);
  }
  const error = errorAnswerSchema.safeParse(body);
  const text = error.success ? error.data.errorMsg.slice(0, 200) : 'without errorMsg';
  // 401, 403 and 404 are an allow-list or a deployment that someone is about to mend; only 400 says that we are wrong.
  throw new RetailerTrouble(`${path}: answered ${status}, ${text}`, status !== 400, retryAfterMs);
}

function authEvent({ eventId, atMs, by, visitorId, visitorType }: TripEntry) {
  return {
    id: eventId,
    timestamp: isoTime(atMs),
    location: 'ENTRY',
    payloadType: by === 'card' ? 'FINANCIAL' : 'SCAN_CODE',
    ...(visitorId === null || by === 'card' ? {} : { scanResult: { id: visitorId, type: visitorType } }),
  };
}

/** A body that no credential let in still leaves with goods; the format asks for an event. */
function eventWithoutEntry(tripId: string, atMs: number) {
  const id = idFrom('manual entry', tripId);
  return { id, timestamp: isoTime(atMs), location: 'MANUAL_IN_STORE', payloadType: 'SCAN_CODE' };
}

/** `2.0`, `350.0`, `0.25`: decimal text of at most ten characters. */
export function quantityText(value: number): string {
  const text = Number.isInteger(value) ? `${value}.0` : String(value);
  if (!/^\d+\.\d+$/.test(text) || text.length > 10)
    throw new RangeError(`quantity: found ${value}, expected at most ten characters of decimal text`);
  return text;
}

function aborted(signal: AbortSignal): Promise<'aborted'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('aborted');
    else signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
}

/** An answer without a body says nothing more than its status; one that is no JSON is nobody's. */
function parsed(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
