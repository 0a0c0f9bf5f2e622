import { Command, CommanderError } from 'commander';
import { userProblem } from './user-error.ts';

const program = new Command('aisle')
  .description('OpenAisle: an open checkout-free store. Scenario files in, finished carts out.')
  .addHelpText(
    'after',
    `
Start here:
  aisle serve scenarios/open-day.yaml        a live shop in the browser, with orders and payments
  aisle view x.yaml (or out.mcap)            the same without a gateway, or a recording
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

/** Each command with what it imports is loaded when it is asked for: starting is most of a short run's time. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./commands/run.ts')).runCommand(),
  sweep: async () => (await import('./commands/sweep.ts')).sweepCommand(),
  expand: async () => (await import('./commands/expand.ts')).expandCommand(),
  replay: async () => (await import('./commands/replay.ts')).replayCommand(),
  score: async () => (await import('./commands/score.ts')).scoreCommand(),
  truth: async () => (await import('./commands/truth.ts')).truthCommand(),
  strip: async () => (await import('./commands/strip.ts')).stripCommand(),
  look: async () => (await import('./commands/look.ts')).lookCommand(),
  view: async () => (await import('./commands/view.ts')).viewCommand(),
  demo: async () => (await import('./commands/demo.ts')).demoCommand(),
  screenshots: async () => (await import('./commands/screenshots.ts')).screenshotsCommand(),
  track: async () => (await import('./commands/track.ts')).trackCommand(),
  'track-score': async () => (await import('./commands/track-score.ts')).trackScoreCommand(),
  audit: async () => (await import('./commands/audit.ts')).auditCommand(),
  play: async () => (await import('./commands/play.ts')).playCommand(),
  serve: async () => (await import('./commands/serve.ts')).serveCommand(),
  bench: async () => (await import('./commands/bench.ts')).benchCommand(),
  listen: async () => (await import('./commands/listen.ts')).listenCommand(),
  trigger: async () => (await import('./commands/trigger.ts')).triggerCommand(),
  schema: async () => (await import('./commands/schema.ts')).schemaCommand(),
  train: async () => (await import('./commands/train.ts')).trainCommand(),
  enroll: async () => (await import('./commands/enroll.ts')).enrollCommand(),
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand(),
};

const asked = process.argv[2] ?? '';
for (const name of Object.hasOwn(commands, asked) ? [asked] : Object.keys(commands)) {
  program.addCommand((await commands[name]!()).copyInheritedSettings(program));
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
