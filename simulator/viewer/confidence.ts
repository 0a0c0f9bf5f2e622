/** How sure is sure: lines and carts are coloured and marked by these, never by colour alone. */
export type Sureness = 'sure' | 'likely' | 'doubtful';

const MARKS: Readonly<Record<Sureness, string>> = { sure: '●', likely: '◐', doubtful: '○' };

export function surenessOf(prob: number): Sureness {
  return prob >= 0.9 ? 'sure' : prob >= 0.6 ? 'likely' : 'doubtful';
}

export function markOf(sureness: Sureness): string {
  return MARKS[sureness];
}
