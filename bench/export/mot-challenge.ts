import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Run } from '../../simulator/scenario/run.ts';
import { sequenceName } from './sequence-name.ts';
import { TextFile } from './text-file.ts';
import type { TruthFrame, TruthWriter } from './truth-writer.ts';

const BENCHMARK = 'OpenAisle-train';
/** Rate assumed for a sequence of fewer than two frames: that of truth poses. */
const RATE_HZ = 10;

/**
 * MOTChallenge truth in TrackEval's folders, one sequence per camera:
 * `data/gt/mot_challenge/OpenAisle-train/<sequence>/{gt/gt.txt,seqinfo.ini}` and `…/seqmaps/OpenAisle-train.txt`.
 * A row is frame, id, left, top, width, height, flag, class, visibility (nine columns); frames, ids and pixels count
 * from 1, class 1 is a pedestrian. Several runs may be exported into one folder.
 */
export class MotChallengeWriter implements TruthWriter {
  readonly #root: string;
  readonly #run: Run;
  readonly #files: readonly TextFile[];
  readonly #names: readonly string[];
  #frames = 0;
  #firstUs = 0;
  #lastUs = 0;

  constructor(folder: string, run: Run) {
    this.#root = join(folder, 'data', 'gt', 'mot_challenge');
    this.#run = run;
    this.#names = run.cameras.map((camera) => sequenceName(run, camera.id));
    this.#files = this.#names.map((name) => new TextFile(join(this.#root, BENCHMARK, name, 'gt', 'gt.txt')));
  }

  write({ timeUs, boxes }: TruthFrame): void {
    if (this.#frames === 0) this.#firstUs = timeUs;
    this.#lastUs = timeUs;
    this.#frames++;
    this.#files.forEach((file, camera) => {
      for (const box of boxes[camera]) {
        const place = [box.leftPx + 1, box.topPx + 1, box.widthPx, box.heightPx].map((px) => px.toFixed(2)).join(',');
        file.write(`${this.#frames},${box.shopperIndex + 1},${place},1,1,${box.visibility.toFixed(3)}\n`);
      }
    });
  }

  close(): void {
    for (const file of this.#files) file.close();
    const steps = this.#frames - 1;
    const rateHz = steps > 0 ? Math.round((steps * 1e6) / (this.#lastUs - this.#firstUs)) : RATE_HZ;
    this.#run.cameras.forEach(({ widthPx, heightPx }, i) => {
      const name = this.#names[i];
      const size = `imWidth=${widthPx}\nimHeight=${heightPx}\nimExt=.jpg\n`;
      const ini = `[Sequence]\nname=${name}\nimDir=img1\nframeRate=${rateHz}\nseqLength=${this.#frames}\n${size}`;
      writeFileSync(join(this.#root, BENCHMARK, name, 'seqinfo.ini'), ini);
    });
    this.#writeSeqmap();
  }

  #writeSeqmap(): void {
    const path = join(this.#root, 'seqmaps', `${BENCHMARK}.txt`);
    const before = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(1) : [];
    const names = [...new Set([...before.filter((name) => name !== ''), ...this.#names])].sort();
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, ['name', ...names, ''].join('\n'));
  }
}
