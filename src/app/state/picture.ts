// Pictures for image models: what was chosen, the picture a model is tried with, and where its patches lie.

import type { ImagePixels } from "../../checkpoint/image.ts";
import { Failure } from "../../tensor/index.ts";
import type { Trace } from "../../trace/index.ts";

/** A picture with its file's name. */
export interface Picture {
  readonly name: string;
  readonly pixels: ImagePixels;
}

/** A picture that is not there, that the browser cannot read, or that is too large. */
export class PictureError extends Failure {
  override name = "PictureError";
}

/** Patches in rows and columns; `positions` has the token of each, row by row. */
export interface PatchGrid {
  readonly rows: number;
  readonly columns: number;
  readonly positions: readonly number[];
}

const PATCH = /^(\d+),(\d+)$/;

/** The patches of a run whose tokens are pieces of a picture; null for other runs. */
export function patchGrid(trace: Trace): PatchGrid | null {
  const { tokens = [], grid } = trace.manifest.streams[0] ?? {};
  const positions = tokens.flatMap(({ special }, i) => (special ? [] : [i]));
  if (grid) return { rows: grid[0], columns: grid[1], positions };
  const last = PATCH.exec(tokens[positions.at(-1) ?? -1]?.raw ?? "");
  if (!last || positions.some((p) => tokens[p]!.id !== null)) return null;
  const [rows, columns] = [Number(last[1]) + 1, Number(last[2]) + 1];
  return rows * columns === positions.length ? { rows, columns, positions } : null;
}

/** The side of the first picture, in pixels. */
const SIDE = 224;

/** What an image model is tried with when nothing was chosen: a sun over hills, drawn by formula. */
export function firstPicture(): Picture {
  const data = new Uint8ClampedArray(SIDE * SIDE * 4);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) data.set([...colorAt(x / SIDE, y / SIDE), 255], 4 * (y * SIDE + x));
  }
  return { name: "", pixels: { width: SIDE, height: SIDE, data } };
}

/** Colour at a place from 0 to 1 in each direction, from the top left. */
function colorAt(x: number, y: number): [number, number, number] {
  if (Math.hypot(x - 0.68, y - 0.3) < 0.14) return [250, 196, 60];
  const hill = 0.72 - 0.12 * Math.sin(5 * x + 0.6);
  if (y > hill) return [70, 130 - 60 * (y - hill), 80];
  return [120 + 90 * y, 170 + 50 * y, 235];
}

/** The picture of a place: the page's own, or the one that was chosen under that name. */
export function chosenPicture(name: string, chosen: Picture | null): Picture {
  if (name === "") return firstPicture();
  if (chosen?.name === name) return chosen;
  throw new PictureError(`The picture ${name} is not kept in the address. Choose it again.`);
}
