// The small picture of a gallery entry: the head that it is about, shrunk once (scripts/gallery-pictures.mjs) so that the
// list needs no trace. A test holds each picture against its trace.

import { quietKeys, sliceOf, thumbnailOf, thumbnailShape } from "../../analysis/index.ts";
import { attentionOf, type BlockName, type Trace } from "../../trace/index.ts";
import { thumbnailCodes } from "../../views/map/codes.ts";
import type { CellFilter } from "../../views/view.ts";
import { readUrl } from "./url.ts";

/** A head as thumbnail codes (views/map/thumbnail.ts), row by row, in base64. */
export interface GalleryPicture {
  readonly rows: number;
  readonly codes: string;
}

/** Most rows and columns: two device pixels each at 24 CSS pixels. */
const SIDE = 24;

/** Every row and column. */
const WHOLE: CellFilter = { segments: null, hideFirst: false, hideSpecial: false, strongest: 1 };

/** The picture of the focused head of a place such as "l=4&h=11"; "" where the head was not recorded. */
export function galleryPicture(trace: Trace, state: string): GalleryPicture {
  const place = readUrl("", `#${state}`);
  const attention = attentionOf(
    trace,
    place.block === "all" ? "cross" : ((place.block ?? "self") as BlockName),
  );
  const slice = sliceOf(attention, WHOLE);
  const head = place.focus ?? place.heads[0] ?? 0;
  const quiet = quietKeys(attention);
  const weights = thumbnailOf(attention, { layer: place.layer ?? 0, head, slice, size: SIDE, quiet });
  const [rows] = thumbnailShape(slice, SIDE);
  const codes = thumbnailCodes(weights ?? new Float32Array());
  return { rows, codes: btoa(String.fromCharCode(...codes)) };
}

/** The codes of a picture. */
export function codesOf({ codes }: GalleryPicture): Uint8Array {
  return Uint8Array.from(atob(codes), (letter) => letter.charCodeAt(0));
}
