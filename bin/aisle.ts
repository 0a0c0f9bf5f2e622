import { Command, CommanderError } from 'commander';
import { benchCommand } from './commands/bench.ts';
import { demoCommand } from './commands/demo.ts';
import { expandCommand } from './commands/expand.ts';
import { lookCommand } from './commands/look.ts';
import { replayCommand } from './commands/replay.ts';
import { runCommand } from './commands/run.ts';
import { schemaCommand } from './commands/schema.ts';
import { scoreCommand } from './commands/score.ts';
import { stripCommand } from './commands/strip.ts';
import { sweepCommand } from './commands/sweep.ts';
import { truthCommand } from './commands/truth.ts';
import { userProblem } from './user-error.ts';

const program = new Command('aisle')
  .description('OpenAisle: an open checkout-free store. Scenario files in, finished carts out.')
  .addHelpText(
    'after',
    `
Start here:
  aisle run scenarios/demo.yaml              run one scenario, see its carts and scores
  aisle run scenarios/thirty --seed 1..5     a whole suite, five seeds, pooled scores
  aisle run x.yaml --report out.html         the same with a page to look at
  aisle sweep x.yaml --out out/sweep         every combination of the file's sweep section
  aisle look x.yaml --camera c1 --at 12s --out look.png   what a camera sees
  aisle expand x.yaml                        the resolved run, every random choice made

The scenario language is described in scenarios/README.md.
Exit codes: 0 everything passed, 1 an expectation failed, 2 something could not run.`,
  )
  .showSuggestionAfterError()
  .exitOverride();

for (const command of [
  runCommand(),
  sweepCommand(),
  expandCommand(),
  replayCommand(),
  scoreCommand(),
  truthCommand(),
  stripCommand(),
  lookCommand(),
  demoCommand(),
  benchCommand(),
  schemaCommand(),
]) {
  command.copyInheritedSettings(program);
  program.addCommand(command);
}

// A closed pipe (`aisle run … | head`) ends the output, not the run's correctness.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  const problem = userProblem(error);
  if (problem === null) throw error;
  console.error(problem);
  process.exit(2);
});

try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    const problem = userProblem(error);
    if (problem === null) throw error;
    console.error(problem);
    process.exitCode = 2;
  }
}
