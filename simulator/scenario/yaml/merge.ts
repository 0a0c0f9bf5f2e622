import { dict, type Entry, type Tree } from './tree.ts';

const DISTRIBUTIONS = new Set(['normal', 'lognormal', 'uniform', 'geometric', 'poisson']);

/** Deep merge: maps by key, lists and single values replaced, a distribution replaces a distribution, null deletes. */
export function merge(base: Tree, over: Tree): Tree {
  if (base.kind !== 'dict' || over.kind !== 'dict' || (isDistribution(base) && isDistribution(over))) {
    return withoutNulls(over);
  }
  const entries = new Map<string, Entry>(base.entries);
  for (const [key, { keyAt, value }] of over.entries) {
    const old = entries.get(key);
    if (value.kind === 'leaf' && value.value === null) entries.delete(key);
    else entries.set(key, { keyAt, value: old ? merge(old.value, value) : withoutNulls(value) });
  }
  return dict(entries, over.at);
}

function isDistribution(tree: Tree): boolean {
  return tree.kind === 'dict' && tree.entries.size === 1 && DISTRIBUTIONS.has([...tree.entries.keys()][0]!);
}

/** A key set to null means the key is not there. */
export function withoutNulls(tree: Tree): Tree {
  if (tree.kind === 'leaf') return tree;
  if (tree.kind === 'list') {
    const items = tree.items.map(withoutNulls);
    return items.every((item, i) => item === tree.items[i]) ? tree : { ...tree, items };
  }
  const entries = new Map<string, Entry>();
  let same = true;
  for (const [key, entry] of tree.entries) {
    if (entry.value.kind === 'leaf' && entry.value.value === null) same = false;
    else {
      const value = withoutNulls(entry.value);
      same &&= value === entry.value;
      entries.set(key, { keyAt: entry.keyAt, value });
    }
  }
  return same ? tree : dict(entries, tree.at);
}
