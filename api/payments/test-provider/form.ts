/** Reads `a[b][c]=v` bodies, the way Stripe's clients write them. */
export interface Form {
  readonly [key: string]: string | Form;
}

export function parseForm(text: string): Form {
  const form: Record<string, unknown> = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    const path = name.split('[').map((part) => part.replace(/\]$/, ''));
    let at = form;
    for (const part of path.slice(0, -1)) {
      if (typeof at[part] !== 'object') at[part] = Object.create(null);
      at = at[part] as Record<string, unknown>;
    }
    at[path.at(-1)!] = value;
  }
  return form as Form;
}

export function textOf(form: Form, name: string): string | undefined {
  const value = form[name];
  return typeof value === 'string' ? value : undefined;
}

export function groupOf(form: Form, name: string): Record<string, string> {
  const value = form[name];
  if (typeof value !== 'object') return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** A whole number of minor units, or null where there is none. */
export function amountOf(form: Form, name: string): number | null {
  const text = textOf(form, name);
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : null;
}
