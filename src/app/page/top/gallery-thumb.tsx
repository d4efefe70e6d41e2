// The picture of a gallery entry beside its title.

import { useLayoutEffect, useRef } from "preact/hooks";
import type { ThemeName } from "../../../views/index.ts";
import { codeColors } from "../../../views/map/picture.ts";
import { codesOf, type GalleryPicture } from "../../state/gallery-picture.ts";

/** The head that an example is about, 32 px wide. */
export function GalleryThumb({ picture, theme }: { picture: GalleryPicture; theme: ThemeName }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => paint(canvas.current!, picture, theme), [picture, theme]);
  return (
    <span class="thumb large" aria-hidden="true">
      <canvas ref={canvas} />
    </span>
  );
}

function paint(canvas: HTMLCanvasElement, picture: GalleryPicture, theme: ThemeName): void {
  const codes = codesOf(picture);
  const columns = Math.round(codes.length / Math.max(1, picture.rows));
  const context = canvas.getContext("2d");
  [canvas.width, canvas.height] = [Math.max(1, columns), Math.max(1, picture.rows)];
  if (!context || codes.length === 0) return;
  const colors = codeColors(theme, null);
  const image = context.createImageData(columns, picture.rows);
  new Uint32Array(image.data.buffer).set(Uint32Array.from(codes, (code) => colors[code]!));
  context.putImageData(image, 0, 0);
}
