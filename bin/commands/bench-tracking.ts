import { Command } from 'commander';
import { CROWD_GOALS_US, measureCrowd } from '../../bench/tracking/crowd-speed.ts';
import { machine, parseCount } from './bench-options.ts';

export function trackingCommand(): Command {
  return new Command('tracking')
    .description("The crowd tracker's update loop: CPU time per frame on crowds of 10 to 1,000 people, and IDF1")
    .option('--frames <n>', 'frames of each crowd', parseCount, 500)
    .action(({ frames }: { frames: number }) => {
      console.log(machine());
      console.log('people  µs/frame   goal     IDF1');
      for (const people of [10, 50, 200, 1000]) {
        const { microsPerFrame, idf1 } = measureCrowd(people, frames);
        const goal = CROWD_GOALS_US[people]!.toLocaleString('en');
        console.log(
          `${String(people).padStart(6)}  ${microsPerFrame.toFixed(1).padStart(8)}  ${goal.padStart(5)}  ${idf1.toFixed(3).padStart(7)}`,
        );
      }
    });
}
