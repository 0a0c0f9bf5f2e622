import type { Attribution } from './attribution.ts';
import { JointAttribution } from './joint/joint-attribution.ts';
import { PUBLISHED } from './published/constants.ts';
import { type AttributionView, PublishedAttribution } from './published/published-attribution.ts';
import tuned from './published/tuned.json' with { type: 'json' };
import { VisionOnlyAttribution } from './vision-only.ts';
import { weightOnly } from './weight-only.ts';

/** Parts that `--ablate` can switch off. */
export const ABLATIONS = [
  'dynamic-planogram',
  'event-splitting',
  'conservation',
  'revision',
  'live-planogram',
  'recognition',
  'calibration',
] as const;

const METHODS: Readonly<Record<string, (view: AttributionView, ablate: readonly string[]) => Attribution>> = {
  joint: (view, ablate) =>
    new JointAttribution(view, {
      conservation: !ablate.includes('conservation'),
      revision: !ablate.includes('revision'),
      livePlanogram: !ablate.includes('live-planogram'),
      recognition: !ablate.includes('recognition'),
      calibration: !ablate.includes('calibration'),
    }),
  published: (view, ablate) =>
    new PublishedAttribution(view, {
      arrangement: true,
      hands: true,
      eventSplitting: !ablate.includes('event-splitting'),
      dynamicPlanogram: !ablate.includes('dynamic-planogram'),
    }),
  /** The published method with its constants searched on development scenarios. */
  'published-tuned': (view, ablate) =>
    new PublishedAttribution(view, {
      arrangement: true,
      hands: true,
      eventSplitting: !ablate.includes('event-splitting'),
      dynamicPlanogram: !ablate.includes('dynamic-planogram'),
      constants: { ...PUBLISHED, ...(view.constants ?? tuned.constants) },
    }),
  'weight-only': weightOnly,
  'vision-only': (view) => new VisionOnlyAttribution(view),
  /** The simplest comparator: the nearest head took the product of that shelf whose weight fits. */
  'nearest-person': (view) =>
    new PublishedAttribution(view, {
      arrangement: false,
      hands: false,
      eventSplitting: false,
      dynamicPlanogram: false,
    }),
};

export const ATTRIBUTIONS: readonly string[] = Object.keys(METHODS);

/** The attribution of this name; throws for an unknown name or ablation, naming the known ones. */
export function chooseAttribution(name: string, ablate: readonly string[], view: AttributionView): Attribution {
  if (!Object.hasOwn(METHODS, name)) {
    throw new Error(`attribution: found ${JSON.stringify(name)}, expected one of ${ATTRIBUTIONS.join(', ')}`);
  }
  for (const part of ablate) {
    if ((ABLATIONS as readonly string[]).includes(part)) continue;
    throw new Error(`ablate: found ${JSON.stringify(part)}, expected one of ${ABLATIONS.join(', ')}`);
  }
  return METHODS[name](view, ablate);
}
