import { de } from './texts/de.ts';
import { en } from './texts/en.ts';

export type Words = typeof en;

const languages: Readonly<Record<string, Words>> = { en, de };

/** Texts in the language of `?lang=`, or of the browser, or English. */
export function chooseWords(): Words {
  const asked = new URLSearchParams(location.search).get('lang') ?? navigator.language.slice(0, 2);
  const words = languages[asked] ?? en;
  document.documentElement.lang = words.language;
  return words;
}

/** Money in minor units as people of the page's language write it. */
export function moneyText(minor: number, currency: string, language: string): string {
  const format = new Intl.NumberFormat(language, { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minor / 10 ** digits);
}

/** Time since the start as m:ss, or with tenths. */
export function timeText(timeUs: number, withTenths = false): string {
  const seconds = Math.max(0, timeUs) / 1e6;
  const minutes = Math.floor(seconds / 60);
  const rest = seconds - 60 * minutes;
  const text = withTenths ? (Math.floor(rest * 10) / 10).toFixed(1) : String(Math.floor(rest));
  return `${minutes}:${text.padStart(withTenths ? 4 : 2, '0')}`;
}

/** Share as a whole percentage; never 100 % of what is not certain. */
export function percentText(share: number): string {
  return `${share < 1 ? Math.min(99, Math.round(share * 100)) : 100} %`;
}
