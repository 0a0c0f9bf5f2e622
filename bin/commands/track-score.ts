import { Command, InvalidArgumentError, Option } from 'commander';
import { clearOf, countClear } from '../../bench/score/clear.ts';
import { countHota, hotaOf } from '../../bench/score/hota.ts';
import { countIdentity, idf1Of } from '../../bench/score/identity.ts';
import { boxSimilarity, MATCH_M, sequenceFrom } from '../../bench/score/tracking-sequence.ts';
import { readBoxes, readFloorTracks, type TimedRows } from '../tracking-files.ts';

interface TrackScoreOptions {
  readonly format: 'motchallenge' | 'ground';
  readonly matchM: number;
  readonly json?: boolean;
}

export function trackScoreCommand(): Command {
  return new Command('track-score')
    .description('Score tracks against the truth: HOTA, DetA, AssA, MOTA, IDF1, identity switches')
    .argument('<truth>', 'ground truth: MOTChallenge gt.txt, or CSV with --format ground')
    .argument('<tracks>', 'tracks to score, in the format that `aisle track` writes')
    .addOption(
      new Option('--format <format>', 'what the files hold').choices(['motchallenge', 'ground']).makeOptionMandatory(),
    )
    .option('--match-m <metres>', 'with ground: distance at which a body counts as found', parseMetres, MATCH_M)
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      `
motchallenge: frame,id,left,top,width,height,flag,...; similarity is the overlap (IoU), truth whose flag is 0 or whose
class (column 8 of 9) is not 1 is left out.
ground: header timeSeconds,trackId,xM,yM in both files; similarity is max(0, 1 - distance / (2 * match)).
The scores are TrackEval's, to the last digit that matters; HOTA, DetA and AssA are means over its 19 thresholds.

  aisle track-score gt.txt tracks.txt --format motchallenge
  aisle track-score truth.csv tracks.csv --format ground --match-m 1 --json`,
    )
    .action((truthFile: string, tracksFile: string, { format, matchM, json }: TrackScoreOptions) => {
      const isGround = format === 'ground';
      const truth = isGround ? readFloorTracks(truthFile) : readBoxes(truthFile, 'truth');
      const tracks = isGround ? readFloorTracks(tracksFile) : readBoxes(tracksFile, 'tracks');
      const scores = scoreTracks(truth, tracks, isGround ? floorSimilarity(matchM) : boxSimilarity, isGround ? 2 : 4);
      if (json) console.log(JSON.stringify(scores));
      else for (const [name, value] of Object.entries(scores)) console.log(`${name.padEnd(12)} ${shown(value)}`);
    });
}

type Similarity = (a: ArrayLike<number>, b: ArrayLike<number>) => number;

function floorSimilarity(matchM: number): Similarity {
  return (a, b) => Math.max(0, 1 - Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!) / (2 * matchM));
}

/** Scores of tracks against truth; `size` numbers make a place. Times are the same if they differ by less than 1 µs. */
export function scoreTracks(
  truth: readonly TimedRows[],
  tracks: readonly TimedRows[],
  similarity: Similarity,
  size: number,
) {
  const keyOf = (rows: TimedRows) => Math.round(rows.seconds * 1e6);
  const truthAt = new Map(truth.map((rows) => [keyOf(rows), rows]));
  const tracksAt = new Map(tracks.map((rows) => [keyOf(rows), rows]));
  const times = [...new Set([...truthAt.keys(), ...tracksAt.keys()])].sort((a, b) => a - b);
  const placeOf = (rows: TimedRows, i: number) => rows.places.slice(size * i, size * i + size);
  const sequence = sequenceFrom(
    times.map((time) => {
      const there = truthAt.get(time);
      const found = tracksAt.get(time);
      return {
        truthIds: there?.ids ?? [],
        trackIds: found?.ids ?? [],
        similarity: (there?.ids ?? []).map((_, i) =>
          (found?.ids ?? []).map((__, j) => similarity(placeOf(there!, i), placeOf(found!, j))),
        ),
      };
    }),
  );
  const hota = hotaOf(countHota(sequence));
  const clear = countClear(sequence);
  return {
    hota: hota.hota,
    detA: hota.detA,
    assA: hota.assA,
    mota: clearOf(clear).mota,
    idf1: idf1Of(countIdentity(sequence)),
    idSwitches: clear.idSwitches,
  };
}

function shown(value: number | null): string {
  if (value === null) return 'none';
  return Number.isInteger(value) ? String(value) : value.toFixed(4);
}

function parseMetres(text: string): number {
  const metres = Number(text);
  if (!(metres > 0 && metres < 1000)) throw new InvalidArgumentError('expected metres, for instance 0.5.');
  return metres;
}
