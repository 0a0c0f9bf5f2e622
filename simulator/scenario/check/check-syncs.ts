import type { ScenarioSpec } from '../spec.ts';
import type { Report } from './report.ts';

/** A barrier needs two shoppers or more, once each, and two barriers must not wait for each other. */
export function checkSyncs(report: Report, { shoppers }: ScenarioSpec): void {
  const members = new Map<string, { name: string; path: readonly (string | number)[] }[]>();
  const after = new Map<string, Set<string>>();
  for (const [name, shopper] of shoppers) {
    if (shopper.kind !== 'scripted') continue;
    let before: string | undefined;
    shopper.do.forEach(({ sync }, i) => {
      if (sync === undefined) return;
      const path = ['shoppers', name, 'do', i, 'sync'];
      const there = members.get(sync) ?? [];
      if (there.some((member) => member.name === name))
        report.add(path, 'each shopper once at a barrier', `"${sync}" a second time`);
      members.set(sync, [...there, { name, path }]);
      if (before !== undefined && before !== sync) after.set(before, (after.get(before) ?? new Set()).add(sync));
      before = sync;
    });
  }
  for (const [sync, there] of members) {
    if (there.length === 1)
      report.add(there[0]!.path, 'two shoppers or more at a barrier', `"${sync}" for ${there[0]!.name} alone`);
    else if (reaches(after, sync)) {
      report.add(
        there[0]!.path,
        'barriers that can be passed in one order by everybody',
        `"${sync}", which waits for itself`,
      );
    }
  }
}

function reaches(after: ReadonlyMap<string, ReadonlySet<string>>, start: string): boolean {
  const seen = new Set<string>();
  const queue = [...(after.get(start) ?? [])];
  while (queue.length > 0) {
    const next = queue.pop()!;
    if (next === start) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    queue.push(...(after.get(next) ?? []));
  }
  return false;
}
