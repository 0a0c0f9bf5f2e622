import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findData } from '../data-root.ts';
import { addClear, clearOf, countClear, noClear } from './clear.ts';
import { addHota, countHota, hotaOf, noHota } from './hota.ts';
import { addIdentity, countIdentity, idf1Of, noIdentity } from './identity.ts';
import { boxSimilarity, sequenceFrom } from './tracking-sequence.ts';

const root = findData('metric-golden');
const json = (path: string) => JSON.parse(readFileSync(join(root!, path), 'utf8'));

interface ToyFrame {
  gt_ids: number[];
  tracker_ids: number[];
  similarity: number[][];
}
interface ToyCase {
  name?: string;
  frames: ToyFrame[];
  expected_asserted_upstream: Record<string, number | Record<string, number>>;
  /** Null where TrackEval cannot run: a sequence without frames. */
  computed_by_TrackEval: Computed | null;
}
interface Computed {
  HOTA: Record<string, number[] | number>;
  CLEAR: Record<string, number>;
  Identity: Record<string, number>;
}

const toySequence = (frames: readonly ToyFrame[]) =>
  sequenceFrom(
    frames.map(({ gt_ids, tracker_ids, similarity }) => ({ truthIds: gt_ids, trackIds: tracker_ids, similarity })),
  );

type Sequence = ReturnType<typeof sequenceFrom>;
const countAll = (sequence: Sequence) => ({
  hota: countHota(sequence),
  clear: countClear(sequence),
  identity: countIdentity(sequence),
});

/** Compares everything TrackEval computed; it writes 0 where a score is undefined. */
function expectLikeTrackEval(counts: ReturnType<typeof countAll>, computed: Computed): void {
  const hota = hotaOf(counts.hota);
  const arrays: [string, readonly number[]][] = [
    ['HOTA', hota.hotaByAlpha],
    ['DetA', hota.detAByAlpha],
    ['AssA', hota.assAByAlpha],
    ['LocA', hota.locAByAlpha],
    ['HOTA_TP', counts.hota.tp],
    ['HOTA_FN', counts.hota.fn],
    ['HOTA_FP', counts.hota.fp],
  ];
  for (const [name, ours] of arrays) {
    const theirs = computed.HOTA[name] as number[];
    ours.forEach((x, a) => {
      expect(x, `${name} at alpha ${a}`).toBeCloseTo(theirs[a], 9);
    });
  }
  const { clear, identity } = counts;
  const { mota, motp } = clearOf(clear);
  expect({
    CLR_TP: clear.tp,
    CLR_FN: clear.fn,
    CLR_FP: clear.fp,
    IDSW: clear.idSwitches,
    MT: clear.mostlyTracked,
    PT: clear.partlyTracked,
    ML: clear.mostlyLost,
    Frag: clear.fragments,
    ...{ IDTP: identity.idTp, IDFN: identity.idFn, IDFP: identity.idFp },
  }).toEqual(
    Object.fromEntries(
      ['CLR_TP', 'CLR_FN', 'CLR_FP', 'IDSW', 'MT', 'PT', 'ML', 'Frag', 'IDTP', 'IDFN', 'IDFP'].map((name) => [
        name,
        computed.CLEAR[name] ?? computed.Identity[name],
      ]),
    ),
  );
  if (clear.tp + clear.fn > 0) expect(mota).toBeCloseTo(computed.CLEAR['MOTA'], 9);
  expect(motp ?? 0).toBeCloseTo(computed.CLEAR['MOTP'], 9);
  expect(idf1Of(identity) ?? 0).toBeCloseTo(computed.Identity['IDF1'], 9);
}

/** MOT15 text: frame, id, left, top, width, height, flag; rows of truth with flag 0 are left out. */
function boxSequence(truthFile: string, trackFile: string): Sequence {
  const read = (file: string, truth: boolean) => {
    const frames = new Map<number, { ids: number[]; boxes: number[][] }>();
    for (const line of readFileSync(join(root!, file), 'utf8').trim().split('\n')) {
      const [frame, id, left, top, width, height, flag] = line.split(',').map(Number);
      if (truth && flag === 0) continue;
      if (!frames.has(frame)) frames.set(frame, { ids: [], boxes: [] });
      frames.get(frame)!.ids.push(id);
      frames.get(frame)!.boxes.push([left, top, width, height]);
    }
    return frames;
  };
  const truth = read(truthFile, true);
  const track = read(trackFile, false);
  const none = { ids: [], boxes: [] };
  const last = Math.max(...truth.keys(), ...track.keys());
  return sequenceFrom(
    Array.from({ length: last }, (_, t) => {
      const a = truth.get(t + 1) ?? none;
      const b = track.get(t + 1) ?? none;
      return {
        truthIds: a.ids,
        trackIds: b.ids,
        similarity: a.boxes.map((box) => b.boxes.map((other) => boxSimilarity(box, other))),
      };
    }),
  );
}

describe.skipIf(root === null)('tracking scores on files with known answers', () => {
  const tud = (name: string) => boxSequence(`tud/${name}/gt.txt`, `tud/${name}/test.txt`);

  test('equals TrackEval and py-motmetrics on TUD-Campus and TUD-Stadtmitte, alone and pooled', () => {
    const expected = json('tud/expected.json');
    const asserted = expected.asserted_by_py_motmetrics_test_suite.values;
    const computed = expected.computed_by_TrackEval.values;
    const campus = countAll(tud('TUD-Campus'));
    const stadtmitte = countAll(tud('TUD-Stadtmitte'));
    const pooled = {
      hota: [campus, stadtmitte].reduce((sum, c) => addHota(sum, c.hota), noHota()),
      clear: [campus, stadtmitte].reduce((sum, c) => addClear(sum, c.clear), noClear()),
      identity: [campus, stadtmitte].reduce((sum, c) => addIdentity(sum, c.identity), noIdentity()),
    };
    for (const [name, counts] of Object.entries({
      'TUD-Campus': campus,
      'TUD-Stadtmitte': stadtmitte,
      OVERALL: pooled,
    })) {
      const wanted = asserted[name];
      expect(idf1Of(counts.identity)).toBeCloseTo(wanted.idf1, 3);
      expect(clearOf(counts.clear).mota).toBeCloseTo(wanted.mota, 3);
      expect([counts.clear.fp, counts.clear.fn, counts.clear.idSwitches]).toEqual([
        wanted.num_false_positives,
        wanted.num_misses,
        wanted.num_switches,
      ]);
      const theirs = computed[name] ?? computed.COMBINED ?? computed.COMBINED_SEQ;
      expect(theirs, `TrackEval's figures for ${name}`).toBeDefined();
      expectLikeTrackEval(counts, theirs);
    }
  });

  test("reproduces SORT's published figures on TUD-Campus", () => {
    const wanted = json('sort-tud-campus/expected.json');
    const counts = countAll(boxSequence('tud/TUD-Campus/gt.txt', 'sort-tud-campus/result.txt'));
    const { mota, motp } = clearOf(counts.clear);
    expect(counts.clear).toMatchObject({
      fp: wanted.FP,
      fn: wanted.FN,
      idSwitches: wanted.IDs,
      fragments: wanted.FM,
      mostlyTracked: wanted.MT,
      partlyTracked: wanted.PT,
      mostlyLost: wanted.ML,
    });
    expect(mota! * 100).toBeCloseTo(wanted.MOTA, 1);
    expect(motp! * 100).toBeCloseTo(wanted.MOTP, 1);
  });

  test("equals TrackEval on its own toy cases and on the trackers suite's", () => {
    const own = Object.values(json('toy/trackeval_toy.json')) as ToyCase[];
    const suites = ['clear', 'identity', 'hota'].flatMap((name) => json(`toy/roboflow_${name}.json`) as ToyCase[]);
    const cases = [...own, ...suites].filter((toy) => Array.isArray(toy.frames));
    expect(cases).toHaveLength(3 + 20 + 8 + 8);
    for (const toy of cases) {
      const counts = countAll(toySequence(toy.frames));
      if (toy.computed_by_TrackEval) expectLikeTrackEval(counts, toy.computed_by_TrackEval);
      else expect([counts.clear.tp, counts.clear.fn, counts.clear.fp, counts.clear.mostlyLost]).toEqual([0, 0, 0, 0]);
    }
  });

  test('counts like py-motmetrics on its distance cases', () => {
    const cases = json('toy/motmetrics_toy.json') as {
      name: string;
      frames: { gt_ids: number[]; hyp_ids: number[]; distance: (number | null)[][] }[];
      expected: Record<string, number>;
    }[];
    // A distance d ≤ 5 becomes the similarity 1 − d / 100, so that every allowed pair passes the threshold.
    for (const { name, frames, expected } of cases) {
      const sequence = sequenceFrom(
        frames.map(({ gt_ids, hyp_ids, distance }) => ({
          truthIds: gt_ids,
          trackIds: hyp_ids,
          similarity: distance.map((row) => row.map((d) => (d === null ? 0 : 1 - d / 100))),
        })),
      );
      const { clear, identity } = countAll(sequence);
      const { mota, motp } = clearOf(clear);
      const ours: Record<string, number | null> = {
        num_matches: clear.tp - clear.idSwitches,
        num_false_positives: clear.fp,
        num_misses: clear.fn,
        num_switches: clear.idSwitches,
        idtp: identity.idTp,
        idfp: identity.idFp,
        idfn: identity.idFn,
        mota,
        motp: motp === null ? null : (1 - motp) * 100,
      };
      for (const [key, wanted] of Object.entries(expected)) {
        if (key in ours) expect(ours[key], `${name}: ${key}`).toBeCloseTo(wanted, 6);
      }
    }
  });
});
