import { createHash, generateKeyPairSync } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import ssh2 from 'ssh2';

export interface TestSftpServer {
  readonly port: number;
  readonly hostKeySha256: string;
  /** Lets in who holds this private key, PEM. */
  allowKey(privateKey: string): void;
  hangUp(): void;
  stop(): Promise<void>;
}

const hostKey = newPrivateKey();

/** A private key as SSH reads it, PEM. */
export function newPrivateKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
}

const { OPEN_MODE, STATUS_CODE, flagsToString } = ssh2.utils.sftp;

/** A real SSH server with an SFTP subsystem over one folder of the disk. */
export async function startSftpServer(
  root: string,
  login: { username: string; password: string },
): Promise<TestSftpServer> {
  const clients = new Set<ssh2.Connection>();
  const keys: Buffer[] = [];
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client)).on('error', () => {});
    client.on('authentication', (auth) => {
      const isOurs = auth.username === login.username;
      const hasPassword = auth.method === 'password' && auth.password === login.password;
      const hasKey = auth.method === 'publickey' && keys.some((key) => key.equals(auth.key.data));
      if (isOurs && (hasPassword || hasKey)) auth.accept();
      else auth.reject(['password', 'publickey']);
    });
    client.on('session', (accept) => accept().on('sftp', (acceptSftp) => serveFolder(acceptSftp(), root)));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    hostKeySha256: createHash('sha256').update(publicPart(hostKey)).digest('base64'),
    allowKey: (privateKey) => void keys.push(publicPart(privateKey)),
    hangUp: () => {
      for (const client of clients) client.end();
    },
    stop: () => {
      for (const client of clients) client.end();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

function publicPart(privateKey: string): Buffer {
  return (ssh2.utils.parseKey(privateKey) as unknown as { getPublicSSH(): Buffer }).getPublicSSH();
}

function serveFolder(sftp: ssh2.SFTPWrapper, root: string): void {
  const path = (name: string) => join(root, normalize(`/${name}`));
  const files = new Map<number, number>();
  let next = 0;
  const answer = (id: number, work: () => void) => {
    try {
      work();
      sftp.status(id, STATUS_CODE.OK);
    } catch (error) {
      sftp.status(id, codeOf(error));
    }
  };
  sftp.on('OPEN', (id, name, flags) => {
    try {
      const file = openSync(path(name), flags & OPEN_MODE.WRITE ? (flagsToString(flags) ?? 'w') : constants.O_RDONLY);
      const handle = Buffer.alloc(4);
      handle.writeUInt32BE(next);
      files.set(next++, file);
      sftp.handle(id, handle);
    } catch (error) {
      sftp.status(id, codeOf(error));
    }
  });
  const fileOf = (handle: Buffer) => files.get(handle.readUInt32BE(0))!;
  sftp.on('WRITE', (id, handle, offset, data) =>
    answer(id, () => writeSync(fileOf(handle), data, 0, data.length, offset)),
  );
  sftp.on('READ', (id, handle, offset, length) => {
    const bytes = Buffer.alloc(Math.min(length, 32_768));
    const read = readSync(fileOf(handle), bytes, 0, bytes.length, offset);
    if (read === 0) sftp.status(id, STATUS_CODE.EOF);
    else sftp.data(id, bytes.subarray(0, read));
  });
  sftp.on('CLOSE', (id, handle) =>
    answer(id, () => {
      closeSync(fileOf(handle));
      files.delete(handle.readUInt32BE(0));
    }),
  );
  const stat = (
    id: number,
    find: () => { mode: number; uid: number; gid: number; size: number; atimeMs: number; mtimeMs: number },
  ) => {
    try {
      const { atimeMs, mtimeMs, mode, uid, gid, size } = find();
      sftp.attrs(id, { mode, uid, gid, size, atime: Math.floor(atimeMs / 1000), mtime: Math.floor(mtimeMs / 1000) });
    } catch (error) {
      sftp.status(id, codeOf(error));
    }
  };
  sftp.on('STAT', (id, name) => stat(id, () => statSync(path(name))));
  sftp.on('LSTAT', (id, name) => stat(id, () => statSync(path(name))));
  sftp.on('FSTAT', (id, handle) => stat(id, () => fstatSync(fileOf(handle))));
  sftp.on('FSETSTAT', (id, handle, attributes) =>
    answer(id, () => {
      if (attributes.size !== undefined) ftruncateSync(fileOf(handle), attributes.size);
    }),
  );
  sftp.on('SETSTAT', (id) => answer(id, () => {}));
  sftp.on('REALPATH', (id, name) =>
    sftp.name(id, [{ filename: normalize(`/${name}`), longname: '', attrs: {} as ssh2.Attributes }]),
  );
  sftp.on('REMOVE', (id, name) => answer(id, () => unlinkSync(path(name))));
  // As SFTP 3 has it: a rename onto a file that exists fails.
  sftp.on('RENAME', (id, from, to) =>
    answer(id, () => {
      if (exists(path(to))) throw new Error('exists');
      renameSync(path(from), path(to));
    }),
  );
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function codeOf(error: unknown): number {
  return (error as NodeJS.ErrnoException).code === 'ENOENT' ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE;
}
