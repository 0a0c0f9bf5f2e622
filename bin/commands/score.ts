import { Command } from 'commander';
import { ScoreKeeper } from '../../bench/score/score-keeper.ts';
import { judge } from '../../bench/verdict.ts';
import { openRecording } from '../../engine/recording/replay.ts';
import { readTruth } from '../../engine/recording/truth-reader.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import type { TruthCart, TruthEvent, TruthPose } from '../../simulator/truth.ts';
import { addMethodOptions, type MethodOptions, methodOfRecording } from '../method-options.ts';
import { scoreTable } from '../print-result.ts';
import { UserError } from '../user-error.ts';
import { replay } from './replay.ts';

interface ScoreOptions extends MethodOptions {
  readonly json?: boolean;
}

export function scoreCommand(): Command {
  const command = new Command('score')
    .description('Run the engine on a recording, then score it against the truth recorded beside')
    .argument('<file>', 'MCAP recording with truth channels (made with `aisle run --record`)')
    .option('--json', 'print one JSON object');
  return addMethodOptions(command).action(async (file: string, options: ScoreOptions) => {
    const recording = await openRecording(file);
    const attachment = recording.attachments.find(({ name }) => name === 'run.json');
    if (!attachment)
      throw new UserError(`${file}: found no attachment run.json, expected a recording of a simulated run`);
    const run = JSON.parse(Buffer.from(attachment.data).toString('utf8')) as Run;
    const keeper = new ScoreKeeper(run);
    const method = methodOfRecording(file, recording.metadata, options, command);
    const { hashes } = await replay(recording, method, (output) => keeper.output(output));
    // Truth is read only now: the engine has finished.
    const carts: TruthCart[] = [];
    for (const { channel, json } of readTruth(file)) {
      if (channel === 'truth/events') keeper.truth(json as TruthEvent);
      else if (channel === 'truth/poses') keeper.pose(typedPose(json as TruthPose));
      else if (channel === 'truth/carts') carts.push(json as TruthCart);
    }
    const score = keeper.finish(carts);
    const verdict = judge(run.expect, score.scores, score.cartOf, score.violations);
    if (options.json)
      console.log(JSON.stringify({ file, ...verdict, carts: score.carts, scores: score.scores, hashes }));
    else console.log(`${verdict.verdict}\n${scoreTable(score.scores)}\n${verdict.failures.join('\n')}`);
    process.exitCode = verdict.verdict === 'pass' ? 0 : 1;
  });
}

/** A pose as it was before it became JSON. */
function typedPose({ timeUs, shopperIndex, inWorldM, onFloorM }: TruthPose): TruthPose {
  return {
    timeUs,
    shopperIndex: Int32Array.from(shopperIndex),
    inWorldM: Float32Array.from(inWorldM),
    onFloorM: Float32Array.from(onFloorM),
  };
}
