// One head as a small picture, for the rows of Find heads: painted as the map paints it.

import { useLayoutEffect, useRef } from "preact/hooks";
import type { Thumbnail as Weights } from "../../../analysis/index.ts";
import { sliceOf, thumbnailShape } from "../../../analysis/index.ts";
import { thumbnailCodes } from "../../../views/map/codes.ts";
import { codeColors, paintAlone } from "../../../views/map/picture.ts";
import type { AppState } from "../../state/state.ts";

const SIZE = 22;

/** The picture of one head, 22 px wide; blank until it is known. */
export function Thumbnail({ app, layer, head }: { app: AppState; layer: number; head: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [source, theme] = [app.readings.thumbnails.value!, app.theme.value];
  useLayoutEffect(() => {
    let current = true;
    const { attention } = app.readings.map.value!;
    const size = SIZE * Math.max(1, Math.round(devicePixelRatio));
    const [rows, columns] = thumbnailShape(sliceOf(attention, app.filter.value!), size);
    const colors = codeColors(theme, null, attention.scale);
    const show = (weights: Weights): void => {
      const cell = weights && { codes: thumbnailCodes(weights), rows, columns };
      if (current) paintAlone(canvas.current!, SIZE, cell, colors);
    };
    const answer = source(layer, head, size);
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
