// The region that is being marked: kept, shown beside the pointer, spoken, and given away once it is chosen.

import type { Selection } from "../view.ts";
import type { MatrixCells } from "./cells.ts";
import type { MatrixFrame } from "./frame.ts";
import type { Point } from "./pointing.ts";
import type { MarkedRegion } from "./props.ts";
import { markedIn, type Region, tooLarge } from "./region.ts";
import { regionSaid, regionTip } from "./said.ts";

export class MatrixMarking {
  readonly #frame: Pick<MatrixFrame, "tip" | "speak">;
  #region: Region | null = null;

  constructor(frame: Pick<MatrixFrame, "tip" | "speak">) {
    this.#frame = frame;
  }

  /** What is marked, and not chosen yet. */
  get region(): Region | null {
    return this.#region;
  }

  /** Mark a region, or none; true if it is another one than before. */
  mark(cells: MatrixCells, region: Region | null, at: Point = { x: 0, y: 0 }): boolean {
    const same = JSON.stringify(region) === JSON.stringify(this.#region);
    this.#region = region;
    if (same) {
      if (region) this.#frame.tip.move(at.x, at.y);
      return false;
    }
    if (region) this.#frame.tip.show(regionTip(cells, region), at.x, at.y);
    else this.#frame.tip.hide();
    this.#frame.speak(region ? regionSaid(cells, region) : "");
    return true;
  }

  /** Give away what is marked; null where nothing is, or more rows than can be pinned. */
  choose(cells: MatrixCells, selection: Selection): MarkedRegion | null {
    const region = this.#region;
    this.mark(cells, null);
    if (!region) return null;
    this.#frame.speak(regionSaid(cells, region, true));
    return tooLarge(region) ? null : markedIn(cells, selection, region);
  }
}
