import { createRequire } from 'node:module';
import sharp from 'sharp';

/** A word as coverage 0..255, row by row. */
export interface Lettering {
  readonly mask: Uint8Array;
  readonly width: number;
}

const font = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf');

/** Sets a text as large as fits into a box, in the font that comes with this program. */
export async function setLettering(text: string, width: number, height: number): Promise<Lettering> {
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  const image = sharp({
    text: { text: escaped, font: 'DejaVu Sans Bold', fontfile: font, width, height, align: 'centre' },
  });
  const { data, info } = await image.extractChannel(0).raw().toBuffer({ resolveWithObject: true });
  return { mask: new Uint8Array(data), width: info.width };
}
