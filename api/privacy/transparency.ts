import type { Retailer } from '../retailer/retailer.ts';
import { PERSON_FIELDS, type PersonField, PURPOSES, READABLE_FOR } from './purpose.ts';
import { DATA_CLASSES, type DataClass, type RetentionHours } from './retention.ts';

/** What a shopper may know of a gateway, made from what is running and nothing else. */
export interface TransparencyReport {
  readonly retailers: readonly {
    readonly name: string;
    readonly stores: readonly { readonly name: string; readonly withoutTracking: string | null }[];
    readonly holdAtEntry: { readonly amountMinor: number; readonly upToMinor: number; readonly currency: string };
    /** Who else gets orders, by kind. */
    readonly recipients: readonly string[];
  }[];
  readonly sensors: readonly string[];
  readonly never: readonly string[];
  readonly data: readonly { readonly what: DataClass; readonly holds: string; readonly keptHours: number | null }[];
  /** What is kept of a person, and the only things it is read for. */
  readonly readFor: readonly { readonly what: PersonField; readonly purposes: readonly string[] }[];
  /** Ed25519 public key that receipts of erasure are checked with. */
  readonly erasureKey: string;
}

export function transparencyReport(
  retailers: readonly Retailer[],
  hours: RetentionHours,
  erasureKey: string,
): TransparencyReport {
  return {
    retailers: retailers.map(({ name, stores, hold, currency, connector, payment, sinks }) => ({
      name,
      stores: stores.map((store) => ({ name: store.name, withoutTracking: store.alternative ?? null })),
      holdAtEntry: { amountMinor: hold.amountMinor, upToMinor: hold.capMinor, currency },
      recipients: [
        `the retailer (${connector.kind})`,
        `the payment provider (${payment.kind})`,
        ...sinks.map(({ kind }) => kind),
      ],
    })),
    sensors: ['cameras that send where heads and hands are, never pictures', 'scales in shelves', 'gates'],
    never: ['pictures leave the camera', 'faces or bodies are recognised again', 'age, gender or mood is guessed'],
    data: (Object.keys(DATA_CLASSES) as DataClass[]).map((what) => ({
      what,
      holds: DATA_CLASSES[what],
      keptHours: hours[what],
    })),
    readFor: PERSON_FIELDS.map((what) => ({ what, purposes: READABLE_FOR[what].map((purpose) => PURPOSES[purpose]) })),
    erasureKey,
  };
}

/** The report as a page for people. */
export function transparencyPage(report: TransparencyReport): string {
  const list = (items: readonly string[]) => `<ul>${items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`;
  const shops = report.retailers.flatMap(({ name, stores, recipients }) => [
    `<h2>${escaped(name)}</h2>`,
    list(
      stores.map((one) => `${one.name}: without being tracked you shop at ${one.withoutTracking ?? '(nowhere yet)'}`),
    ),
    `<p>Who gets your order:</p>${list(recipients)}`,
  ]);
  const kept = report.data.map(({ holds, keptHours }) =>
    keptHours === null ? holds : `${holds}: ${timeOf(keptHours)}`,
  );
  const readFor = report.readFor.map(({ what, purposes }) => `${what}: ${purposes.join('; ')}`);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>What this store knows</title><link rel="stylesheet" href="/docs/page.css"></head><body><main>
<h1>What this store knows about you</h1><h2>What watches</h2>${list(report.sensors)}
<h2>What never happens</h2>${list(report.never)}${shops.join('')}<h2>How long it is kept</h2>${list(kept)}
<h2>What is kept of you is read for</h2>${list(readFor)}
<h2>What you can ask for</h2><p>Ask the retailer, in its app or at the till, for everything that is kept of you, or to be
forgotten. You get a receipt for the latter, signed with this key:</p><pre>${escaped(report.erasureKey)}</pre>
<p><small>This page is made from what is running now, not written by hand.</small></p></main></body></html>`;
}

function timeOf(hours: number): string {
  const [count, unit] = hours >= 17_520 ? [hours / 8_760, 'year'] : hours >= 48 ? [hours / 24, 'day'] : [hours, 'hour'];
  const text = Number.isInteger(count) ? String(count) : count.toFixed(1);
  return `${text} ${unit}${text === '1' ? '' : 's'}`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
