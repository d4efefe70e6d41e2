// The pixels of a matrix, kept while nothing in them changes, e.g. when a word is pinned or a cell pointed at.

import type { Surface } from "../look/canvas.ts";
import type { Ink } from "../look/ink.ts";
import type { MatrixCells } from "./cells.ts";
import type { Camera, MatrixFit } from "./layout.ts";
import { paintMatrix } from "./picture.ts";

/** What the pixels depend on. */
export interface ImageRequest {
  readonly cells: MatrixCells;
  readonly fit: MatrixFit;
  readonly camera: Camera;
  readonly ink: Ink;
  /** Rows that are still to be computed. */
  readonly missing: number;
}

export class MatrixImage {
  #image: ImageData | null = null;
  #key = "";
  #cells: MatrixCells | null = null;
  #ink: Ink | null = null;

  /** The picture for a canvas. */
  of(surface: Surface, { cells, fit, camera, ink, missing }: ImageRequest): ImageData {
    const { frame } = fit;
    const { width, height } = surface.context.canvas;
    const key = JSON.stringify([camera, frame, missing, width, height, surface.ratio]);
    if (this.#image && this.#cells === cells && this.#ink === ink && this.#key === key) return this.#image;
    this.#key = key;
    this.#cells = cells;
    this.#ink = ink;
    const image = this.#empty(width, height);
    const pixels = { data: new Uint32Array(image.data.buffer), width, height, ratio: surface.ratio };
    paintMatrix(pixels, { camera, frame, ink, cells });
    return image;
  }

  #empty(width: number, height: number): ImageData {
    const known = this.#image;
    if (known?.width === width && known.height === height) known.data.fill(0);
    else this.#image = new ImageData(width, height);
    return this.#image!;
  }
}
