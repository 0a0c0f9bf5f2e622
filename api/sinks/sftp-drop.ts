import SftpClient from 'ssh2-sftp-client';
import type { Drop } from './drop.ts';

export interface SftpOptions {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password?: string;
  readonly privateKey?: string;
  /** SHA-256 of the server's host key in Base64, as `ssh-keygen -lf` prints it; another key is refused. */
  readonly hostKeySha256: string;
  /** Folder on the server. */
  readonly dir: string;
  readonly timeoutMs?: number;
}

const NO_SUCH_FILE = 2;
const TIMEOUT_MS = 10_000;

/** A folder of an SFTP server: written beside, then renamed over. One connection, opened when first needed. */
export class SftpDrop implements Drop {
  readonly #options: SftpOptions;
  #client: Promise<SftpClient> | null = null;

  constructor(options: SftpOptions) {
    this.#options = options;
  }

  async put(name: string, bytes: Buffer): Promise<void> {
    const path = this.#path(name);
    await this.#bounded(async (client) => {
      await client.put(bytes, `${path}.part`);
      // Plain rename of SFTP 3 refuses where the target exists, which a repeat after a crash must be able to replace.
      await client.posixRename(`${path}.part`, path).catch(async () => {
        await client.delete(path, true);
        await client.rename(`${path}.part`, path);
      });
    });
  }

  async read(name: string): Promise<Buffer | null> {
    return this.#bounded(async (client) => {
      try {
        return (await client.get(this.#path(name))) as Buffer;
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => null);
    this.#client = null;
    await client?.end();
  }

  #path(name: string): string {
    return `${this.#options.dir.replace(/\/$/, '')}/${name}`;
  }

  /** Gives up on a server that fell silent, and on its connection: the next attempt opens another. */
  async #bounded<T>(work: (client: SftpClient) => Promise<T>): Promise<T> {
    const client = await this.#connected();
    const timer = Promise.withResolvers<never>();
    const timeout = setTimeout(() => timer.reject(new Error('timeout')), this.#options.timeoutMs ?? TIMEOUT_MS);
    try {
      return await Promise.race([work(client), timer.promise]);
    } catch (error) {
      this.#client = null;
      void client.end().catch(() => {});
      throw error;
    } finally {
      clearTimeout(timeout);
    }
  }

  #connected(): Promise<SftpClient> {
    this.#client ??= this.#connect().catch((error) => {
      this.#client = null;
      throw error;
    });
    return this.#client;
  }

  async #connect(): Promise<SftpClient> {
    const { dir: _, hostKeySha256, timeoutMs = TIMEOUT_MS, ...login } = this.#options;
    const forget = () => {
      this.#client = null;
    };
    // Without listeners of ours the library writes lost connections to the console.
    const client = new SftpClient('aisle', { error: forget, end: forget, close: forget });
    const expected = hostKeySha256.replace(/^SHA256:/, '').replace(/=+$/, '');
    await client.connect({
      ...login,
      readyTimeout: timeoutMs,
      hostHash: 'sha256',
      // The library hands over the hash in hex.
      hostVerifier: (hash: string) => Buffer.from(hash, 'hex').toString('base64').replace(/=+$/, '') === expected,
    });
    return client;
  }
}

function isMissing(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: string };
  return code === NO_SUCH_FILE || code === 'ENOENT' || /no such file/i.test(message ?? '');
}
