import { dirname, isAbsolute, join } from 'node:path';
import { LIMITS } from '../limits.ts';
import type { ScenarioError } from '../scenario-error.ts';
import { shown } from '../scenario-error.ts';
import { merge, withoutNulls } from './merge.ts';
import { readYaml } from './read-yaml.ts';
import { type Dict, dict, type Leaf, type Tree } from './tree.ts';

/** Text of a file by its path; throws if there is none. */
export type ReadFile = (path: string) => string;

/** One file with everything it extends merged under it, `extends` itself removed. */
export function compose(text: string, file: string, readFile: ReadFile): { tree: Tree } | { errors: ScenarioError[] } {
  const composer = new Composer(readFile);
  const tree = composer.load(text, file, [file]);
  if (composer.errors.length === 0 && tree && tree.size > LIMITS.values) {
    composer.complain(tree as Leaf, `${tree.size} values with all extended files`, `at most ${LIMITS.values}`);
  }
  return composer.errors.length > 0 || !tree ? { errors: composer.errors } : { tree };
}

class Composer {
  readonly errors: ScenarioError[] = [];
  private readonly readFile: ReadFile;
  private files = 0;

  constructor(readFile: ReadFile) {
    this.readFile = readFile;
  }

  complain(tree: Tree, found: string, expected: string): void {
    this.errors.push({ ...tree.at, path: 'extends', found, expected });
  }

  load(text: string, file: string, open: readonly string[]): Tree | undefined {
    this.files += 1;
    const read = readYaml(text, file);
    if ('errors' in read) {
      this.errors.push(...read.errors);
      return undefined;
    }
    const own = read.tree as Dict;
    const rest = new Map(own.entries);
    rest.delete('extends');
    const parents = this.named(own).flatMap((name) => this.loadParent(name, file, open) ?? []);
    const body = dict(rest, own.at);
    return parents.length === 0 ? withoutNulls(body) : merge(parents.reduce(merge), body);
  }

  private named(own: Dict): Leaf[] {
    const value = own.entries.get('extends')?.value;
    if (!value || (value.kind === 'leaf' && value.value === null)) return [];
    const items = value.kind === 'list' ? value.items : [value];
    return items.filter((item): item is Leaf => {
      if (item.kind === 'leaf' && typeof item.value === 'string' && item.value !== '') return true;
      this.complain(item, item.kind === 'leaf' ? shown(item.value) : `a ${item.kind}`, 'the path of a scenario file');
      return false;
    });
  }

  private loadParent(name: Leaf, from: string, open: readonly string[]): Tree | undefined {
    const given = String(name.value);
    const file = isAbsolute(given) ? given : join(dirname(from), given);
    if (open.includes(file)) {
      this.complain(name, `a circle (${[...open.slice(open.indexOf(file)), file].join(' → ')})`, 'files that end');
      return undefined;
    }
    if (this.files >= LIMITS.files) {
      this.complain(name, `more than ${LIMITS.files} files`, `at most ${LIMITS.files}`);
      return undefined;
    }
    let text: string;
    try {
      text = this.readFile(file);
    } catch (error) {
      this.complain(name, `"${given}" (${reason(error)})`, 'a file that can be read, relative to this one');
      return undefined;
    }
    return this.load(text, file, [...open, file]);
  }
}

function reason(error: unknown): string {
  const code = (error as { code?: string }).code;
  if (code === 'ENOENT') return 'no such file';
  return code ?? (error instanceof Error ? error.message : String(error));
}
