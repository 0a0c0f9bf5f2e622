import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Clock } from '../../clock.ts';
import { type ConnectorAuth, isFrom } from '../connector-auth.ts';

type Json = Record<string, unknown>;
const openapi = JSON.parse(readFileSync(new URL('./openapi.json', import.meta.url), 'utf8')) as {
  readonly paths: Record<string, { post: { requestBody?: Body; responses: Record<string, Body> } }>;
  readonly components: { readonly schemas: Json };
};
interface Body {
  readonly content?: Record<string, { readonly schema: { readonly $ref: string } }>;
}

const ajv = new Ajv2020({
  strict: true,
  strictTypes: false,
  strictRequired: false,
  allErrors: true,
  multipleOfPrecision: 6,
});
addFormats.default(ajv);
ajv.addSchema({ $id: 'openapi', components: openapi.components }, 'openapi');
ajv.addVocabulary(['components']);

const validators = new Map<string, ValidateFunction>();

/** The validator of a request's or an answer's body; null where the description has none. */
function validator(body: Body | undefined): ValidateFunction | null {
  const reference = body?.content?.['application/json']?.schema.$ref;
  if (!reference) return null;
  const known = validators.get(reference) ?? ajv.compile({ $ref: `openapi${reference}` });
  validators.set(reference, known);
  return known;
}

export function requestProblem(path: string, body: unknown): string | null {
  const validate = validator(openapi.paths[path]?.post.requestBody);
  if (validate === null) throw new Error(`${path}: found no request in openapi.json`);
  return validate(body) ? null : ajv.errorsText(validate.errors);
}

/** Null where the answer is as described; an answer without a body must be described without one. */
export function answerProblem(path: string, status: number, text: string): string | null {
  const responses = openapi.paths[path]!.post.responses;
  const validate = validator(responses[String(status)] ?? responses['default']);
  if (validate === null) return text === '' ? null : `found ${text}, expected no body`;
  return validate(text === '' ? undefined : JSON.parse(text)) ? null : ajv.errorsText(validate.errors);
}

/** A retailer's connector as the format describes it, on a free port; written against `openapi.json`, not our schemas. */
export class TestConnector {
  /** Bodies that arrived, by path. */
  readonly requests: { readonly path: string; readonly body: unknown; readonly problem: string | null }[] = [];
  readonly purchases = new Map<string, string>();
  /** Answers instead of the usual ones, used up in order. */
  readonly scripted: ((request: IncomingMessage, response: ServerResponse) => void)[] = [];
  /** What the connector gets wrong, for tests of the checker. */
  readonly faults = new Set<'forgets-trips' | 'reads-nothing' | 'ignores-signatures' | 'says-200'>();
  fraudAnswer: Json = { shopperAuthorized: true, authorizationConditions: [], shopperRisks: [] };
  readonly #auth: ConnectorAuth;
  readonly #clock: Clock;
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch((error: Error) => response.writeHead(500).end(error.message));
  });

  constructor(auth: ConnectorAuth, clock: Clock) {
    this.#auth = auth;
    this.#clock = clock;
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const path = request.url!;
    const scripted = this.scripted.shift();
    if (scripted) return scripted(request, response);
    const answer = (status: number, body: Json) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const refuse = (status: number, errorMsg: string) => answer(status, { errorMsg });
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const url = new URL(path, `http://${headers['host']}`);
    const isSigned = isFrom(this.#auth, { method: 'POST', url, headers, body: text }, this.#clock.nowMs());
    if (!isSigned && !this.faults.has('ignores-signatures')) return refuse(403, 'not signed');
    const body = JSON.parse(text) as Json;
    const problem = requestProblem(path, body);
    this.requests.push({ path, body, problem });
    if (problem !== null && !this.faults.has('reads-nothing')) return refuse(400, problem);
    if (body['storeId'] !== 'store-1' && !this.faults.has('reads-nothing')) return refuse(400, 'unknown storeId');
    if (path === '/v1/identity/identity-keys') return this.#identify(body, answer);
    if (path === '/v1/identity/scan') return answer(200, { id: 'loyal-1', type: 'LOYALTY', action: 'ACCEPT' });
    if (path === '/v1/identity/scan/details') return answer(200, { provider: 'club', promotionIds: ['p1'] });
    if (path === '/v1/identity/shopper') return answer(200, { id: 'shopper-1' });
    if (path === '/v1/fraudandabuse/shopperauthorization') return answer(200, this.fraudAnswer);
    return this.#order(body, answer, refuse);
  }

  #identify(body: Json, answer: (status: number, body: Json) => unknown): unknown {
    const code = Buffer.from(String(body['identityKey']), 'base64').toString('utf8');
    if (code !== 'code-1' && code !== 'badge-1') return answer(401, { errorMsg: 'unknown key' });
    return answer(200, {
      visitorDetails: { id: `of-${code}`, type: code === 'badge-1' ? 'ASSOCIATE' : 'SHOPPER' },
      later: 1,
    });
  }

  #order(
    body: Json,
    answer: (status: number, body: Json) => unknown,
    refuse: (status: number, text: string) => unknown,
  ): unknown {
    const trip = body['shoppingTrip'] as { startTime: string; endTime: string } | undefined;
    const lines = ((body['cartItems'] ?? []) as Json[]).map(({ lineItemId }) => lineItemId).filter(Boolean);
    if (!this.faults.has('reads-nothing')) {
      if (Date.parse(trip!.endTime) < Date.parse(trip!.startTime)) return refuse(400, 'ends before it starts');
      if (new Set(lines).size !== lines.length) return refuse(400, 'lineItemId twice');
    }
    const tripId = String(body['idempotentShoppingTripId']);
    const known = this.faults.has('forgets-trips') ? undefined : this.purchases.get(tripId);
    const purchaseId = known ?? `purchase-${this.purchases.size + 1}`;
    this.purchases.set(
      known === undefined && this.purchases.has(tripId) ? `${tripId}/${this.purchases.size}` : tripId,
      purchaseId,
    );
    return answer(this.faults.has('says-200') ? 200 : 201, { purchaseId });
  }
}
