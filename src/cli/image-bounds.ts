// What a picture may claim before anything is decoded: what a decoder allocates follows from the file's header.

/** Most pixels of a picture, and most to a side. */
export const MOST_PIXELS = 1.25e7;
const MOST_SIDE = 2 ** 14;

/** What was found in a picture, in our own words; decoders have theirs. */
export class PictureFault extends Error {}

export function checkSize(width: number, height: number): void {
  if (width < 1 || height < 1) throw new PictureFault(`it has ${width} by ${height} pixels`);
  if (width > MOST_SIDE || height > MOST_SIDE || width * height > MOST_PIXELS)
    throw new PictureFault(
      `it has ${width} by ${height} pixels; at most ${MOST_PIXELS / 1e6} million and ${MOST_SIDE} to a side are read`,
    );
}

export function tooFew(bytes: number, width: number, height: number): PictureFault {
  return new PictureFault(`${bytes} bytes cannot hold ${width} by ${height} pixels`);
}
