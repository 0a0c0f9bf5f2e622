/** What the person at the page is looking into. */
export interface Picked {
  readonly tripId: string | null;
  readonly changeId: string | null;
}

/** The one thing that is selected; everyone who shows it listens. */
export class Selection {
  #picked: Picked = { tripId: null, changeId: null };
  readonly #listeners: ((picked: Picked) => void)[] = [];

  get picked(): Picked {
    return this.#picked;
  }

  listen(listener: (picked: Picked) => void): void {
    this.#listeners.push(listener);
  }

  pick(picked: Picked): void {
    this.#picked = picked;
    for (const listener of this.#listeners) listener(picked);
  }
}
