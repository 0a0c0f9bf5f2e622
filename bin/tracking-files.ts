import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from './user-error.ts';

/** Rows of one time: `places` holds x, y per row on the floor, left, top, width, height in an image. */
export interface TimedRows {
  readonly seconds: number;
  readonly places: number[];
  /** Track or truth ids where the file has them, else empty. */
  readonly ids: number[];
  readonly scores: number[];
  /** Cameras by number of first mention; empty where the file names none. */
  readonly cameras: number[];
}

/** A number of a CSV cell; throws with file, line and column. */
function numberAt(file: string, line: number, column: string, text: string | undefined): number {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new UserError(`${file}:${line}: ${column}: found ${JSON.stringify(text ?? 'nothing')}, expected a number`);
}

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/);
}

/** Gathers rows by time, ascending; rows of equal time keep their order. */
class Times {
  readonly #byTime = new Map<number, TimedRows>();

  at(seconds: number): TimedRows {
    let rows = this.#byTime.get(seconds);
    if (rows === undefined) {
      rows = { seconds, places: [], ids: [], scores: [], cameras: [] };
      this.#byTime.set(seconds, rows);
    }
    return rows;
  }

  sorted(): TimedRows[] {
    return [...this.#byTime.values()].sort((a, b) => a.seconds - b.seconds);
  }
}

/** Reads a CSV with a header that must name `wanted`; calls back with each row's cells by name. */
function eachRow(
  file: string,
  wanted: readonly string[],
  act: (cell: (name: string) => number, line: number, text: (name: string) => string | undefined) => void,
): void {
  const lines = linesOf(file);
  const header = (lines[0] ?? '').split(',').map((name) => name.trim());
  const missing = wanted.filter((name) => !header.includes(name));
  if (missing.length > 0)
    throw new UserError(`${file}:1: found header "${lines[0] ?? ''}", expected columns ${wanted.join(',')}`);
  for (let i = 1; i < lines.length; i++) {
    if (lines[i]!.trim() === '') continue;
    const cells = lines[i]!.split(',');
    if (cells.length !== header.length)
      throw new UserError(`${file}:${i + 1}: found ${cells.length} columns, expected ${header.length}`);
    const text = (name: string) => (header.includes(name) ? cells[header.indexOf(name)] : undefined);
    act((name) => numberAt(file, i + 1, name, text(name)), i + 1, text);
  }
}

/** Sightings on the floor: header `timeSeconds,xM,yM,score[,camera]`, columns in any order. */
export function readSightings(file: string): TimedRows[] {
  const times = new Times();
  const cameras = new Map<string, number>();
  eachRow(file, ['timeSeconds', 'xM', 'yM', 'score'], (cell, line, text) => {
    const score = cell('score');
    if (score < 0 || score > 1) throw new UserError(`${file}:${line}: score: found ${score}, expected 0 to 1`);
    const rows = times.at(cell('timeSeconds'));
    rows.places.push(cell('xM'), cell('yM'));
    rows.scores.push(score);
    const camera = text('camera')?.trim();
    if (camera === undefined) return;
    if (!cameras.has(camera)) cameras.set(camera, cameras.size);
    rows.cameras.push(cameras.get(camera)!);
  });
  return times.sorted();
}

/** Tracks or truth on the floor: header `timeSeconds,trackId,xM,yM`. */
export function readFloorTracks(file: string): TimedRows[] {
  const times = new Times();
  eachRow(file, ['timeSeconds', 'trackId', 'xM', 'yM'], (cell, line) => {
    const rows = times.at(cell('timeSeconds'));
    const id = cell('trackId');
    if (rows.ids.includes(id)) throw new UserError(`${file}:${line}: trackId: found ${id} twice at one time`);
    rows.ids.push(id);
    rows.places.push(cell('xM'), cell('yM'));
    rows.scores.push(1);
  });
  return times.sorted();
}

const BOX_COLUMNS = ['frame', 'id', 'left', 'top', 'width', 'height', 'conf'];

/** What to read of a MOTChallenge file: detections (ids not looked at), truth (column 7 is a flag), or tracks. */
export type BoxKind = 'detections' | 'truth' | 'tracks';

/** Boxes of a MOTChallenge file (`frame,id,left,top,width,height,conf,…`, no header), by frame number as "seconds". */
export function readBoxes(file: string, kind: BoxKind): TimedRows[] {
  const times = new Times();
  linesOf(file).forEach((line, i) => {
    if (line.trim() === '') return;
    const cells = line.split(',');
    if (cells.length < 6)
      throw new UserError(`${file}:${i + 1}: found ${cells.length} columns, expected ${BOX_COLUMNS.join(',')}`);
    const at = (k: number) => numberAt(file, i + 1, BOX_COLUMNS[k]!, cells[k]);
    const [frame, id, left, top, width, height] = [at(0), at(1), at(2), at(3), at(4), at(5)];
    if (!Number.isInteger(frame) || frame < 1 || frame > 1e7)
      throw new UserError(`${file}:${i + 1}: frame: found ${frame}, expected a whole number from 1`);
    if (width <= 0 || height <= 0)
      throw new UserError(`${file}:${i + 1}: width, height: found ${width}, ${height}, expected more than 0`);
    const conf = cells.length > 6 ? at(6) : 1;
    // MOT16 and later name a class in column 8: 1 is a pedestrian.
    const isOther = kind === 'truth' && cells.length === 9 && Number(cells[7]) !== 1;
    if (kind === 'truth' && (conf === 0 || isOther)) return;
    const rows = times.at(frame);
    if (kind !== 'detections' && rows.ids.includes(id))
      throw new UserError(`${file}:${i + 1}: id: found ${id} twice in frame ${frame}`);
    rows.ids.push(id);
    rows.places.push(left, top, width, height);
    rows.scores.push(conf);
  });
  return times.sorted();
}

/** Frames per second of the sequence a file belongs to: `frameRate` of a `seqinfo.ini` beside it or one folder up. */
export function frameRateOf(file: string): number | null {
  for (const folder of [dirname(file), dirname(dirname(file))]) {
    const info = join(folder, 'seqinfo.ini');
    if (!existsSync(info)) continue;
    const rate = Number(/^\s*frameRate\s*=\s*(\S+)/m.exec(readFileSync(info, 'utf8'))?.[1]);
    if (rate > 0) return rate;
  }
  return null;
}
