import { writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { normalisedScores, type TrackRow, trackRows, withEveryFrame } from '../track-file.ts';
import { frameRateOf, readBoxes, readSightings, type TimedRows } from '../tracking-files.ts';
import { UserError } from '../user-error.ts';

interface TrackOptions {
  readonly sightings: string;
  readonly out: string;
  readonly image?: boolean;
  readonly fps?: number;
}

export function trackCommand(): Command {
  return new Command('track')
    .description("Follow people in other people's sightings with the engine's tracker")
    .requiredOption('--sightings <file>', 'what was seen: CSV, or MOTChallenge detections with --image')
    .requiredOption('--out <file>', 'tracks to write: CSV, or MOTChallenge with --image')
    .option('--image', 'boxes in an image instead of points on the floor')
    .option('--fps <n>', "frames per second, with --image; else frameRate of the sequence's seqinfo.ini", parseRate)
    .addHelpText(
      'after',
      `
On the floor (metres, seconds):
  in    timeSeconds,xM,yM,score[,camera]     a header, then one row per sighting; score 0 to 1
  out   timeSeconds,trackId,xM,yM
Rows of one time are one look at the floor. With a camera column, sightings by different cameras within 70 cm of each
other at one time are taken for one person.

In an image (--image, MOTChallenge):
  in    frame,id,left,top,width,height,conf,...   id is not looked at; conf 0 to 1, or any scale (then sigmoid)
  out   frame,id,left,top,width,height,conf,-1,-1,-1

Sightings scored below 0.5 keep a track alive and never start one. Everything is in seconds, so the frame rate may be
any. Places are smoothed along each person's course, and given out through short misses too.

  aisle track --sightings seen.csv --out tracks.csv
  aisle track --image --sightings MOT17-04/det/det.txt --out MOT17-04.txt
  aisle track-score MOT17-04/gt/gt.txt MOT17-04.txt --format motchallenge`,
    )
    .action((options: TrackOptions) => {
      const rows = options.image ? trackBoxes(options) : trackFloor(options);
      console.error(`${options.out}: ${rows.length} rows, ${new Set(rows.map((row) => row.trackId)).size} tracks`);
    });
}

function trackFloor({ sightings, out, fps }: TrackOptions): TrackRow[] {
  if (fps !== undefined) throw new UserError('--fps: found without --image, expected times in the CSV');
  const times = readSightings(sightings);
  const rows = trackRows(times, 'floor');
  const text = rows.map((row) => `${times[row.moment]!.seconds},${row.trackId},${decimals(row.place, 4)}\n`);
  writeFileSync(out, `timeSeconds,trackId,xM,yM\n${text.join('')}`);
  return rows;
}

function trackBoxes({ sightings, out, fps }: TrackOptions): TrackRow[] {
  const rate = fps ?? frameRateOf(sightings);
  if (rate === null)
    throw new UserError(`${sightings}: found no seqinfo.ini with a frameRate beside it, expected one or --fps`);
  const times: TimedRows[] = normalisedScores(withEveryFrame(readBoxes(sightings, 'detections')));
  const rows = trackRows(times, 'image', rate);
  const text = rows.map((row) => `${times[row.moment]!.seconds},${row.trackId},${decimals(row.place, 2)},1,-1,-1,-1\n`);
  writeFileSync(out, text.join(''));
  return rows;
}

function decimals(place: readonly number[], digits: number): string {
  return place.map((value) => value.toFixed(digits)).join(',');
}

function parseRate(text: string): number {
  const rate = Number(text);
  if (!(rate > 0 && rate <= 10_000)) throw new InvalidArgumentError('expected frames per second, for instance 25.');
  return rate;
}
