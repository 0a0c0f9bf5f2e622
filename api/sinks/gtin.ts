/** A GTIN-8, -12, -13 or -14 as 14 digits; null where the text is none or its check digit is wrong (GS1, modulo 10). */
export function gtin14(text: string): string | null {
  if (!/^(\d{8}|\d{12,14})$/.test(text)) return null;
  const digits = text.padStart(14, '0');
  const sum = [...digits].reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 3 : 1), 0);
  return sum % 10 === 0 ? digits : null;
}
