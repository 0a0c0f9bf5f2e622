import type { ShelfPart } from './shelf-part.ts';

/** Gives every change an id of its own: steps of one scale that follow closely may have their moment in common. */
export class ChangeNames {
  readonly #last = new Map<string, { readonly changeId: string; times: number }>();

  /** The part, under another id where the scale's last part had the same; parts must come in order of time. */
  own(part: ShelfPart): ShelfPart {
    const { changeId, step } = part;
    const last = this.#last.get(step.scaleId);
    if (last?.changeId !== changeId) {
      this.#last.set(step.scaleId, { changeId, times: 1 });
      return part;
    }
    last.times += 1;
    return { ...part, changeId: `${changeId}+${last.times}` };
  }
}
