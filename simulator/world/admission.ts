import { RandomStream } from '../random.ts';
import type { Run } from '../scenario/run.ts';

/** Members who come within this time of the leader can be let in with it. */
const TOGETHER_US = 15_000_000;

/** Whom a credential lets in: half of the parties show it once for all, the others each for themselves. */
export class Admission {
  private readonly run: Run;
  private readonly members = new Map<string, number[]>();
  private readonly riders = new Map<string, number>();
  /** Shoppers whose leader has shown the credential for them. */
  private readonly admitted = new Set<number>();

  constructor(run: Run) {
    this.run = run;
    run.shoppers.forEach((plan, index) => {
      if (plan.carriedBy !== null) this.riders.set(plan.carriedBy, (this.riders.get(plan.carriedBy) ?? 0) + 1);
      else if (plan.tailgates === null && !plan.refused) {
        const list = this.members.get(plan.party);
        if (list) list.push(index);
        else this.members.set(plan.party, [index]);
      }
    });
  }

  /** True once the leader has shown the credential for this shopper too. */
  isAdmitted(index: number): boolean {
    return this.admitted.delete(index);
  }

  /** Number of people the credential lets in when this shopper shows it. */
  show(index: number): number {
    const others = this.others(index);
    for (const other of others) this.admitted.add(other);
    const ridersOf = (each: number) => this.riders.get(this.run.shoppers[each]!.key) ?? 0;
    return [index, ...others].reduce((sum, each) => sum + 1 + ridersOf(each), 0);
  }

  private others(index: number): number[] {
    const { shoppers, seed } = this.run;
    const plan = shoppers[index]!;
    const party = this.members.get(plan.party) ?? [];
    if (party.length < 2 || !new RandomStream(seed, `party/${plan.party}/gate`).chance(0.5)) return [];
    const leader = party.reduce((first, each) => (shoppers[each]!.arriveUs < shoppers[first]!.arriveUs ? each : first));
    if (leader !== index) return [];
    return party.filter((each) => {
      const other = shoppers[each]!;
      return each !== index && other.entryDoor === plan.entryDoor && other.arriveUs - plan.arriveUs <= TOGETHER_US;
    });
  }
}
