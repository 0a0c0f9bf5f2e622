import type { ScenarioError } from './scenario-error.ts';
import { shown } from './scenario-error.ts';
import { AS_WRITTEN } from './sweep.ts';
import { withoutNulls } from './yaml/merge.ts';
import { at, child, type Path, positionOf, type Tree, treeOf, withValue } from './yaml/tree.ts';

/**
 * The scenario with the values at dotted paths replaced; null deletes and `@all` leaves what the file says. Errors
 * stand where the sweep gives the value, or where the replaced value was written.
 */
export function withOverrides(tree: Tree, overrides: Readonly<Record<string, unknown>>, errors: ScenarioError[]): Tree {
  let result = tree;
  for (const [dotted, value] of Object.entries(overrides)) {
    if (value === AS_WRITTEN) continue;
    const path = resolvePath(result, dotted);
    if (!path) {
      const position = positionOf(tree, ['sweep', dotted]);
      errors.push({
        ...position,
        path: dotted,
        found: shown(dotted),
        expected: 'a path of keys and list indices of the scenario',
      });
      continue;
    }
    const place = at(tree, ['sweep', dotted])?.at ?? positionOf(tree, path);
    result = withValue(result, path, value === null ? undefined : withoutNulls(treeOf(value, place)));
  }
  return result;
}

/**
 * Steps of a dotted path. Keys may have dots themselves: at each map the longest key that exists is taken. A key that
 * does not exist yet is taken as one step. Undefined where a list has no such index or a single value is entered.
 */
export function resolvePath(tree: Tree, dotted: string): Path | undefined {
  const words = dotted.split('.');
  const path: (string | number)[] = [];
  let node: Tree | undefined = tree;
  for (let from = 0; from < words.length; ) {
    if (node?.kind === 'leaf' || words[from] === '' || words[from] === '__proto__') return undefined;
    const length: number = node?.kind === 'dict' ? longestKey(node, words, from) : 1;
    const step: string = words.slice(from, from + length).join('.');
    if (node?.kind === 'list' && !(/^\d+$/.test(step) && Number(step) < node.items.length)) return undefined;
    path.push(node?.kind === 'list' ? Number(step) : step);
    node = node && child(node, step);
    from += length;
  }
  return path;
}

function longestKey(node: Tree, words: readonly string[], from: number): number {
  for (let length = words.length - from; length > 1; length--) {
    if (child(node, words.slice(from, from + length).join('.'))) return length;
  }
  return 1;
}
