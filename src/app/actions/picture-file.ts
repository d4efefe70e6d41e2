// A picture's bytes to pixels, by the browser's own decoders (PNG, JPEG, WebP and what else it knows).

import type { ImagePixels } from "../../checkpoint/image.ts";
import { PictureError } from "../state/picture.ts";

/** Most pixels of a picture: four bytes each are held. */
const MOST_PIXELS = 5e7;

/** The pixels of a picture file; a PictureError says why there are none. */
export async function decodePicture(blob: Blob, name: string): Promise<ImagePixels> {
  const bitmap = await createImageBitmap(blob, {
    premultiplyAlpha: "none",
    colorSpaceConversion: "none",
  }).catch(() => {
    throw new PictureError(`${name} holds no picture that this browser can read. Save it as PNG or JPEG.`);
  });
  const { width, height } = bitmap;
  if (width * height > MOST_PIXELS)
    throw new PictureError(
      `${name} has ${width} by ${height} pixels; at most ${MOST_PIXELS / 1e6} million are read. Make it smaller.`,
    );
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { width, height, data: context.getImageData(0, 0, width, height).data };
}
