import { decodeLive, type LiveMessage, unpackLive } from '../../../api/live.ts';

export type ConnectionState = 'connecting' | 'live' | 'lost';

/** First and longest wait before the next try, ms. */
const RETRY_MS = 500;
const LONGEST_RETRY_MS = 8000;
/** The server shows another store from now on. */
const ANOTHER_STORE = 4000;

/** Page's end of the live feed: fetches what was, then follows what comes, and comes back by itself when cut off. */
export class LiveConnection {
  readonly #take: (message: LiveMessage) => void;
  readonly #tell: (state: ConnectionState) => void;
  #socket: WebSocket | null = null;
  #retryMs = RETRY_MS;
  #watched: readonly string[] = [];

  constructor(take: (message: LiveMessage) => void, tell: (state: ConnectionState) => void) {
    this.#take = take;
    this.#tell = tell;
  }

  /** Listens first and fetches then, so that nothing falls between; what comes twice is taken once by its time. */
  open(): void {
    this.#tell('connecting');
    const socket = new WebSocket(new URL('live', document.baseURI).href.replace(/^http/, 'ws'));
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    const early: LiveMessage[] = [];
    let isCaughtUp = false;
    socket.onopen = async () => {
      this.send({ type: 'watch', sensorIds: this.#watched });
      await this.#catchUp();
      isCaughtUp = true;
      for (const message of early) this.#take(message);
      this.#retryMs = RETRY_MS;
      this.#tell('live');
    };
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      const message = decodeLive(new Uint8Array(data));
      if (isCaughtUp) this.#take(message);
      else early.push(message);
    };
    socket.onclose = ({ code }) => {
      if (code === ANOTHER_STORE) return location.reload();
      this.#tell('lost');
      setTimeout(() => this.open(), this.#retryMs);
      this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2);
    };
  }

  setPace(speed: number, paused: boolean): void {
    this.send({ type: 'pace', speed, paused });
  }

  /** Asks for the samples of these scales and cameras from now on. */
  watch(sensorIds: readonly string[]): void {
    this.#watched = sensorIds;
    this.send({ type: 'watch', sensorIds });
  }

  async #catchUp(): Promise<void> {
    for (const path of ['live/stock', 'live/news']) {
      for (const message of await fetchMessages(path)) this.#take(message);
    }
  }

  /** Sends a command; nothing while the connection is down. */
  send(command: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(command));
  }
}

/** Scenes, tracks and samples of a stretch of at most a minute. */
export function fetchHistory(fromUs: number, toUs: number): Promise<LiveMessage[]> {
  return fetchMessages(`live/history?fromUs=${fromUs}&toUs=${toUs}`);
}

async function fetchMessages(path: string): Promise<LiveMessage[]> {
  const reply = await fetch(path);
  if (!reply.ok) throw new Error(`${path}: found status ${reply.status}, expected 200`);
  return unpackLive(new Uint8Array(await reply.arrayBuffer()));
}
