import type { Command } from 'commander';
import { systemClock } from '../../api/clock.ts';
import { type ConnectorAuth, connectorAuthSchema } from '../../api/connectors/connector-auth.ts';
import { type CaseResult, CONFORMANCE_CASES, runConformance } from '../../api/connectors/jwo/conformance.ts';
import { UserError } from '../user-error.ts';

export interface EndpointOptions {
  readonly store?: string;
  readonly code?: string;
  readonly sku?: string;
  readonly auth?: string;
  readonly only?: string;
  readonly timeout?: string;
  readonly json?: boolean;
}

/** What `aisle doctor URL` needs besides the URL. */
export function addEndpointOptions(command: Command): Command {
  return command
    .option('--store <id>', 'a store the connector knows')
    .option('--code <text>', 'an entry code it lets in')
    .option('--sku <sku>', 'a product it sells')
    .option('--auth <json>', 'how calls are signed, as in the configuration; default: AISLE_CONNECTOR_AUTH')
    .option('--only <prefix>', 'run the cases whose name begins so, such as order.')
    .option('--timeout <ms>', 'wait this long for each answer', '10000');
}

/** Runs the conformance list against a retailer's connector, one line per case; exit code 1 where a case fails. */
export async function checkEndpoint(url: string, options: EndpointOptions): Promise<void> {
  const target = {
    baseUrl: httpUrl(url),
    auth: connectorAuth(options.auth ?? process.env['AISLE_CONNECTOR_AUTH']),
    clock: systemClock,
    storeId: needed('--store', options.store),
    validCode: needed('--code', options.code),
    validSku: needed('--sku', options.sku),
    timeoutMs: Number(options.timeout),
  };
  const cases = CONFORMANCE_CASES.filter(({ id }) => id.startsWith(options.only ?? ''));
  if (cases.length === 0) throw new UserError(`--only ${options.only}: found no case that begins so`);
  const results: CaseResult[] = [];
  for await (const result of runConformance(target, cases)) {
    results.push(result);
    if (!options.json) console.log(inWords(result));
  }
  const failed = results.filter(({ passed }) => !passed).length;
  if (options.json)
    console.log(JSON.stringify({ url, passed: results.length - failed, failed, cases: results }, null, 2));
  else console.log(`\n${results.length - failed} of ${results.length} cases passed`);
  if (failed > 0) process.exitCode = 1;
}

function inWords({ id, name, passed, found, ms }: CaseResult): string {
  return `${passed ? 'ok ' : 'NO '} ${id.padEnd(44)} ${name}${passed ? '' : `\n      ${found}`} (${ms} ms)`;
}

function needed(name: string, value: string | undefined): string {
  if (value === undefined || value === '')
    throw new UserError(`${name}: found none, expected one that the connector's test system knows`);
  return value;
}

function httpUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new UserError(`found ${text}, expected the connector's http(s) URL`);
  return url.href;
}

function connectorAuth(text: string | undefined): ConnectorAuth {
  const expected = 'expected JSON such as {"kind":"bearer","token":"…"}, of the kinds bearer, hmac and sigv4';
  if (text === undefined) throw new UserError(`--auth: found none, ${expected}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError(`--auth: found no JSON, ${expected}`);
  }
  const read = connectorAuthSchema.safeParse(value);
  if (!read.success)
    throw new UserError(
      `--auth: ${read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}, ${expected}`,
    );
  return read.data;
}
