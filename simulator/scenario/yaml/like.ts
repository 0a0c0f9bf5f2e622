import { LIMITS } from '../limits.ts';
import type { ScenarioError } from '../scenario-error.ts';
import { didYouMean, listed, shown } from '../scenario-error.ts';
import { merge } from './merge.ts';
import { child, dict, type Entry, entriesAt, type Path, type Tree, withValue } from './tree.ts';

const COLLECTIONS: readonly Path[] = [
  ['store', 'doors'],
  ['store', 'fixtures'],
  ['store', 'zones'],
  ['catalog'],
  ['sensors'],
  ['shoppers'],
];

/** Replaces every `like: other` in a keyed collection by the other entry with this one's keys over it. */
export function resolveLikes(tree: Tree, errors: ScenarioError[]): Tree {
  return COLLECTIONS.reduce((whole, path) => {
    const entries = entriesAt(whole, path);
    if (![...entries.values()].some(({ value }) => child(value, 'like'))) return whole;
    const done = new Map<string, Entry>();
    for (const [key, entry] of entries) {
      done.set(key, { keyAt: entry.keyAt, value: unfold(entries, key, path, [], errors) });
    }
    return withValue(whole, path, dict(done, entriesPlace(whole, path)));
  }, tree);
}

function entriesPlace(tree: Tree, path: Path) {
  return path.reduce<Tree>((node, step) => child(node, step)!, tree).at;
}

function unfold(
  entries: ReadonlyMap<string, Entry>,
  key: string,
  path: Path,
  open: readonly string[],
  errors: ScenarioError[],
): Tree {
  const own = entries.get(key)!.value;
  const like = child(own, 'like');
  if (!like || own.kind !== 'dict') return own;
  const rest = new Map(own.entries);
  rest.delete('like');
  const body = dict(rest, own.at);
  const other = like.kind === 'leaf' ? String(like.value) : '';
  const complain = (found: string, expected: string) =>
    errors.push({ ...like.at, path: [...path, key, 'like'].join('.'), found, expected });
  if (!entries.has(other)) {
    const names = [...entries.keys()];
    complain(
      like.kind === 'leaf' ? shown(like.value) : `a ${like.kind}`,
      `one of ${listed(names)}${didYouMean(other, names)}`,
    );
    return body;
  }
  if (other === key || open.includes(other) || open.length >= LIMITS.depth) {
    complain(
      `a circle or a long chain (${listed([...open, key, other], 6)})`,
      `an end after at most ${LIMITS.depth} steps`,
    );
    return body;
  }
  return merge(unfold(entries, other, path, [...open, key], errors), body);
}
