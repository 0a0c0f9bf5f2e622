import { firstMember, partyOf } from '../resolve/parties.ts';
import type { ScenarioSpec } from '../spec.ts';
import type { Report } from './report.ts';

/** Checks whom and what `expect` names. */
export function checkExpect(report: Report, spec: ScenarioSpec): void {
  const parties = new Set([...spec.shoppers.keys()].flatMap((name) => partyOf(spec, name) ?? []));
  const known = [...new Set([...report.names(['shoppers']), ...parties])];
  const check = (
    path: readonly (string | number)[],
    name: string,
    addAt: (found: string, expected: string) => void,
  ) => {
    const shopper = spec.shoppers.get(name);
    if (name.includes('/') ? report.has(['shoppers', name.split('/')[0]!]) : parties.has(name) && !shopper) return;
    if (!report.has(['shoppers', name])) report.addUnknown(path, name, 'a shopper or a party', known);
    else if (shopper?.kind === 'population') addAt(`"${name}", a population`, `one party of it such as ${name}/1`);
    else if (shopper) {
      const first = firstMember(spec, partyOf(spec, name)!);
      if (first !== name) addAt(`"${name}"`, `the party's first member in the order of names, ${first}`);
    }
  };
  for (const name of Object.keys(spec.expect.receipts)) {
    const path = ['expect', 'receipts', name];
    check(path, name, (found, expected) => report.addKey(path, found, expected));
    for (const [sku, line] of Object.entries(spec.expect.receipts[name]!)) {
      if (!report.checkSku([...path, sku], sku) || typeof line === 'number') continue;
      if (spec.catalog.get(sku)?.['sell-by'] === 'each')
        report.add([...path, sku], 'a count: the product is not sold by weight');
    }
  }
  spec.expect.review.forEach((name, i) => {
    const path = ['expect', 'review', i];
    check(path, name, (found, expected) => report.add(path, expected, found));
  });
}
