import sharp from 'sharp';
import type { RgbPicture } from '../picture/crop.ts';
import { STAGE_PX } from './stage.ts';

/** Sends pictures of the stage through JPEG, all on one sheet; its tiles are whole blocks, so none touches its neighbour. */
export async function throughJpeg(pictures: readonly RgbPicture[], quality: number): Promise<RgbPicture[]> {
  if (pictures.length === 0) return [];
  const bytes = 3 * STAGE_PX * STAGE_PX;
  const sheet = new Uint8Array(bytes * pictures.length);
  pictures.forEach((picture, i) => {
    sheet.set(picture.rgb, i * bytes);
  });
  const raw = { width: STAGE_PX, height: STAGE_PX * pictures.length, channels: 3 as const };
  const jpeg = await sharp(sheet, { raw }).jpeg({ quality }).toBuffer();
  const back = await sharp(jpeg).raw().toBuffer();
  return pictures.map((picture, i) => ({ ...picture, rgb: new Uint8Array(back.subarray(i * bytes, (i + 1) * bytes)) }));
}
