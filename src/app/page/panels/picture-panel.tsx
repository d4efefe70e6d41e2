// The picture of an image model's run, with its patches: the pinned and the hovered one outlined, and what the pinned
// one attends to left clear. A click pins a patch.

import { useLayoutEffect, useRef } from "preact/hooks";
import type { PatchGrid, Picture } from "../../state/picture.ts";
import type { AppState } from "../../state/state.ts";
import { rove } from "../controls/rove.ts";

/** Most pixels on a side that are drawn. */
const SIDE = 448;

/** The picture of a run that is about patches, where it is still there. */
export function PicturePanel({ app, grid }: { app: AppState; grid: PatchGrid }) {
  const picture = app.run.value?.picture;
  return (
    <section class="picture" aria-label="Picture">
      <div class="frame">
        {picture && <Canvas picture={picture} />}
        <Patches app={app} grid={grid} />
      </div>
    </section>
  );
}

function Canvas({ picture }: { picture: Picture }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    void draw(canvas.current!, picture);
  }, [picture]);
  return <canvas ref={canvas} role="img" aria-label="The picture" />;
}

/** The whole picture on a square, as the model sees it: sides stretched to equal length. */
async function draw(canvas: HTMLCanvasElement, { pixels }: Picture): Promise<void> {
  const { width, height, data } = pixels;
  const image = new ImageData(new Uint8ClampedArray(data), width, height);
  const bitmap = await createImageBitmap(image);
  canvas.width = SIDE;
  canvas.height = SIDE;
  const context = canvas.getContext("2d")!;
  context.imageSmoothingEnabled = width > SIDE / 4;
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, SIDE, SIDE);
  bitmap.close();
}

function Patches({ app, grid }: { app: AppState; grid: PatchGrid }) {
  const { rows, columns, positions } = grid;
  const selection = app.selection.value!;
  const hover = app.hover.value;
  const hovered = [hover?.query, hover?.key].filter((p) => p != null);
  const stop = positions.find((position) => selection.pins.includes(position)) ?? positions[0];
  const veil = veils(app, positions);
  return (
    <fieldset
      class="patches"
      aria-label="Patches"
      onKeyDown={rove}
      style={{ gridTemplate: `repeat(${rows}, 1fr) / repeat(${columns}, 1fr)` }}
    >
      {positions.map((position, i) => {
        const pinned = selection.pins.includes(position);
        const name = `Patch ${Math.floor(i / columns)},${i % columns}`;
        return (
          <button
            type="button"
            key={position}
            tabIndex={position === stop ? 0 : -1}
            aria-label={name}
            aria-pressed={pinned}
            title={name}
            class={`${pinned ? "pinned" : ""} ${hovered.includes(position) ? "hovered" : ""}`}
            style={{ "--veil": veil?.[i] ?? 0 }}
            onClick={() => app.select({ ...selection, pins: pinned ? [] : [position] })}
          />
        );
      })}
    </fieldset>
  );
}

/** How much of each patch is veiled, 0 to 1: nothing without a pin, least where most of the attention goes. */
function veils(app: AppState, positions: readonly number[]): number[] | null {
  const { layer, focus, pins, side } = app.selection.value!;
  const [pin] = pins;
  if (pin === undefined || side !== "query") return null;
  const row = app.attention.value!.row(layer, focus, pin);
  if (!row) return null;
  const weights = positions.map((p) => row[p]!);
  const most = Math.max(...weights);
  return weights.map((weight) => (most > 0 ? 1 - Math.sqrt(weight / most) : 0));
}
