import type { Run } from '../../simulator/scenario/run.ts';
import type { TruthPose } from '../../simulator/truth.ts';
import { AiCityExport } from './ai-city.ts';
import { CocoExport } from './coco.ts';
import { MotChallengeExport } from './mot-challenge.ts';

/** Takes a run's truth poses in order and writes them to a folder as they come. */
export interface TruthExport {
  pose(pose: TruthPose): void;
  /** Ends the files; nothing may be added after it. */
  close(): void;
}

export const EXPORT_FORMATS = ['mot-challenge', 'ai-city', 'coco'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Opens an export of a run's truth into a folder, which is made where it is missing. */
export function openExport(format: ExportFormat, folder: string, run: Run): TruthExport {
  switch (format) {
    case 'mot-challenge':
      return new MotChallengeExport(folder, run);
    case 'ai-city':
      return new AiCityExport(folder, run);
    case 'coco':
      return new CocoExport(folder, run);
  }
}
