// One head as a small picture, for the rows of Find heads.

import { useLayoutEffect, useRef } from "preact/hooks";
import { attentionTable, COLORS, type ThemeName, weightIndex } from "../../../views/index.ts";
import { parseHex } from "../../../views/look/palette.ts";
import type { Thumbnail as Weights } from "../../../views/map/queue.ts";
import { QUIET, thumbnailShape } from "../../../views/map/thumbnail.ts";
import type { AppState } from "../../state/state.ts";

const SIZE = 22;

/** The picture of one head, 22 px wide; blank until it is known. */
export function Thumbnail({ app, layer, head }: { app: AppState; layer: number; head: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [source, theme] = [app.readings.thumbnails.value, app.theme.value];
  useLayoutEffect(() => {
    let current = true;
    const size = SIZE * Math.max(1, Math.round(devicePixelRatio));
    const show = (weights: Weights): void => {
      if (current) paint(canvas.current!, weights, thumbnailShape(app.slice.value!, size), theme);
    };
    const answer = source!(layer, head, size);
    if (answer instanceof Promise) {
      show(null);
      answer.then(show, () => show(null));
    } else show(answer);
    return () => {
      current = false;
    };
  }, [source, theme, layer, head]);
  return (
    <span class="thumb" aria-hidden="true">
      <canvas ref={canvas} width={SIZE} height={SIZE} />
    </span>
  );
}

function paint(
  canvas: HTMLCanvasElement,
  weights: Weights,
  [rows, columns]: readonly [number, number],
  theme: ThemeName,
): void {
  [canvas.width, canvas.height] = [Math.max(1, columns), Math.max(1, rows)];
  const context = canvas.getContext("2d");
  if (!weights || !context || rows === 0 || columns === 0) return;
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
