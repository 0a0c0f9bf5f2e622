import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudEvent } from './event.ts';

export interface Received {
  readonly id: string;
  readonly body: string;
  readonly event: CloudEvent;
  readonly headers: Record<string, string>;
}

type Answer = (received: Received, response: ServerResponse) => void;

/** A real HTTP server that keeps what it is sent; `answer` decides, 204 by default. */
export class TestReceiver {
  readonly received: Received[] = [];
  answer: Answer = (_, response) => void response.writeHead(204).end();
  readonly #server = createServer((request, response) => void this.#take(request, response));
  url = '';

  static async start(): Promise<TestReceiver> {
    const receiver = new TestReceiver();
    await new Promise<void>((done) => receiver.#server.listen(0, '127.0.0.1', done));
    receiver.url = `http://127.0.0.1:${(receiver.#server.address() as AddressInfo).port}/hooks`;
    return receiver;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const headers = request.headers as Record<string, string>;
    const received = { id: headers['webhook-id']!, body, event: JSON.parse(body) as CloudEvent, headers };
    this.received.push(received);
    this.answer(received, response);
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
