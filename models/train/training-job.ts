/** How a training is asked for, and how it reports. */
export interface TrainingOptions {
  readonly seed: number;
  readonly threads: number;
  /** File that the state between epochs is kept in. */
  readonly checkpoint: string;
  /** Folder the model is written to. */
  readonly folder: string;
  /** `done` in 0..1 of the present part of the work. */
  progress(done: number, label: string): void;
}

/** Metrics of a finished training. */
export type TrainingResult = Readonly<Record<string, number>>;
