/**
 * Progress of long work on standard error: one bar that redraws itself on a terminal, a plain line every ten
 * percent elsewhere, so that logs stay readable and standard output stays clean for data.
 */
export class Progress {
  private readonly startedMs = performance.now();
  private readonly terminal: boolean;
  private lastDecile = -1;
  private drawnMs = 0;
  private readonly out: NodeJS.WriteStream;
  private readonly quiet: boolean;

  constructor(options: { readonly quiet?: boolean; readonly out?: NodeJS.WriteStream } = {}) {
    this.out = options.out ?? process.stderr;
    this.quiet = options.quiet ?? false;
    this.terminal = this.out.isTTY === true && !process.env['CI'];
  }

  /** `done` in 0..1; `label` says what is under way. */
  show(done: number, label: string): void {
    if (this.quiet) return;
    const nowMs = performance.now();
    if (this.terminal) {
      if (nowMs - this.drawnMs < 80 && done < 1) return;
      this.drawnMs = nowMs;
      const width = 28;
      const full = Math.round(done * width);
      const bar = '█'.repeat(full) + '░'.repeat(width - full);
      this.out.write(`\r\x1b[2K${bar} ${percent(done)}  ${this.timeLeft(done, nowMs)}  ${label}`.slice(0, 200));
      return;
    }
    const decile = Math.floor(done * 10);
    if (decile <= this.lastDecile || nowMs - this.startedMs < 2000) return;
    this.lastDecile = decile;
    this.out.write(`${percent(done)}  ${this.timeLeft(done, nowMs)}  ${label}\n`);
  }

  /** Work without a known end: the latest figure instead of a bar, on a terminal only. */
  note(text: string): void {
    if (this.terminal && !this.quiet) this.out.write(`\r\x1b[2K${text}`);
  }

  /** Removes the bar, so that what follows starts on a clean line. */
  clear(): void {
    if (this.terminal && !this.quiet) this.out.write('\r\x1b[2K');
  }

  private timeLeft(done: number, nowMs: number): string {
    if (done < 0.02) return 'estimating';
    const leftS = Math.round(((nowMs - this.startedMs) / 1000) * (1 / done - 1));
    return leftS < 90 ? `${leftS} s left` : `${Math.round(leftS / 60)} min left`;
  }
}

function percent(share: number): string {
  return `${Math.round(share * 100)
    .toString()
    .padStart(3)} %`;
}
