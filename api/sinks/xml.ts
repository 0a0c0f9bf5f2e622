/** Text that is XML already. */
export class Xml {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Characters that XML 1.0 cannot carry in any form: controls but tab and line ends, non-characters, halves of pairs. */
const FORBIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** One element; strings among its children are text and get escaped. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  children: readonly (Xml | string)[],
): Xml {
  const head = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  const body = children.map((child) => (typeof child === 'string' ? escaped(child) : child.text));
  return new Xml(`<${name}${head.join('')}>${body.join('')}</${name}>`);
}

/** Text as it may stand in XML and HTML, in content and in attributes. */
export function escaped(text: string): string {
  return text.replaceAll(FORBIDDEN, '\ufffd').replaceAll(/[&<>"']/g, (character) => ESCAPES[character]!);
}
