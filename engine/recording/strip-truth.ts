import { type ChannelInfo, McapFile } from './mcap-file.ts';
import { type WalkedMessage, walkMcap } from './mcap-walk.ts';
import { Damage, RecordingError } from './recording-error.ts';
import { RECORDING_LIBRARY, RUN_METADATA, STORE_ATTACHMENT, TRUTH_PREFIX } from './recording-names.ts';

/** Entries of a run's metadata that a replay needs; any other may tell what was played, as a scenario's name does. */
const KEPT_METADATA = ['attribution', 'ablate'];

/**
 * Copies a recording without truth: no truth channels, no attachment but the store, no name, file or seed of the run.
 * What is left replays as before. Throws `RecordingError` at damage; `outPath` then holds everything whole before it.
 */
export async function stripTruth(inPath: string, outPath: string): Promise<void> {
  const out = new McapFile(outPath, { profile: '', library: RECORDING_LIBRARY });
  const channels = new Map<string, number>();
  try {
    for (const part of walkMcap(inPath)) {
      if (part.kind === 'attachment' && part.name === STORE_ATTACHMENT) {
        out.attach(part.name, part.mediaType, part.data, part.logTime);
      } else if (part.kind === 'metadata') {
        out.metadata(part.name, part.name === RUN_METADATA ? withoutTruth(part.entries) : part.entries);
      } else if (part.kind === 'chunk') {
        for (const message of part.messages) {
          if (!message.topic.startsWith(TRUTH_PREFIX)) copyMessage(out, channels, message);
        }
      }
    }
  } catch (error) {
    if (error instanceof Damage) throw new RecordingError(inPath, error);
    throw error;
  } finally {
    out.close();
  }
}

function withoutTruth(entries: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...entries].filter(([name]) => KEPT_METADATA.includes(name)));
}

function copyMessage(out: McapFile, channels: Map<string, number>, message: WalkedMessage): void {
  const { topic, messageEncoding, schema, sequence, logTime, publishTime, data } = message;
  let channelId = channels.get(topic);
  if (channelId === undefined) {
    const info: ChannelInfo = { topic, messageEncoding, schema };
    channelId = out.channel(info);
    channels.set(topic, channelId);
  }
  out.message({ channelId, sequence, logTime, publishTime, data });
}
