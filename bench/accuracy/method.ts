import { ABLATIONS, ATTRIBUTIONS } from '../../engine/index.ts';

/** One way to decide who took what: a row of the tables. */
export interface Method {
  /** Unique; part of cache keys. */
  readonly name: string;
  readonly label: string;
  readonly attribution: string;
  readonly ablate: readonly string[];
  /** `true`: bodies and hands come from the truth, to split the blame between tracking and attribution. */
  readonly tracks: 'engine' | 'true';
  /** Method of which this is one with a part switched off; null for methods of their own. */
  readonly partOf: string | null;
}

const whole = (attribution: string, label: string): Method => ({
  ...{ name: attribution, label, attribution },
  ...{ ablate: [], tracks: 'engine', partOf: null },
});

const without = (attribution: string, part: string, label: string): Method => ({
  ...{ name: `${attribution} -${part}`, label: `  without ${label}`, attribution },
  ...{ ablate: [part], tracks: 'engine', partOf: attribution },
});

const ALL: readonly Method[] = [
  whole('published', 'published (MPS 2020, our port)'),
  without('published', 'dynamic-planogram', 'dynamic planogram'),
  without('published', 'event-splitting', 'event splitting'),
  { ...whole('published', '  on true tracks'), name: 'published +true-tracks', tracks: 'true' },
  whole('published-tuned', 'published, constants tuned'),
  whole('nearest-person', 'nearest person'),
  whole('weight-only', 'weight only'),
  whole('vision-only', 'vision only'),
  whole('joint', 'joint'),
  without('joint', 'conservation', 'conservation'),
  without('joint', 'revision', 'revision'),
  without('joint', 'live-planogram', 'live planogram'),
  without('joint', 'recognition', 'recognition'),
];

/** The methods this engine knows, in the order of the tables. */
export function methods(): Method[] {
  return ALL.filter(
    ({ attribution, ablate }) =>
      ATTRIBUTIONS.includes(attribution) && ablate.every((part) => (ABLATIONS as readonly string[]).includes(part)),
  );
}

/** Methods by name; throws for an unknown one, naming those there are. */
export function methodsNamed(names: readonly string[]): Method[] {
  const known = methods();
  return names.map((name) => {
    const method = known.find((one) => one.name === name);
    if (!method)
      throw new Error(`method: found ${JSON.stringify(name)}, expected one of ${known.map((m) => m.name).join('; ')}`);
    return method;
  });
}

/** What the others are compared with: `joint` where the engine has it. */
export function champion(among: readonly Method[]): Method {
  return among.find(({ name }) => name === 'joint') ?? among[0]!;
}
