// One head as a small picture, for the rows of Find heads.

import { useLayoutEffect, useRef } from "preact/hooks";
import { attentionTable, COLORS, quietKeys, sliceOf, weightIndex } from "../../views/index.ts";
import { parseHex } from "../../views/look/palette.ts";
import { QUIET, thumbnailOf, thumbnailShape } from "../../views/map/thumbnail.ts";
import type { AppState } from "../state/state.ts";

const SIZE = 22;

/** The picture of one head, 22 px wide. */
export function Thumbnail({ app, layer, head }: { app: AppState; layer: number; head: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [attention, filter, theme] = [app.attention.value, app.filter.value, app.theme.value];
  useLayoutEffect(() => {
    paint(canvas.current!, app, layer, head);
  }, [attention, filter, theme, layer, head]);
  return (
    <span class="thumb" aria-hidden="true">
      <canvas ref={canvas} width={SIZE} height={SIZE} />
    </span>
  );
}

function paint(canvas: HTMLCanvasElement, app: AppState, layer: number, head: number): void {
  const [attention, filter, theme] = [app.attention.value!, app.filter.value!, app.theme.value];
  const slice = sliceOf(attention, filter);
  const ratio = Math.max(1, Math.round(devicePixelRatio));
  const quiet = quietKeys(attention);
  const weights = thumbnailOf(attention, { layer, head, slice, size: SIZE * ratio, quiet });
  const [rows, columns] = thumbnailShape(slice, SIZE * ratio);
  const context = canvas.getContext("2d");
  if (!weights || !context || rows === 0 || columns === 0) return;
  canvas.width = columns;
  canvas.height = rows;
  const image = context.createImageData(columns, rows);
  const table = attentionTable(theme);
  const tile = parseHex(COLORS[theme].tile);
  weights.forEach((weight, i) => {
    if (Number.isNaN(weight)) return;
    const size = Math.abs(weight);
    const at = weightIndex(size) * 4;
    const color = size < 0.012 ? tile : [table[at]!, table[at + 1]!, table[at + 2]!];
    image.data.set([...color, weight < 0 ? 255 * QUIET : 255], i * 4);
  });
  context.putImageData(image, 0, 0);
}
