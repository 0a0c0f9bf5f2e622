import type { Retailer } from '../retailer/retailer.ts';
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
  const kept = report.data.map(
    ({ holds, keptHours }) => `${holds}: ${keptHours === null ? 'no end of its own' : `${keptHours} hours`}`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>What this store knows</title>
<h1>What this store knows about you</h1><h2>What watches</h2>${list(report.sensors)}
<h2>What never happens</h2>${list(report.never)}${shops.join('')}<h2>How long it is kept</h2>${list(kept)}</html>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
