import { existsSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { noisePage, noiseText, type PlateSet } from '../../bench/noise/noise-page.ts';
import { simulatedPlates } from '../../bench/noise/plate-series.ts';
import { plateResiduals, plateTracePath } from '../../simulator/sensors/plate-trace.ts';
import { parseSeedList } from './bench-options.ts';

export function noiseCommand(): Command {
  return new Command('noise')
    .description('Scale noise of the simulator beside that of the real plate recording')
    .option('--seeds <seeds>', 'seeds of the simulated plates', parseSeedList, parseSeedList('1..2'))
    .option('--report <file>', 'write one self-contained HTML page')
    .action(({ seeds, report }: { seeds: number[]; report?: string }) => {
      const isThere = existsSync(plateTracePath());
      const sets: PlateSet[] = [
        ...(isThere ? [{ name: 'real', series: plateResiduals().flat() }] : []),
        { name: 'default', series: simulatedPlates('default', seeds) },
        ...(isThere ? [{ name: 'replay', series: simulatedPlates('replay', seeds) }] : []),
        { name: 'other', series: simulatedPlates('other', seeds) },
      ];
      console.log(noiseText(sets));
      const missing = `no real recording at ${plateTracePath()} (set AISLE_DATA): only the simulated families`;
      if (!isThere) console.error(missing);
      if (!report) return;
      const real =
        'The recording is 17 s of 240 plates at 60 Hz with one shopper (AutoCheckout 2020, BENCHMARK-1), its pick left out.';
      writeFileSync(report, noisePage(sets, isThere ? real : `There is ${missing}.`));
      console.error(`report: ${report}`);
    });
}
