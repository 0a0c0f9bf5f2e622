import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
} from 'yaml';
import { LIMITS } from '../limits.ts';
import type { Position, ScenarioError } from '../scenario-error.ts';
import { dict, type Entry, type Leaf, leaf, list, type Tree } from './tree.ts';

/** Reads YAML 1.2 (core schema) with places kept; syntax errors and oversized or circular documents become errors. */
export function readYaml(text: string, file: string): { tree: Tree } | { errors: ScenarioError[] } {
  const start: Position = { file, line: 1, column: 1 };
  if (Buffer.byteLength(text) > LIMITS.textBytes) {
    return { errors: [{ ...start, path: '', found: `${text.length} characters`, expected: 'at most 8 MiB' }] };
  }
  try {
    return new TreeBuilder(text, file).build();
  } catch (error) {
    // The YAML library recurses; ten thousand open brackets end its stack.
    if (!(error instanceof RangeError)) throw error;
    return { errors: [{ ...start, path: '', found: 'very deep nesting', expected: `at most ${LIMITS.depth} levels` }] };
  }
}

/** One missing bracket can make every later line wrong. */
const MOST_SYNTAX_ERRORS = 20;

class TooLarge extends Error {}

class TreeBuilder {
  private readonly text: string;
  private readonly file: string;
  private readonly lines = new LineCounter();
  private readonly anchors = new Map<string, Tree>();
  private readonly errors: ScenarioError[] = [];
  private values = 0;

  constructor(text: string, file: string) {
    this.text = text;
    this.file = file;
  }

  build(): { tree: Tree } | { errors: ScenarioError[] } {
    const doc = parseDocument(this.text, {
      version: '1.2',
      schema: 'core',
      lineCounter: this.lines,
      prettyErrors: false,
      // Ours are checked by name, in one pass.
      uniqueKeys: false,
      // Not `silent`, which would also swallow the error of a second document in the file.
      logLevel: 'error',
    });
    for (const error of doc.errors.slice(0, MOST_SYNTAX_ERRORS)) {
      // The library recurses and notes its own stack's end as an error of the text.
      if (error.message.startsWith('Maximum call stack')) throw new RangeError(error.message);
      this.complain(error.pos[0], 'text that is not YAML', lower(error.message));
    }
    if (this.errors.length > 0) return { errors: this.errors };
    let tree: Tree;
    try {
      tree = doc.contents ? this.convert(doc.contents, 0) : dict(new Map(), this.position(0));
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
      return { errors: this.errors };
    }
    if (tree.kind === 'leaf' && tree.value === null) tree = dict(new Map(), tree.at);
    if (tree.kind !== 'dict') this.complain(0, `a ${tree.kind === 'list' ? 'list' : 'single value'}`, 'a map of keys');
    return this.errors.length > 0 ? { errors: this.errors } : { tree };
  }

  private position(offset: number): Position {
    const { line, col } = this.lines.linePos(offset);
    return { file: this.file, line: Math.max(1, line), column: Math.max(1, col) };
  }

  private complain(offset: number, found: string, expected: string): void {
    this.errors.push({ ...this.position(offset), path: '', found, expected });
  }

  private convert(node: Node, depth: number): Tree {
    const offset = node.range?.[0] ?? 0;
    if (depth > LIMITS.depth) {
      this.complain(offset, 'very deep nesting', `at most ${LIMITS.depth} levels`);
      throw new TooLarge();
    }
    const tree = isAlias(node) ? this.resolve(node, offset) : this.fresh(node, offset, depth);
    if (isAlias(node)) this.count(tree.size, offset);
    return tree;
  }

  private fresh(node: Node, offset: number, depth: number): Tree {
    this.count(1, offset);
    const place = this.position(offset);
    let tree: Tree;
    if (isScalar(node)) tree = leaf(scalarValue(node), place);
    else if (isSeq(node)) {
      const items = node.items.map((item) => this.convert(item as Node, depth + 1));
      tree = list(items, place);
    } else if (isMap(node)) tree = dict(this.entries(node.items as Pair<Node, Node | null>[], depth), place);
    else throw new Error('a YAML node that is neither scalar, list, map nor alias');
    const { anchor } = node as { anchor?: string };
    if (anchor) this.anchors.set(anchor, tree);
    return tree;
  }

  private entries(pairs: readonly Pair<Node, Node | null>[], depth: number): Map<string, Entry> {
    const entries = new Map<string, Entry>();
    for (const { key, value } of pairs) {
      const keyOffset = key?.range?.[0] ?? 0;
      const name = this.keyName(key);
      if (name === null) this.complain(keyOffset, 'a key that is not plain text', 'a name');
      else if (entries.has(name)) this.complain(keyOffset, `"${name}" a second time`, 'every key once');
      else {
        const keyAt = this.position(keyOffset);
        entries.set(name, { keyAt, value: value ? this.convert(value, depth + 1) : leaf(null, keyAt) });
      }
    }
    return entries;
  }

  /** Keys stay as they were written, so that GTINs keep their zeros. */
  private keyName(key: Node | null): string | null {
    if (!isScalar(key)) return null;
    const name = key.type === 'PLAIN' && key.source !== undefined ? key.source : String(key.value);
    return name === '__proto__' ? null : name;
  }

  private resolve(node: Alias, offset: number): Tree {
    const target = this.anchors.get(node.source);
    if (target) return target;
    this.complain(offset, `*${node.source} before its anchor is complete`, 'an alias of an earlier, finished value');
    throw new TooLarge();
  }

  private count(values: number, offset: number): void {
    this.values += values;
    if (this.values <= LIMITS.values) return;
    this.complain(offset, 'more values than that (aliases counted each time)', `at most ${LIMITS.values} values`);
    throw new TooLarge();
  }
}

function scalarValue(node: Scalar): Leaf['value'] {
  const { value, source, type } = node;
  if (typeof value === 'number' && type === 'PLAIN' && source !== undefined && String(value) !== source) return source;
  if (typeof value === 'bigint') return source ?? String(value);
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  return String(value);
}

function lower(message: string): string {
  return `valid YAML (${message.split('\n')[0]})`;
}
