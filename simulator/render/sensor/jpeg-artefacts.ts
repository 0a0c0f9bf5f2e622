import sharp from 'sharp';

/** Sends colour through JPEG and back, in place: n × 3. `quality` is 1 to 100. Last bits differ between kinds of machine. */
export async function throughJpeg(rgb: Uint8Array, widthPx: number, heightPx: number, quality: number): Promise<void> {
  const raw = { width: widthPx, height: heightPx, channels: 3 } as const;
  // A copy, because memory that threads share cannot be handed to the library.
  const jpeg = await sharp(Uint8Array.from(rgb), { raw }).jpeg({ quality }).toBuffer();
  rgb.set(await sharp(jpeg).raw().toBuffer());
}
