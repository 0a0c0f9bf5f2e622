import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findData } from '../bench/data-root.ts';
import { boxSimilarity } from '../bench/score/tracking-sequence.ts';
import { trackCommand } from './commands/track.ts';
import { scoreTracks, trackScoreCommand } from './commands/track-score.ts';
import { readBoxes, readFloorTracks, readSightings } from './tracking-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'aisle-track-'));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

async function track(...args: string[]): Promise<void> {
  await trackCommand().exitOverride().parseAsync(args, { from: 'user' });
}

/** Two walkers seen by two cameras with a miss in between, and the truth. */
function walkers() {
  const [seen, truth] = [['timeSeconds,xM,yM,score,camera'], ['timeSeconds,trackId,xM,yM']];
  for (let k = 0; k < 40; k++) {
    const seconds = k / 10;
    for (const [id, x, y] of [
      [7, 1 + 1.1 * seconds, 2],
      [8, 6 - 1.1 * seconds, 3],
    ] as const) {
      truth.push(`${seconds},${id},${x},${y}`);
      if (k >= 15 && k < 20 && id === 7) continue;
      seen.push(`${seconds},${x + 0.02},${y},0.9,a`, `${seconds},${x - 0.02},${y + 0.02},0.8,b`);
    }
  }
  return { seen: file('seen.csv', seen.join('\n')), truth: file('truth.csv', truth.join('\n')) };
}

test('tracks a CSV of sightings on the floor, through misses, one track per walker', async () => {
  const { seen, truth } = walkers();
  const out = join(folder, 'tracks.csv');
  await track('--sightings', seen, '--out', out);
  const similarity = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Math.max(0, 1 - Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!));
  const scores = scoreTracks(readFloorTracks(truth), readFloorTracks(out), similarity, 2);
  expect(scores).toMatchObject({ mota: 1, idf1: 1, idSwitches: 0 });
});

test('says which line of a file is wrong, what was found and what was expected', () => {
  const bad = file('bad.csv', 'timeSeconds,xM,yM,score\n0,1,2,0.5\n0.1,one,2,0.5\n');
  expect(() => readSightings(bad)).toThrow(`${bad}:3: xM: found "one", expected a number`);
  const high = file('high.csv', 'timeSeconds,xM,yM,score\n0,1,2,7\n');
  expect(() => readSightings(high)).toThrow(`${high}:2: score: found 7, expected 0 to 1`);
  expect(() => readSightings(file('header.csv', 'x,y\n'))).toThrow(':1: found header "x,y"');
  expect(() => readBoxes(file('boxes.txt', '1,1,0,0,5\n'), 'tracks')).toThrow(':1: found 5 columns');
  const twice = file('twice.txt', '1,1,0,0,5,5,1\n1,1,9,9,5,5,1\n');
  expect(() => readBoxes(twice, 'tracks')).toThrow(':2: id: found 1 twice in frame 1');
});

test('refuses boxes without a frame rate', async () => {
  const boxes = file('det.txt', '1,-1,0,0,5,5,1\n');
  await expect(track('--image', '--sightings', boxes, '--out', join(folder, 'x.txt'))).rejects.toThrow('seqinfo.ini');
});

test('names the formats it can score', () => {
  expect(trackScoreCommand().helpInformation()).toContain('motchallenge');
});

const data = findData('tracking');
describe.skipIf(data === null)('on real sequences', () => {
  // What norfair and ByteTrack reach on the mean of such sequences with the same detections.
  test('is at least as good as its peers', async () => {
    const means = { hota: 0, mota: 0, idf1: 0 };
    for (const name of ['TUD-Campus', 'PETS09-S2L1']) {
      const out = join(folder, `${name}.txt`);
      await track('--image', '--sightings', join(data!, name, 'det', 'det.txt'), '--out', out);
      const truth = readBoxes(join(data!, name, 'gt', 'gt.txt'), 'truth');
      const scores = scoreTracks(truth, readBoxes(out, 'tracks'), boxSimilarity, 4);
      for (const key of ['hota', 'mota', 'idf1'] as const) means[key] += scores[key]! / 2;
      expect(readFileSync(out, 'utf8').split('\n')[0]!.split(',')).toHaveLength(10);
    }
    expect(means.hota).toBeGreaterThan(0.46);
    expect(means.mota).toBeGreaterThan(0.65);
    expect(means.idf1).toBeGreaterThan(0.6);
  });
});
