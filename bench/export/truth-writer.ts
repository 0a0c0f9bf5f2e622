import type { BodyBox, BodyCylinder } from './body-boxes.ts';

/** Everybody at one moment, in the world and in each camera's picture. */
export interface TruthFrame {
  readonly timeUs: number;
  readonly bodies: readonly BodyCylinder[];
  /** Per camera of the run. */
  readonly boxes: readonly (readonly BodyBox[])[];
}

/** One file format: frames in order of time, then the end. */
export interface TruthWriter {
  write(frame: TruthFrame): void;
  close(): void;
}
