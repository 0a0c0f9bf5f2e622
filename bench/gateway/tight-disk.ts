import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Enough for the store of record of some hundred trips, little enough to be filled at once. */
const SIZE = '192m';
const BALLAST = 'ballast';

/** A small file system in memory that can be filled to its last byte. */
export class TightDisk {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Why none can be mounted here, or null. */
  static missing(): string | null {
    if (process.platform !== 'linux') return 'found no Linux';
    return process.getuid?.() === 0 ? null : 'only root may mount a file system';
  }

  /** Mounts one over an empty folder; throws where the system refuses. */
  static mount(folder: string): TightDisk {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder]);
    return new TightDisk(folder);
  }

  /** Leaves no room for another byte. */
  fill(): void {
    const file = openSync(join(this.#folder, BALLAST), 'w');
    const { bavail, bsize } = statfsSync(this.#folder);
    const block = Buffer.alloc(1 << 20);
    try {
      for (let left = bavail * bsize + block.length; left > 0; left -= block.length) writeSync(file, block);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
    }
  }

  release(): void {
    rmSync(join(this.#folder, BALLAST), { force: true });
  }

  unmount(): void {
    execFileSync('umount', ['--lazy', this.#folder]);
  }
}
