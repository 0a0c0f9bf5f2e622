/** Truth of a recording, for scoring and viewers. Apart from replay.ts, so that what feeds the engine cannot reach it. */
import { walkMcap } from './mcap-walk.ts';
import { Damage, RecordingError } from './recording-error.ts';
import { TRUTH_PREFIX } from './recording-names.ts';
import { usFromNs } from './recording-time.ts';

export interface RecordedTruth {
  /** As given to `Recorder.side`. */
  readonly channel: `truth/${string}`;
  readonly timeUs: number;
  readonly json: unknown;
}

/** Truth in the order it was recorded; throws `RecordingError` at damage, after everything whole before it. */
export function* readTruth(path: string): Generator<RecordedTruth, void> {
  try {
    for (const part of walkMcap(path)) {
      if (part.kind !== 'chunk') continue;
      for (const { topic, publishTime, data, offset } of part.messages) {
        if (!topic.startsWith(TRUTH_PREFIX)) continue;
        const channel = topic.slice(1) as RecordedTruth['channel'];
        yield { channel, timeUs: usFromNs(publishTime), json: truthJson(data, offset) };
      }
    }
  } catch (error) {
    if (error instanceof Damage) throw new RecordingError(path, error);
    throw error;
  }
}

function truthJson(data: Uint8Array, offset: number): unknown {
  try {
    return JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8'));
  } catch (error) {
    throw new Damage(offset, `truth that is not JSON (${(error as Error).message})`, 'JSON');
  }
}
