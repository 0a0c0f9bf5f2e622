/** Reads XML strictly enough to refuse what is not well-formed, and gives the paths of its elements. */
export function elementPaths(text: string): string[] {
  const body = text.replace(/^<\?xml version="1\.0"[^?]*\?>\s*/, '');
  const token = /<(\/?)([A-Za-z_][\w.:-]*)((?:\s+[A-Za-z_][\w.:-]*="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
  const open: string[] = [];
  const paths: string[] = [];
  let roots = 0;
  while (token.lastIndex < body.length) {
    const at = token.lastIndex;
    const match = token.exec(body);
    if (match === null) throw new Error(`XML: found ${body.slice(at, at + 40)}`);
    const [, closes, name, attributes, isEmpty, content] = match;
    checkReferences(content ?? attributes ?? '');
    if (content !== undefined) {
      if (open.length === 0 && content.trim() !== '') throw new Error('XML: found text outside of the root');
    } else if (closes) {
      if (open.pop() !== name) throw new Error(`XML: found </${name}> where another element is open`);
    } else {
      const names = [...attributes!.matchAll(/([\w.:-]+)="/g)].map(([, key]) => key);
      if (new Set(names).size !== names.length) throw new Error(`XML: found an attribute of ${name} twice`);
      if (open.length === 0 && ++roots > 1) throw new Error('XML: found a second root');
      open.push(name!);
      paths.push(open.join('/'));
      if (isEmpty) open.pop();
    }
  }
  if (open.length > 0 || roots === 0) throw new Error('XML: found an end too early');
  return paths;
}

function checkReferences(text: string): void {
  const bad = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);)/.exec(text);
  if (bad !== null) throw new Error(`XML: found a bare & before ${text.slice(bad.index, bad.index + 20)}`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text)) throw new Error('XML: found a control character');
}
