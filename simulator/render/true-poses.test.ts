import { expect, test } from 'vitest';
import { pictureModel } from './picture-model.ts';
import { PictureSource } from './picture-source.ts';
import { NO_PICTURE_NOISE } from './sensor/picture-noise.ts';
import { sharedPicture } from './shared-picture.ts';
import { demoRun, snapshotsAt } from './test-scene.ts';
import { TruePoses } from './true-poses.ts';

test('sees the shop from elsewhere while it is knocked aside, and as before afterwards', async () => {
  const plain = demoRun();
  const run = {
    ...plain,
    faults: [
      {
        kind: 'calibration' as const,
        targets: [plain.cameras[0].id],
        fromUs: 2e6,
        toUs: 4e6,
        ratePerSecond: 0,
        share: 0,
        size: { fixed: 0.02 },
        size2: { fixed: 0.0175 },
      },
    ],
  };
  const poses = new TruePoses(run, run.cameras[0]);
  const moved = poses.at(3e6).map((value, i) => Math.abs(value - poses.at(1e6)[i]));
  expect(Math.max(...moved)).toBeGreaterThan(1e-3);
  expect(new TruePoses(run, run.cameras[1]).at(3e6)).toEqual(new TruePoses(run, run.cameras[1]).at(1e6));

  // Nobody has come yet: only the camera moves.
  const { snapshots, writer } = snapshotsAt({ ...run, shoppers: [] }, [1, 3, 5]);
  const source = new PictureSource(await pictureModel({ ...run, shoppers: [] }, writer.log, NO_PICTURE_NOISE));
  const pictures = snapshots.map((snapshot, i) => {
    const out = sharedPicture(320, 240, false);
    source.drawInto(out, snapshot, 0, i, 0);
    return out;
  });
  const differing = (a: number, b: number) =>
    pictures[a].depthMm.filter((mm, p) => mm !== pictures[b].depthMm[p]).length / pictures[a].depthMm.length;
  expect(differing(0, 1)).toBeGreaterThan(0.5);
  expect(differing(0, 2)).toBe(0);
});
