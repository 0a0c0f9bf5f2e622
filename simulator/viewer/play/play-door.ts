import type { LiveConnection } from '../time/live-connection.ts';

/** What a guest can be told to do. */
export type GuestOrder =
  | { readonly verb: 'take' | 'putback'; readonly sku: string; readonly slot: string }
  | { readonly verb: 'leave' };

/** How sensors can be broken. */
export type FaultKind = 'blind' | 'freeze' | 'fog' | 'silence' | 'shake';

/** A hand and feet are told where to go at most this often, ms. */
const MOVE_MS = 80;

/** The page's way to act on a simulated store. Its promises reject with what the server says against it. */
export class PlayDoor {
  readonly #connection: LiveConnection;
  #reachMs = 0;
  #reached = '';
  #steered = '';

  constructor(connection: LiveConnection) {
    this.#connection = connection;
  }

  /** Calls a shopper to the door; its key. */
  async admit(): Promise<string> {
    const { guest } = await post('live/guests', {});
    return String(guest);
  }

  async order(guest: string, order: GuestOrder): Promise<void> {
    await post(`live/guests/${guest}/orders`, order);
  }

  async suffer(kind: FaultKind, target: string): Promise<void> {
    await post('live/faults', { kind, target });
  }

  steer(guest: string, x: number, y: number): void {
    const text = `${guest} ${x.toFixed(2)} ${y.toFixed(2)}`;
    if (text === this.#steered) return;
    this.#steered = text;
    this.#connection.send({ type: 'steer', guest, x, y });
  }

  reach(guest: string, inWorldM: readonly [number, number, number] | null): void {
    const nowMs = performance.now();
    const text = `${guest} ${inWorldM?.map((value) => value.toFixed(2)).join(' ')}`;
    if (text === this.#reached || (inWorldM !== null && nowMs - this.#reachMs < MOVE_MS)) return;
    this.#reachMs = nowMs;
    this.#reached = text;
    this.#connection.send({ type: 'reach', guest, inWorldM });
  }
}

async function post(path: string, body: object): Promise<Record<string, unknown>> {
  const reply = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await reply.json()) as Record<string, unknown>;
  if (!reply.ok) throw new Error(String(answer.error ?? reply.status));
  return answer;
}
