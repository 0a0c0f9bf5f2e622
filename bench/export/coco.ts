import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { Run } from '../../simulator/scenario/run.ts';
import type { BodyBox } from './body-boxes.ts';
import { sequenceName } from './sequence-name.ts';
import { TextFile } from './text-file.ts';
import type { TruthFrame, TruthWriter } from './truth-writer.ts';

const round = (px: number) => Math.round(100 * px) / 100;

/**
 * COCO instances (`instances.json`): one image per camera and pose, one annotation of category `person` per body of
 * which anything shows; boxes are left, top, width, height from 0, segmentations empty. `track_id` and `visibility`
 * come on top of COCO's own keys.
 */
export class CocoWriter implements TruthWriter {
  readonly #run: Run;
  readonly #file: TextFile;
  /** Annotations wait in a file of their own, as both lists grow at once and memory must not. */
  readonly #waitingPath: string;
  readonly #waiting: TextFile;
  #frame = 0;
  #images = 0;
  #annotations = 0;

  constructor(folder: string, run: Run) {
    this.#run = run;
    this.#file = new TextFile(join(folder, 'instances.json'));
    this.#waitingPath = join(folder, 'annotations.part');
    this.#waiting = new TextFile(this.#waitingPath);
    const info = { description: run.scenario, version: '1.0' };
    const categories = [{ id: 1, name: 'person', supercategory: 'person' }];
    this.#file.write(
      `{"info":${JSON.stringify(info)},"licenses":[],"categories":${JSON.stringify(categories)},"images":[`,
    );
  }

  write({ boxes }: TruthFrame): void {
    this.#frame++;
    this.#run.cameras.forEach(({ id, widthPx, heightPx }, camera) => {
      const name = `${sequenceName(this.#run, id)}/${String(this.#frame).padStart(6, '0')}.jpg`;
      const image = { id: ++this.#images, width: widthPx, height: heightPx, file_name: name };
      this.#file.write(`${this.#images > 1 ? ',' : ''}\n${JSON.stringify(image)}`);
      for (const box of boxes[camera]) if (box.visibility > 0) this.#annotate(box);
    });
  }

  close(): void {
    this.#waiting.close();
    this.#file.write('\n],"annotations":[');
    appendFile(this.#file, this.#waitingPath);
    rmSync(this.#waitingPath);
    this.#file.write('\n]}\n');
    this.#file.close();
  }

  #annotate({ shopperIndex, leftPx, topPx, widthPx, heightPx, visibility }: BodyBox): void {
    const annotation = {
      id: ++this.#annotations,
      image_id: this.#images,
      category_id: 1,
      bbox: [leftPx, topPx, widthPx, heightPx].map(round),
      area: round(widthPx * heightPx),
      iscrowd: 0,
      segmentation: [],
      track_id: shopperIndex + 1,
      visibility: Math.round(1000 * visibility) / 1000,
    };
    this.#waiting.write(`${this.#annotations > 1 ? ',' : ''}\n${JSON.stringify(annotation)}`);
  }
}

/** Copies a text file into another, a piece at a time. */
function appendFile(file: TextFile, path: string): void {
  const descriptor = openSync(path, 'r');
  const bytes = new Uint8Array(65_536);
  const decoder = new StringDecoder('utf8');
  for (let count = readSync(descriptor, bytes); count > 0; count = readSync(descriptor, bytes)) {
    file.write(decoder.write(bytes.subarray(0, count)));
  }
  closeSync(descriptor);
}
