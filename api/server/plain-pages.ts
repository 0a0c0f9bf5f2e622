import type { App } from '../server.ts';
import { problemPage } from './problem-page.ts';

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;color:#111;background:#fff;margin:0}
main{max-width:44rem;margin:2rem auto;padding:0 1rem}h2{font-size:1.1rem;margin:1.5rem 0 .25rem}
small{color:#555;font-weight:normal}p{margin:.25rem 0}code{background:#f2f2f2;padding:0 .2rem}
li{margin:.25rem 0}a{color:#0a4d8c}:target{background:#fff8dc}
@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}code{background:#2a2a2a}small{color:#aaa}
a{color:#8cc2ff}:target{background:#3a3413}}`;

/** What a page that is given to the server is for, by its prefix. */
const SAYS: Readonly<Record<string, string>> = {
  '/webhooks/': 'what was delivered to your endpoints, what was tried, and a button to send it again',
};

/** Pages of the gateway's own: where to go from its address, and what each problem means. */
export function plainPages(app: App, prefixes: readonly string[]): void {
  const open = { config: { scope: 'public' as const }, schema: { hide: true } };
  const page = (path: string, html: () => string) =>
    app.get(path, open, async (_request, reply) => reply.type('text/html; charset=utf-8').send(html()));
  if (!prefixes.includes('/')) page('/', () => landingPage(prefixes));
  page('/docs/problems', problemPage);
  app.get('/docs/page.css', open, async (_request, reply) => reply.type('text/css').send(STYLE));
  app.get('/favicon.ico', open, async (_request, reply) => reply.code(204).send());
  for (const prefix of prefixes)
    if (prefix.length > 1 && prefix.endsWith('/'))
      app.get(prefix.slice(0, -1), open, async (_request, reply) => reply.redirect(prefix));
}

function landingPage(prefixes: readonly string[]): string {
  const places: [string, string][] = [
    ['/docs/', 'every operation and every event, to read and to try'],
    ['/docs/openapi.json', 'the same for machines: OpenAPI 3.1'],
    ['/docs/problems', 'what errors mean and what to do about them'],
    ...prefixes
      .filter((prefix) => prefix !== '/')
      .map((prefix): [string, string] => [prefix, SAYS[prefix] ?? 'a page']),
    ['/transparency', 'what is watched, kept and passed on'],
    ['/health/ready', 'whether work can be taken on'],
    ['/metrics', 'figures for Prometheus'],
  ];
  const items = places.map(([path, says]) => `<li><a href="${path}"><code>${path}</code></a> ${says}</li>`);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>OpenAisle gateway</title><link rel="stylesheet" href="/docs/page.css"></head><body><main>
<h1>OpenAisle gateway</h1><p>Finished carts become orders, payments, receipts and webhooks, exactly once.</p>
<ul>${items.join('')}</ul></main></body></html>`;
}
