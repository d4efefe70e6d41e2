// The thumbnails behind the model map: asked for in the wanted order, kept until new ones come.

import type { Thumbnail } from "../../analysis/index.ts";
import {
  isSampled,
  missingRows,
  quietKeys,
  type Slice,
  sliceOf,
  thumbnailOf,
  thumbnailShape,
} from "../../analysis/index.ts";
import type { Attention } from "../../trace/index.ts";
import type { CellFilter } from "../view.ts";
import { thumbnailCodes } from "./codes.ts";
import type { MapGrid } from "./grid.ts";
import type { Cell } from "./picture.ts";
import { ThumbnailQueue, type ThumbnailSource } from "./queue.ts";

/** What thumbnails are made from. */
export interface MapSource {
  readonly attention: Attention;
  readonly filter: CellFilter;
  /** Where thumbnails come from, e.g. a worker; computed here if undefined. */
  readonly thumbnail: ThumbnailSource | undefined;
}

/** Who hears of them. */
export interface MapCellsHost {
  arrived(index: number): void;
  /** After a slice of work, and at the end: time to paint. */
  slice(done: boolean): void;
  failed(error: unknown): void;
}

export class MapCells {
  readonly #host: MapCellsHost;
  #cells: (Cell | null | undefined)[] = [];
  #slice: Slice = { queries: [], keys: [] };
  #source: ThumbnailSource = () => null;
  #queue: ThumbnailQueue | null = null;
  #sampled = false;

  constructor(host: MapCellsHost) {
    this.#host = host;
  }

  /** Ask for every thumbnail of at most `size` rows and columns; what is there stays until the new ones come, unless it is forgotten. */
  restart(source: MapSource, grid: MapGrid, size: number): void {
    this.stop();
    const { attention, filter } = source;
    const slice = sliceOf(attention, filter);
    const [rows, columns] = thumbnailShape(slice, size);
    this.#slice = slice;
    this.#source = source.thumbnail ?? ownThumbnails(attention, slice);
    this.#sampled = isSampled(attention, slice, size);
    this.#queue = new ThumbnailQueue({
      order: inComingOrder(attention, grid),
      heads: grid.heads,
      size,
      source: this.#source,
      onThumbnail: (index, thumbnail) => {
        this.#cells[index] = thumbnail && { codes: thumbnailCodes(thumbnail), rows, columns };
        this.#host.arrived(index);
      },
      onSlice: (done) => this.#host.slice(done),
      onError: (error) => this.#host.failed(error),
    });
  }

  /** Forget every thumbnail: those of another run, or of other rows and columns, are not the ones asked for. */
  forget(heads: number): void {
    this.#cells = new Array(heads).fill(undefined);
  }

  stop(): void {
    this.#queue?.stop();
  }

  /** Rows and columns that the filter leaves. */
  get slice(): Slice {
    return this.#slice;
  }

  /** True if thumbnails show a sample of the rows. */
  get sampled(): boolean {
    return this.#sampled;
  }

  /** A thumbnail; null where the head was not recorded, undefined where it has not come yet. */
  at(index: number): Cell | null | undefined {
    return this.#cells[index];
  }

  /** Heads that were not recorded. */
  get unrecorded(): number[] {
    return [...this.#cells.keys()].filter((index) => this.#cells[index] === null);
  }

  /** One head at another size. */
  larger(grid: MapGrid, index: number, size: number): Thumbnail | Promise<Thumbnail> {
    if (this.#cells[index] === null) return null;
    return this.#source(grid.layerOf(index), grid.headOf(index), size);
  }
}

/** As wanted; heads that are yet to come last, in the order in which layers come, so that nobody waits behind them. */
function inComingOrder(attention: Attention, grid: MapGrid): readonly number[] {
  const late = (index: number) =>
    grid.headOf(index) < attention.heads(grid.layerOf(index)) &&
    attention.state(grid.layerOf(index), grid.headOf(index)) === "pending";
  const wanted = grid.wanted();
  const coming = wanted.filter(late).sort((a, b) => a - b);
  return coming.length === 0 ? wanted : [...wanted.filter((index) => !late(index)), ...coming];
}

/** Thumbnails that are worked out here; of rows that are not here once they have come. */
export function ownThumbnails(attention: Attention, slice: Slice): ThumbnailSource {
  const quiet = quietKeys(attention);
  return (layer, head, size) => {
    const request = { layer, head, slice, size, quiet };
    const missing = missingRows(attention, request);
    if (missing.length === 0) return thumbnailOf(attention, request);
    return attention.want(missing).then(() => thumbnailOf(attention, request));
  };
}
