/** Opens many server-sent event streams from a process of its own: `url key count`. Says how many are open, then counts events. */
import { connect } from 'node:net';

const [url = '', key = '', count = '0'] = process.argv.slice(2);
const { hostname, port, pathname } = new URL(url);
const wanted = Number(count);
let open = 0;
let events = 0;

/** Bare sockets: what a client library keeps is not what is measured, and this process must hold thousands. */
function reader(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`GET ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${key}\r\n\r\n`);
    });
    let isFirst = true;
    socket.on('data', (bytes) => {
      const text = bytes.toString('latin1');
      if (isFirst) {
        isFirst = false;
        if (!text.startsWith('HTTP/1.1 200')) reject(new Error(text.slice(0, 200)));
        open++;
        resolve();
      }
      events += text.split('event: cart').length - 1;
    });
    socket.on('error', reject);
  });
}

for (let i = 0; i < wanted; i += 100) await Promise.all(Array.from({ length: Math.min(100, wanted - i) }, reader));
process.send!({ open });
process.on('message', () => process.send!({ events }));
process.on('disconnect', () => process.exit(0));
