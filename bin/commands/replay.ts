import { Command, Option } from 'commander';
import { type Cart, cartsHash, Engine, type EngineOutput } from '../../engine/index.ts';
import { ReadingsHash } from '../../engine/recording/reading-codec.ts';
import { openRecording, type Recording } from '../../engine/recording/replay.ts';
import { cartTable } from '../cart-table.ts';
import { addMethodOptions, type MethodOptions, methodMetadata, methodOfRecording } from '../method-options.ts';
import { Progress } from '../progress.ts';
import { seenAgain } from '../seen-again.ts';

interface ReplayOptions extends MethodOptions {
  readonly from: 'readings' | 'pictures';
  readonly json?: boolean;
}

export interface Replayed {
  readonly carts: readonly Cart[];
  readonly hashes: { readonly readings: string; readonly carts: string };
}

export function replayCommand(): Command {
  const command = new Command('replay')
    .description('Run the engine on the readings of an MCAP recording (its truth channels are never read)')
    .argument('<file>', 'recording made with --record, or by anyone who writes our readings')
    .addOption(
      new Option(
        '--from <what>',
        '`pictures`: look at the recorded pictures anew instead of reading what was seen in them',
      )
        .choices(['readings', 'pictures'])
        .default('readings'),
    )
    .option('--json', 'print one JSON object');
  return addMethodOptions(command).action(async (file: string, options: ReplayOptions) => {
    const recording = await openRecording(file);
    const method = methodOfRecording(file, recording.metadata, options, command);
    const { carts, hashes } = await replay(recording, method, () => {}, options.from);
    for (const { offset, found, expected, readingsUsed } of recording.problems) {
      console.error(
        `${file}: at byte ${offset} found ${found}, expected ${expected}; the ${readingsUsed} readings before it were used`,
      );
    }
    const same = recording.result === null ? null : recording.result['carts'] === hashes.carts;
    if (options.json) {
      console.log(JSON.stringify({ file, carts, hashes, sameAsRecorded: same, problems: recording.problems }));
    } else {
      console.log(cartTable(carts));
      const verdict =
        same === null
          ? 'the recording says none'
          : same
            ? 'as recorded'
            : `recorded: ${recording.result!['carts']!.slice(0, 12)}`;
      console.log(`carts ${hashes.carts.slice(0, 12)} (${verdict})`);
    }
    const recorded = methodMetadata(method);
    const isSameMethod = Object.entries(recorded).every(([key, value]) => recording.metadata[key] === value);
    process.exitCode = recording.problems.length > 0 ? 2 : same === false && isSameMethod ? 1 : 0;
  });
}

/** Runs the engine over a recording; `watch` sees every output. Throws `UserError` where pictures are asked for and there are none. */
export async function replay(
  recording: Recording,
  options: MethodOptions,
  watch: (output: EngineOutput) => void,
  from: ReplayOptions['from'] = 'readings',
): Promise<Replayed> {
  const engine = new Engine(recording.store, options);
  const hash = new ReadingsHash();
  const carts = new Map<string, Cart>();
  const collect = (outputs: readonly EngineOutput[]) => {
    for (const output of outputs) {
      watch(output);
      if (output.kind === 'cart') carts.set(output.cart.tripId, output.cart);
    }
  };
  const progress = new Progress();
  let count = 0;
  for await (const reading of from === 'pictures' ? seenAgain(recording) : recording.readings()) {
    hash.add(reading);
    engine.push(reading);
    if (++count % 500 === 0) collect(engine.take());
    if (count % 50_000 === 0) progress.note(`${count} readings`);
  }
  collect(engine.finish());
  progress.clear();
  const all = [...carts.values()];
  return { carts: all, hashes: { readings: hash.digest(), carts: cartsHash(all) } };
}
