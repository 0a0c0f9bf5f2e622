/**
 * A resolved run: one scenario file with one seed and every random choice made that can be made before the world
 * starts. `aisle expand` prints it, the simulator consumes it, the recording attaches it. SI units throughout: metres,
 * integer microseconds, grams, radians, probabilities; the scenario's own unit strings end in the parser.
 */

/** A number still to be drawn, per item or per sample. */
export type Distribution =
  | { readonly fixed: number }
  | { readonly normal: { readonly mean: number; readonly sd: number } }
  | { readonly lognormal: { readonly median: number; readonly p95: number } }
  | { readonly uniform: { readonly low: number; readonly high: number } }
  | { readonly geometric: { readonly mean: number } }
  | { readonly poisson: { readonly rate: number } };

export interface DoorPlan {
  readonly id: string;
  readonly atM: readonly [number, number];
  readonly widthM: number;
  readonly use: 'entry' | 'exit' | 'both';
  /** Gate sensor at this door, or null. */
  readonly gateId: string | null;
}

export interface ShelfPlan {
  /** `fixture.n`, n = 1 at the bottom. */
  readonly id: string;
  readonly heightM: number;
  readonly depthM: number;
  /** Number of equal plates the shelf is divided into (1 = undivided). */
  readonly plates: number;
}

export interface FixturePlan {
  readonly id: string;
  readonly kind: 'gondola' | 'fridge' | 'endcap' | 'table' | 'rack' | 'counter' | 'ledge';
  /** Middle of the front edge on the floor. */
  readonly atM: readonly [number, number];
  /** Outward normal of the front, counter-clockwise from +x. */
  readonly facingRad: number;
  readonly lengthM: number;
  readonly depthM: number;
  readonly heightM: number;
  /** `hinged`, `sliding` or null. A closed door hides hands from cameras until it is opened; a fogged one always. */
  readonly door: 'hinged' | 'sliding' | null;
  readonly shelves: readonly ShelfPlan[];
}

export interface SlotPlan {
  /** `fixture.shelf.n`, n = 1 at the left as a shopper facing the shelf sees it. */
  readonly id: string;
  readonly shelfId: string;
  readonly fromM: number;
  readonly toM: number;
  /** What really stands there, per SKU (several in a mixed bin); may be empty. */
  readonly contents: readonly { readonly sku: string; readonly count: number }[];
  /** What the planogram says belongs there. */
  readonly skus: readonly string[];
  readonly facings: number;
  readonly depth: number;
}

export interface ProductPlan {
  readonly sku: string;
  readonly name: string;
  readonly priceMinor: number;
  readonly currency: string;
  /** True weight of items, drawn once per item. */
  readonly weightGrams: Distribution;
  /** What the catalogue says, if it differs from the true mean (a fault); else null. */
  readonly catalogueGrams: number | null;
  readonly sizeM: readonly [number, number, number];
  readonly sellBy: 'each' | 'weighed';
  readonly multipack: { readonly of: string; readonly count: number } | null;
  readonly restriction: string | null;
}

/** How a load cell misbehaves. Sources of the default figures: `simulator/sensors/noise.ts`. */
export interface ScaleNoise {
  /** SD of white noise; drawn once per cell. */
  readonly whiteGrams: Distribution;
  /** Multiplies the white noise of all cells of a unit; drawn once per unit. Default 1. */
  readonly unitFactor?: Distribution;
  /** White noise, hum, bursts and drift come from real residuals by block bootstrap instead. */
  readonly residuals?: 'plate-trace';
  /** Absolute offset, drawn once per cell. */
  readonly offsetGrams: Distribution;
  /** Ornstein–Uhlenbeck drift. */
  readonly driftSdGrams: number;
  readonly driftTauUs: number;
  readonly quantumGrams: number;
  /** Time constant of the mechanical response. */
  readonly settleUs: number;
  /**
   * Vibration bursts (steps, leaning): `perMinute` as felt by one scale unit; `peakGrams` per unit and burst, times
   * `unitFactor`; `shared` = share of bursts that come through the floor and reach neighbouring fixtures too.
   */
  readonly burst: {
    readonly perMinute: number;
    readonly peakGrams: Distribution;
    readonly durationUs: Distribution;
    readonly shared: number;
  };
  /** Mechanical resonances: amplitude as a share of the cell's white SD. */
  readonly hum: readonly { readonly hz: number; readonly share: number }[];
  /** Share of a neighbouring cell's load change that this cell feels, drawn once per pair. */
  readonly crosstalk: Distribution;
  /** Samples per reading. */
  readonly batch: number;
  /** Sampling time to arrival. */
  readonly latencyUs: Distribution;
}

/** How a camera's detections misbehave in `detections` mode. */
export interface CameraNoise {
  /** SD of a head's and a hand's place in the image, pixels. */
  readonly headPx: number;
  readonly handPx: number;
  /** SD of depth at 1 m; grows with the square of distance. */
  readonly depthM: number;
  /** Slow wander of hand positions in the world (bias, not white): SD and correlation time. */
  readonly handWanderM: number;
  readonly handWanderTauUs: number;
  /** Stationary probability that a visible head or hand is missed, and how long a miss lasts. */
  readonly headMiss: number;
  readonly handMiss: number;
  /** The same by stratum (`simulator/sensors/miss-strata.ts`), where it is known; in place of the two above. */
  readonly missStrata?: { readonly head: readonly number[]; readonly hand: readonly number[] };
  readonly missUs: Distribution;
  /** No miss is shorter or longer. Default 0.3 s and 3 s. */
  readonly missShortestUs?: number;
  readonly missLongestUs?: number;
  /** Share of misses that hit all cameras at once (pose, clothing). */
  readonly missShared: number;
  /** False alarms per picture. */
  readonly falsePerFrame: number;
  /** Share of the false alarms that are hands. Default 0.6. */
  readonly falseHandShare?: number;
  /** Bodies closer than this merge into one head at times; probability per second while that close, and duration. */
  readonly mergeM: number;
  readonly mergePerSecond: number;
  readonly mergeUs: Distribution;
  /** Probability per second that a hand is given to the wrong person while another body is within 0.8 m. */
  readonly ownerSwapPerSecond: number;
  readonly ownerSwapUs: Distribution;
  /** Spread of true detections' scores: score = 1 − |normal| × this. Default 0. */
  readonly headScoreSd?: number;
  readonly handScoreSd?: number;
  readonly latencyUs: Distribution;
}

/** How a camera's pictures differ from ideal ones in `pixels` mode; each part is switched off by a zero. */
export interface PictureNoise {
  /** Radial distortion as the camera's plan has it; false draws an ideal lens. */
  readonly lens: boolean;
  /** SD of depth at 1 m, metres; grows with the square of distance. */
  readonly depthAt1M: number;
  /** Depth comes in steps of so many millimetres; at least 1. */
  readonly depthStepMm: number;
  /** No return from further away, metres; 0 = no limit. */
  readonly rangeM: number;
  /** Share of pixels beside a jump in depth that return something in between. */
  readonly flyingProb: number;
  /** Share of pixels without a return on pure black at 4 m, and on spots of shiny packages. */
  readonly darkHoleProb: number;
  readonly shinyHoleProb: number;
  /** SD of colour, levels of 255: what the amplifier adds, and what grows with the root of the signal at full scale. */
  readonly readLevels: number;
  readonly shotLevels: number;
  /** Slow wander of exposure, as a share of brightness. */
  readonly exposureShare: number;
  /** Quality at which colour went through JPEG, 1 to 100; 0 = it did not. The one part whose bits differ between machines. */
  readonly jpegQuality: number;
}

/** A sensor's clock: rate error drawn once, disciplined back to true time every `resyncUs` (NTP), plus jitter. */
export interface ClockNoise {
  readonly ppm: Distribution;
  readonly resyncUs: number;
  readonly residualUs: Distribution;
  readonly jitterUs: Distribution;
}

/** How people handle goods. */
export interface HandlingNoise {
  /** Force of a grasp on the plate before an item lifts. */
  readonly pressGrams: Distribution;
  /** Hand dwell at the slot around a take or put-back, bounded to 0.2–3 s; the mass moves somewhere inside it. */
  readonly dwellUs: Distribution;
  /** Time the mass takes to leave or arrive. */
  readonly liftUs: Distribution;
  /** Multiplies MTM reach times of trained workers. */
  readonly reachFactor: Distribution;
  /** Probability that a neighbouring slot is touched first. */
  readonly neighbourTouch: number;
  /** Probability that an item drags along the shelf or topples a neighbour. */
  readonly drag: number;
  readonly topple: number;
}

/** What commissioning gets wrong. */
export interface CommissioningNoise {
  readonly cameraPositionM: number;
  readonly cameraRotationRad: number;
  readonly lensPx: number;
  /** Share of slots whose planogram entry is wrong. */
  readonly wrongSlots: number;
  /** Share of slots whose opening stock is off by one. */
  readonly stockOffByOne: number;
  /** SD of the true mean weight against the catalogue, as a share. */
  readonly lotWeightBias: number;
}

export interface NoiseSet {
  readonly name: 'default' | 'fitted' | 'replay' | 'other' | 'none';
  readonly version: number;
  readonly scale: ScaleNoise;
  readonly camera: CameraNoise;
  readonly pictures: PictureNoise;
  readonly gateLatencyUs: Distribution;
  readonly clock: ClockNoise;
  readonly handling: HandlingNoise;
  readonly commissioning: CommissioningNoise;
}

export interface CameraPlan {
  readonly id: string;
  readonly atM: readonly [number, number, number];
  /** Point in the world at the middle of the picture. */
  readonly lookM: readonly [number, number, number];
  readonly hfovRad: number;
  readonly widthPx: number;
  readonly heightPx: number;
  /** True radial distortion. */
  readonly k1: number;
  readonly k2: number;
  readonly rateHz: number;
  readonly output: 'detections' | 'pixels';
  readonly noise: CameraNoise;
  readonly pictures: PictureNoise;
}

/** One scale unit: the cells of one shelf. */
export interface ScalePlan {
  /** `key/shelf`, for instance `scales/G1.2`; faults address it so. */
  readonly id: string;
  readonly shelfId: string;
  readonly per: 'plate' | 'lane' | 'shelf';
  readonly rateHz: number;
  readonly tradeApproved: boolean;
  /** Cells left to right along the shelf. */
  readonly cells: readonly { readonly fromM: number; readonly toM: number }[];
  readonly noise: ScaleNoise;
}

export interface GatePlan {
  readonly id: string;
  readonly doorId: string;
  readonly latencyUs: Distribution;
}

/**
 * One fault, with its times drawn. It holds while `fromUs ≤ true time < toUs`. `targets`: ids of cameras, scale units and
 * gates; of cameras or fixtures for `fog`; of slots for `wrong-planogram`; SKUs for `wrong-weight`. The last two are already
 * in the run's `skus` and `catalogueGrams`. What the numbers mean per kind ("once" = one draw per fault and sensor,
 * "cell" = one per cell, "each" = one per strike or reading; – = unused):
 *
 * | kind | share | ratePerSecond | size | size2 |
 * |---|---|---|---|---|
 * | blackout, freeze, fog, wrong-planogram | – | – | – | – |
 * | dropout | prob. per reading | or strikes/s | – | – |
 * | burst-dropout | – | bursts/s | – | µs, length, each |
 * | latency | – | – | µs later, once | – |
 * | jitter | – | – | µs added to the stamp, either sign, each | – |
 * | reorder | prob. per reading | or strikes/s | µs later, each | – |
 * | duplicate | prob. per reading | or strikes/s | µs until the copy, each (at least 1) | – |
 * | rate-collapse | – | readings/s (scales: samples/s) that are left | – | – |
 * | stuck-at | – | – | grams, cell | – |
 * | offset | – | – | grams, cell | – |
 * | drift | – | – | grams per hour, cell | – |
 * | spike | – | strikes/s and unit | grams, each | – |
 * | skew | – | – | µs added to stamps, once | – |
 * | calibration | – | – | metres aside, once | radians turned, once |
 * | wrong-weight | – | – | grams, what the catalogue is off by | – |
 */
export interface FaultPlan {
  readonly kind:
    | 'blackout'
    | 'dropout'
    | 'burst-dropout'
    | 'latency'
    | 'jitter'
    | 'reorder'
    | 'duplicate'
    | 'rate-collapse'
    | 'freeze'
    | 'stuck-at'
    | 'offset'
    | 'drift'
    | 'spike'
    | 'skew'
    | 'calibration'
    | 'wrong-planogram'
    | 'wrong-weight'
    | 'fog';
  readonly targets: readonly string[];
  readonly fromUs: number;
  /** Infinity is written as the run's end. */
  readonly toUs: number;
  /** Per second; see the table. */
  readonly ratePerSecond: number;
  /** Probability; see the table. */
  readonly share: number;
  /** In the fault's own unit; see the table. */
  readonly size: Distribution;
  /** Second size; see the table. */
  readonly size2: Distribution;
}

/** Where an action happens: a shelf or slot address, a point on the floor, a door, a zone or another shopper. */
export type Place =
  | { readonly address: string }
  | { readonly fixture: string }
  | { readonly pointM: readonly [number, number] }
  | { readonly zone: string }
  | { readonly shopper: string };

interface ActionCommon {
  /** Not before this time, or null. */
  readonly atUs: number | null;
  /** Barrier: waits until every shopper with this name is ready, or null. */
  readonly sync: string | null;
}

/** Where a taken item goes after the hand: `hand` keeps it there. */
export type Keep = 'hand' | 'basket' | 'bag' | 'pocket' | 'pram';

export type Action = ActionCommon &
  (
    | { readonly verb: 'walk'; readonly to: Place }
    | { readonly verb: 'look'; readonly forUs: number; readonly at: string | null }
    | {
        readonly verb: 'take';
        readonly sku: string;
        readonly from: string;
        readonly quantity: number;
        readonly hands: 1 | 2;
        readonly slow: boolean;
        readonly keep: Keep;
      }
    | { readonly verb: 'putback'; readonly sku: string; readonly to: string; readonly quantity: number }
    | {
        /** Lifts `quantity`, holds them at the shelf, puts all but `keepCount` back where they were. */
        readonly verb: 'hold';
        readonly sku: string;
        readonly from: string;
        readonly quantity: number;
        readonly forUs: number;
        readonly keepCount: number;
      }
    | { readonly verb: 'touch'; readonly at: string; readonly forUs: number; readonly pressGrams: number }
    | { readonly verb: 'give'; readonly sku: string; readonly quantity: number; readonly to: string }
    | { readonly verb: 'exchange'; readonly give: string; readonly get: string; readonly with: string }
    | { readonly verb: 'drop'; readonly sku: string; readonly quantity: number }
    | { readonly verb: 'pickup'; readonly sku: string; readonly quantity: number }
    | { readonly verb: 'sweep'; readonly slot: string; readonly keep: Keep }
    | { readonly verb: 'stow'; readonly sku: string; readonly quantity: number; readonly into: Keep }
    | { readonly verb: 'consume'; readonly sku: string; readonly share: number }
    /** Opens a multipack in hand into its single items. */
    | { readonly verb: 'split-pack'; readonly sku: string }
    /** Staff: places items brought from the stockroom. */
    | { readonly verb: 'restock'; readonly sku: string; readonly to: string; readonly quantity: number }
    /** Staff: takes items off the shelf into the stockroom (waste, recall); charges nobody. */
    | { readonly verb: 'withdraw'; readonly sku: string; readonly from: string; readonly quantity: number }
    | { readonly verb: 'change-clothes'; readonly forUs: number }
    | { readonly verb: 'join'; readonly shopper: string }
    | { readonly verb: 'part' }
    | { readonly verb: 'leave'; readonly by: string }
  );

export interface ShopperPlan {
  /** Unique: `ana`, or `lunch/3` for the third of a population, `lunch/3/2` for the second of its party. */
  readonly key: string;
  /** Members of one party share one trip and one credential; a lone shopper is a party of one. */
  readonly party: string;
  readonly role: 'shopper' | 'staff';
  /** Enters in another's wake without a credential, or null. */
  readonly tailgates: string | null;
  /** Rides on another's arm or in the trolley, or null. */
  readonly carriedBy: string | null;
  /** The gate refuses the credential: this shopper turns round. */
  readonly refused: boolean;
  /** Appears outside the door at this time. */
  readonly arriveUs: number;
  readonly entryDoor: string;
  readonly heightM: number;
  readonly speedMps: number;
  readonly equipment: 'none' | 'basket' | 'trolley' | 'pram' | 'bag';
  readonly handed: 'left' | 'right';
  /** Probability per action of using the other hand. */
  readonly swapHands: number;
  readonly clothing: { readonly shade: 'light' | 'mid' | 'dark'; readonly uniform: boolean };
  /** Items carried in from outside; not to be charged. */
  readonly brings: readonly { readonly sku: string; readonly count: number }[];
  readonly actions: readonly Action[];
}

export interface Expectation {
  /** Per shopper key (a party's receipt stands under the key of its first member): SKU → count, or grams of what is weighed. */
  readonly receipts: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** How far a weighed line may be off, grams, by shopper and SKU. */
  readonly slackGrams?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Bounds on scores by their JSON name (camelCase). */
  readonly metrics: readonly {
    readonly metric: string;
    readonly op: '>=' | '<=' | '>' | '<' | '==';
    readonly value: number;
  }[];
  readonly never: readonly ('negative-stock' | 'item-in-two-carts' | 'receipt-before-exit')[];
  /** Carts that should go to a person rather than be guessed, by shopper key. */
  readonly review: readonly string[];
}

export interface Run {
  readonly scenario: string;
  readonly file: string;
  readonly version: 1;
  readonly seed: number;
  /** Clock time at the run's start, µs since midnight. */
  readonly clockStartUs: number;
  readonly durationUs: number;
  /** Time before which nobody arrives, so that sensors settle. */
  readonly warmupUs: number;
  readonly tickHz: number;
  readonly noise: NoiseSet;
  /** `perfect`: the engine is told the true store (ablation only). */
  readonly knowledge: 'commissioned' | 'perfect';
  readonly store: {
    readonly name: string;
    readonly sizeM: readonly [number, number];
    readonly doors: readonly DoorPlan[];
    readonly fixtures: readonly FixturePlan[];
    readonly slots: readonly SlotPlan[];
    /** Places out of every camera's sight: restroom, stockroom. Axis-aligned rectangles on the floor. */
    readonly zones: readonly {
      readonly id: string;
      readonly minM: readonly [number, number];
      readonly maxM: readonly [number, number];
    }[];
  };
  readonly products: readonly ProductPlan[];
  readonly cameras: readonly CameraPlan[];
  readonly scales: readonly ScalePlan[];
  readonly gates: readonly GatePlan[];
  readonly faults: readonly FaultPlan[];
  /** Sorted by key. */
  readonly shoppers: readonly ShopperPlan[];
  readonly expect: Expectation;
}
