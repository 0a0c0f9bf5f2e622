import { Command } from 'commander';
import { ScoreKeeper } from '../../bench/score/score-keeper.ts';
import { judge } from '../../bench/verdict.ts';
import { openRecording } from '../../engine/recording/replay.ts';
import type { TruthCart } from '../../simulator/truth.ts';
import { addMethodOptions, type MethodOptions, methodOfRecording } from '../method-options.ts';
import { scoreTable } from '../print-result.ts';
import { recordedRun, recordedTruth } from '../recorded-run.ts';
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
    const run = recordedRun(recording);
    const keeper = new ScoreKeeper(run);
    const method = methodOfRecording(file, recording.metadata, options, command);
    const { hashes } = await replay(recording, method, (output) => keeper.output(output));
    // Truth is read only now: the engine has finished.
    const carts: TruthCart[] = [];
    for (const truth of recordedTruth(file)) {
      if (truth.kind === 'event') keeper.truth(truth.event);
      else if (truth.kind === 'pose') keeper.pose(truth.pose);
      else carts.push(truth.cart);
    }
    const score = keeper.finish(carts);
    const verdict = judge(run.expect, score.scores, score.cartOf, score.violations);
    if (options.json)
      console.log(JSON.stringify({ file, ...verdict, carts: score.carts, scores: score.scores, hashes }));
    else console.log(`${verdict.verdict}\n${scoreTable(score.scores)}\n${verdict.failures.join('\n')}`);
    process.exitCode = verdict.verdict === 'pass' ? 0 : 1;
  });
}
