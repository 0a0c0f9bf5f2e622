import type { z } from 'zod';
import { didYouMean, listed, type ScenarioError, shown } from '../scenario-error.ts';
import { at, entriesAt, keyPositionOf, type Path, plain, positionOf, type Tree } from '../yaml/tree.ts';

/** Collects what is wrong with one merged scenario, each with its place in the text. */
export class Report {
  readonly tree: Tree;
  readonly errors: ScenarioError[] = [];
  readonly warnings: ScenarioError[] = [];

  constructor(tree: Tree) {
    this.tree = tree;
  }

  /** The value at a path after its schema, or undefined with the errors noted. */
  read<T extends z.ZodType>(path: Path, schema: T): z.output<T> | undefined {
    const node = at(this.tree, path);
    const result = schema.safeParse(node && plain(node));
    if (result.success) return result.data;
    for (const issue of result.error.issues) this.addIssue(path, issue);
    return undefined;
  }

  /** Whether the scenario has an entry there, right or wrong. */
  has(path: Path): boolean {
    return at(this.tree, path) !== undefined;
  }

  /** Keys of the map at a path. */
  names(path: Path): readonly string[] {
    return [...entriesAt(this.tree, path).keys()];
  }

  /** Notes an error if a name is not a key of the collection at `where`. False if so. */
  checkName(path: Path, name: string, what: string, where: Path): boolean {
    if (this.has([...where, name])) return true;
    this.addUnknown(path, name, what, this.names(where));
    return false;
  }

  checkSku(path: Path, sku: string): boolean {
    return this.checkName(path, sku, 'a product of the catalog', ['catalog']);
  }

  /** Notes an error about the value at a path; `found` defaults to the value itself. */
  add(path: Path, expected: string, found: string = this.shownAt(path)): void {
    this.errors.push({ ...positionOf(this.tree, path), path: path.join('.'), found, expected });
  }

  /** Notes an error about the key at a path. */
  addKey(path: Path, found: string, expected: string): void {
    this.errors.push({ ...keyPositionOf(this.tree, path), path: path.join('.'), found, expected });
  }

  warn(path: Path, expected: string, found: string = this.shownAt(path)): void {
    this.warnings.push({ ...positionOf(this.tree, path), path: path.join('.'), found, expected });
  }

  /** Notes a name that stands for nothing, with the nearest one that does. */
  addUnknown(path: Path, name: string, what: string, known: readonly string[]): void {
    const names = known.length === 0 ? 'but none is defined' : `one of ${listed(known)}${didYouMean(name, known)}`;
    this.add(path, `${what}: ${names}`, `"${name}"`);
  }

  /** Notes keys that are not in the list. */
  checkKeys(path: Path, known: readonly string[]): void {
    const node = at(this.tree, path);
    if (node?.kind !== 'dict') return;
    for (const key of node.entries.keys()) if (!known.includes(key)) this.addUnknownKey([...path, key], known);
  }

  private addUnknownKey(path: Path, known: readonly string[]): void {
    const key = String(path.at(-1));
    this.addKey(path, `unknown key "${key}"`, `one of ${listed(known, 40)}${didYouMean(key, known)}`);
  }

  private shownAt(path: Path): string {
    const node = at(this.tree, path);
    return shown(node && plain(node));
  }

  private addIssue(base: Path, issue: z.core.$ZodIssue): void {
    const path: Path = [...base, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) this.addUnknownKey([...path, key], issue.message.split(', '));
      return;
    }
    const { expected, found } =
      issue.code === 'custom' ? customOf(issue) : { expected: expectedOf(issue), found: undefined };
    this.add(path, expected, found ?? this.shownAt(path));
  }
}

function customOf(issue: z.core.$ZodIssueCustom): { expected: string; found: string | undefined } {
  const params = issue.params as { expected: string; found?: string } | undefined;
  return { expected: params?.expected ?? issue.message, found: params?.found };
}

const TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
  tuple: 'a list',
};

function expectedOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return TYPES[issue.expected] ?? `a ${issue.expected}`;
  if (issue.code === 'too_small') return `at least ${issue.minimum} entries`;
  if (issue.code === 'too_big') return `at most ${issue.maximum} entries`;
  if (issue.code === 'invalid_key') return customOf(issue.issues[0] as z.core.$ZodIssueCustom).expected;
  return issue.message;
}
