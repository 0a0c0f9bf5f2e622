import type { Position } from '../scenario-error.ts';

/** A YAML value that remembers where it was written. Immutable, so aliases and merges share nodes. */
export type Tree = Leaf | List | Dict;

export interface Leaf {
  readonly kind: 'leaf';
  /** A plain number that does not print as it was written (`007`, `1.50`) stays a string, so that GTINs survive. */
  readonly value: string | number | boolean | null;
  readonly at: Position;
  readonly size: 1;
}

export interface List {
  readonly kind: 'list';
  readonly items: readonly Tree[];
  readonly at: Position;
  /** Number of values in it, itself included. */
  readonly size: number;
}

export interface Dict {
  readonly kind: 'dict';
  readonly entries: ReadonlyMap<string, Entry>;
  readonly at: Position;
  readonly size: number;
}

export interface Entry {
  /** Where the key was written. */
  readonly keyAt: Position;
  readonly value: Tree;
}

export function leaf(value: Leaf['value'], at: Position): Leaf {
  return { kind: 'leaf', value, at, size: 1 };
}

export function list(items: readonly Tree[], at: Position): List {
  let size = 1;
  for (const item of items) size += item.size;
  return { kind: 'list', items, at, size };
}

export function dict(entries: ReadonlyMap<string, Entry>, at: Position): Dict {
  let size = 1;
  for (const entry of entries.values()) size += 1 + entry.value.size;
  return { kind: 'dict', entries, at, size };
}

/** The plain JavaScript value. */
export function plain(tree: Tree): unknown {
  if (tree.kind === 'leaf') return tree.value;
  if (tree.kind === 'list') return tree.items.map(plain);
  const result: Record<string, unknown> = {};
  for (const [key, entry] of tree.entries) result[key] = plain(entry.value);
  return result;
}

/** A plain JavaScript value as a tree whose every node stands at one place. */
export function treeOf(value: unknown, at: Position): Tree {
  if (Array.isArray(value)) {
    return list(
      value.map((item) => treeOf(item, at)),
      at,
    );
  }
  if (typeof value === 'object' && value !== null) {
    const entries = new Map<string, Entry>();
    for (const [key, inner] of Object.entries(value)) entries.set(key, { keyAt: at, value: treeOf(inner, at) });
    return dict(entries, at);
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return leaf(value, at);
  return leaf(null, at);
}

export type Path = readonly (string | number)[];

/** The child under a key or an index, or undefined. */
export function child(tree: Tree, step: string | number): Tree | undefined {
  if (tree.kind === 'dict') return tree.entries.get(String(step))?.value;
  return tree.kind === 'list' ? tree.items[Number(step)] : undefined;
}

export function at(tree: Tree, path: Path): Tree | undefined {
  let node: Tree | undefined = tree;
  for (const step of path) node = node && child(node, step);
  return node;
}

/** Where the value at a path is written, or the nearest enclosing value that exists. */
export function positionOf(tree: Tree, path: Path): Position {
  let node = tree;
  for (const step of path) {
    const next = child(node, step);
    if (!next) break;
    node = next;
  }
  return node.at;
}

/** Where the key at a path is written; falls back to the value's place. */
export function keyPositionOf(tree: Tree, path: Path): Position {
  const parent = at(tree, path.slice(0, -1));
  const entry = parent?.kind === 'dict' ? parent.entries.get(String(path[path.length - 1])) : undefined;
  return entry?.keyAt ?? positionOf(tree, path);
}

/** The entries of the map at a path; none where there is no map. */
export function entriesAt(tree: Tree, path: Path): ReadonlyMap<string, Entry> {
  const node = at(tree, path);
  return node?.kind === 'dict' ? node.entries : new Map();
}

/** The tree with the value at a path replaced, added, or removed (`undefined`). Missing maps on the way are made. */
export function withValue(tree: Tree, path: Path, value: Tree | undefined): Tree {
  const [step, ...rest] = path;
  if (step === undefined) return value ?? tree;
  if (tree.kind === 'list') return withItem(tree, Number(step), rest, value);
  const entries = new Map(tree.kind === 'dict' ? tree.entries : []);
  const key = String(step);
  const old = entries.get(key);
  if (rest.length === 0 && value === undefined) entries.delete(key);
  else {
    const inner = withValue(old?.value ?? dict(new Map(), value?.at ?? tree.at), rest, value);
    entries.set(key, { keyAt: old?.keyAt ?? inner.at, value: inner });
  }
  return dict(entries, tree.at);
}

function withItem(tree: List, index: number, rest: Path, value: Tree | undefined): Tree {
  if (rest.length === 0 && value === undefined) {
    return list(
      tree.items.filter((_, i) => i !== index),
      tree.at,
    );
  }
  const items = [...tree.items];
  items[index] = withValue(items[index]!, rest, value);
  return list(items, tree.at);
}
