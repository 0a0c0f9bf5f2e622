import { z } from 'zod';

/** A secret in a configuration file: written out, or `env:NAME` for one that stands in the environment. */
const secret = z.string().transform((text, context) => {
  if (!text.startsWith('env:')) return text;
  const value = process.env[text.slice(4)];
  if (value === undefined) context.addIssue(`found no ${text.slice(4)} in the environment`);
  return value ?? '';
});

export const sftpSchema = z.strictObject({
  host: z.string(),
  port: z.int().default(22),
  username: z.string(),
  password: secret.optional(),
  privateKey: secret.optional(),
  hostKeySha256: z.string(),
  dir: z.string(),
});
/** Exactly one of a local folder and a server. */
const drop = { dir: z.string().optional(), sftp: sftpSchema.optional() };
const secrets = z.array(secret).min(1);
/** Kept with what is still to be sent, so it must stay; by default the kind. */
const name = z
  .string()
  .regex(/^[\w-]{1,60}$/)
  .optional();

export const sinkSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('webhook'), name, url: z.url(), secrets }),
  z.strictObject({ kind: z.literal('csv'), name, ...drop }),
  z.strictObject({ kind: z.literal('poslog'), name, ...drop }),
  z.strictObject({ kind: z.literal('epcis'), name, idBase: z.url(), ...drop }),
  z.strictObject({ kind: z.literal('epcis-capture'), name, idBase: z.url(), url: z.url(), bearer: secret.optional() }),
  z.strictObject({
    kind: z.literal('nats'),
    name,
    servers: z.array(z.string()).min(1),
    prefix: z.string(),
    token: secret.optional(),
  }),
  z.strictObject({
    kind: z.literal('vendure'),
    name,
    url: z.url(),
    username: z.string(),
    password: secret,
    channel: z.string().optional(),
    shippingMethodId: z.string(),
    paymentMethod: z.string(),
  }),
  z.strictObject({
    kind: z.literal('medusa'),
    name,
    url: z.url(),
    apiKey: secret,
    regionId: z.string(),
    salesChannelId: z.string().optional(),
  }),
]);
export type SinkConfig = z.infer<typeof sinkSchema>;

export const alertSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('webhook'), name, url: z.url(), secrets }),
  z.strictObject({ kind: z.literal('mail'), name, to: z.email() }),
]);
export type AlertConfig = z.infer<typeof alertSchema>;

export const mailSchema = z.strictObject({
  host: z.string(),
  port: z.int(),
  secure: z.boolean().default(false),
  allowPlain: z.boolean().default(false),
  user: z.string().optional(),
  password: secret.optional(),
  from: z.string(),
  /** Of the receipts. */
  language: z.enum(['en', 'de']).default('en'),
});
export type MailConfig = z.infer<typeof mailSchema>;

/** Where the structured log goes besides standard output: routes, states and times, never personal data. */
export const logSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('splunk'), url: z.url(), token: secret, index: z.string().optional() }),
  z.strictObject({
    kind: z.literal('datadog'),
    url: z.url(),
    apiKey: secret,
    service: z.string().default('openaisle'),
  }),
]);
export type LogConfig = z.infer<typeof logSchema>;

/** What a retailer's sinks or alert channels are called; throws where two share a name. */
export function byName<T extends { readonly kind: string; readonly name?: string | undefined }>(
  configs: readonly T[],
): Map<string, T> {
  const named = new Map(configs.map((config) => [config.name ?? config.kind, config]));
  if (named.size !== configs.length)
    throw new Error('sinks and alerts: two share a name, expected a name of its own for each');
  return named;
}
