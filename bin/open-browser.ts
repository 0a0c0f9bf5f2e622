import { spawn } from 'node:child_process';

/** Best effort: a machine without a browser, or without a person before it, just shows the address. */
export function openBrowser(address: string): void {
  if (!process.stdout.isTTY) return;
  const opener = process.platform === 'darwin' ? 'open' : process.platform === 'win32' ? 'explorer' : 'xdg-open';
  spawn(opener, [address], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}
